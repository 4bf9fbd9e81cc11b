import type { Config } from '#app/config.ts';
import { configuredCarriers } from '#app/carriers.ts';
import { carriersOfFirm } from '#core/logins/store/carriers.ts';
import type { Database } from '#database/connection.ts';
import { openAt } from '#database/place.ts';
import { secretsOfOtherKeys } from '#database/copies.ts';
import { publicKeyIds } from '#database/keys.ts';
import { peopleOffSlack } from '#features/team/store/team.ts';
import { seenWorkers, unservedCarriers } from '#core/sessions/store/workers.ts';
import type { Store } from '#database/store.ts';
import { timeOf } from '../with-firm.ts';
import { messageOf, type Finding, type Outside } from './finding.ts';

/** What the database holds beside what this machine has. Opened only where it is up to date. */
export async function* examineFirm(
  config: Config,
  { clock }: Pick<Outside, 'clock'>,
): AsyncGenerator<Finding> {
  const db = await opened(config);
  if ('of' in db) {
    yield db;
    return;
  }
  try {
    using time = await timeOf(config, db, clock);
    const store = { db, clock: time.clock };
    const sealed = await sealedTo(config, db);
    if (sealed !== undefined) yield sealed;
    yield await adapters(config, db);
    yield await people(store);
    yield await workers(store);
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
        next: 'Bring that key back from where you keep it. If it is lost for good: swivel-sync rotate-key --lost',
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

const people = async (store: Store): Promise<Finding> => {
  const of = 'People';
  const { all, off } = await peopleOffSlack(store, 3);
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

/** The names of workers that were seen a moment ago; of a database that cannot be opened, none. */
export const presentWorkers = async (
  config: Config,
  { clock }: Pick<Outside, 'clock'>,
): Promise<string[]> => {
  const db = await opened(config);
  if ('of' in db) return [];
  try {
    using time = await timeOf(config, db, clock);
    const seen = await seenWorkers({ db, clock: time.clock });
    return seen.filter(({ isAway }) => !isAway).map(({ name }) => name);
  } finally {
    await db.destroy();
  }
};

const workers = async (store: Store): Promise<Finding> => {
  const of = 'Workers';
  const seen = await seenWorkers(store);
  if (seen.length === 0)
    return { of, is: 'note', found: 'none is there', next: 'Start one: npm start -- worker' };
  const all = seen
    .map(({ name, carriers, seenAt, isAway }) => {
      const serves = carriers.length > 0 ? ` (${carriers.join(', ')} alone)` : '';
      return `${name}${serves}${isAway ? `, away since ${new Date(seenAt).toISOString()}` : ''}`;
    })
    .join('; ');
  const [unserved] = await unservedCarriers(store);
  if (unserved === undefined) {
    // Whoever stops signs off, so these have died, and what comes next would wait.
    const unbound = seen.filter(({ carriers }) => carriers.length === 0);
    if (unbound.length > 0 && unbound.every(({ isAway }) => isAway))
      return {
        of,
        is: seen.every(({ isAway }) => isAway) ? 'bad' : 'note',
        found: all,
        next: 'Start a worker that names no carriers, and read the last lines of these: npm start -- worker',
      };
    const away = seen.find(({ carriers, isAway }) => isAway && carriers.length > 0);
    if (away === undefined) return { of, is: 'good', found: all };
    const free = `swivel-sync carriers --free ${away.carriers[0]}`;
    return { of, is: 'note', found: all, next: `Start ${away.name}, or where it went: ${free}` };
  }
  const { id, name, bound } = unserved;
  return {
    of,
    is: 'bad',
    found: `none serves ${name}, whose syncs wait: ${all}`,
    next:
      bound.length === 0
        ? `Start one that names no carriers, or names ${id} in WORKER_CARRIERS.`
        : `Start ${bound.join(' or ')}, or let any worker serve it: swivel-sync carriers --free ${id}`,
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
