import type { Config } from '#app/config.ts';
import { configuredCarriers } from '#app/carriers.ts';
import { carriersOfFirm } from '#core/logins/store/carriers.ts';
import type { Database } from '#database/connection.ts';
import { openAt } from '#database/place.ts';
import { secretsOfOtherKeys } from '#database/copies.ts';
import { publicKeyIds } from '#database/keys.ts';
import { peopleOffSlack } from '#features/team/store/team.ts';
import { messageOf, type Finding } from './finding.ts';

/** What the database holds beside what this machine has. Opened only where it is up to date. */
export async function* examineFirm(config: Config): AsyncGenerator<Finding> {
  const db = await opened(config);
  if ('of' in db) {
    yield db;
    return;
  }
  try {
    const sealed = await sealedTo(config, db);
    if (sealed !== undefined) yield sealed;
    yield await adapters(config, db);
    yield await people(db);
  } finally {
    await db.destroy();
  }
}

/** One that a firm left, or has not wholly come to, opens for nobody, and says where to look. */
const opened = async (config: Config): Promise<Database | Finding> => {
  try {
    return await openAt(config);
  } catch (error) {
    const [found = '', ...next] = messageOf(error).split(/(?<=\.) /);
    return { of: 'Firm', is: 'bad', found, next: next.join(' ') };
  }
};

const sealedTo = async ({ keyPlace }: Config, db: Database): Promise<Finding | undefined> => {
  const strange = await secretsOfOtherKeys(db, publicKeyIds(keyPlace.folder));
  return strange === 0
    ? undefined
    : {
        of: 'Secrets',
        is: 'bad',
        found: `${strange} are sealed to a key that is not in ${keyPlace.folder}`,
        next: 'Bring that key back from where you keep it, or let the holders link their logins again.',
      };
};

const adapters = async (config: Config, db: Database): Promise<Finding> => {
  const known = new Set((await loadedCarriers(config)).map(({ id }) => id));
  const lacking = (await carriersOfFirm({ db })).filter(
    ({ id, policies }) => policies > 0 && !known.has(id),
  );
  const [first] = lacking;
  if (first === undefined)
    return { of: 'Adapters', is: 'good', found: 'one for each carrier of the firm' };
  const names = lacking.map(({ name, policies }) => `${name} (${policies} policies)`).join(', ');
  return {
    of: 'Adapters',
    is: 'bad',
    found: `none for ${names}: nothing of it can be synced`,
    next: `Write one with the id ${first.id}: swivel-sync carrier new`,
  };
};

const loadedCarriers = async (config: Config) => {
  try {
    return await configuredCarriers(config);
  } catch {
    return [];
  }
};

const people = async (db: Database): Promise<Finding> => {
  const of = 'People';
  const { all, off } = await peopleOffSlack({ db, clock: Date.now }, 3);
  if (all === 0)
    return { of, is: 'note', found: 'nobody yet', next: 'swivel-sync import people.csv' };
  if (off.count === 0) return { of, is: 'good', found: `${all}, all matched with Slack` };
  const some = off.some.map(({ name, email }) => `${name} (${email ?? 'no e-mail'})`).join(', ');
  return {
    of,
    is: 'note',
    found: `${off.count} of ${all} are not matched with Slack: ${some}${off.count > off.some.length ? ' …' : ''}`,
    next: 'Correct their e-mail address and import it again, or invite them to the workspace.',
  };
};

/** The carriers' folders load, and which there are. */
export const examineCarriers = async (config: Config): Promise<Finding> => {
  try {
    const loaded = await configuredCarriers(config);
    const names = loaded.map(({ name, demo }) => (demo ? `${name} (demo)` : name));
    return names.length > 0
      ? { of: 'Carriers', is: 'good', found: names.join(', ') }
      : {
          of: 'Carriers',
          is: 'bad',
          found: 'none; the demo carriers do not load beside tokens',
          next: 'Write one and set CARRIERS_PATH to its folder.',
        };
  } catch (error) {
    return { of: 'Carriers', is: 'bad', found: messageOf(error), next: 'Correct that carrier.' };
  }
};
