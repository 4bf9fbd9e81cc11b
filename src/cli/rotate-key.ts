import { setTimeout } from 'node:timers/promises';
import type { Config } from '#app/config.ts';
import { audit } from '#database/audit.ts';
import { openAt, whyAbsent, type DatabasePlace } from '#database/place.ts';
import { wipeDeletions } from '#database/deletions.ts';
import { loadOrCreateKeys, openerOf, retireKeys, rotateKeys, sealerOf } from '#database/keys.ts';
import { ownersOfOtherKeys, secretsOfOtherKeys } from '#database/copies.ts';
import { endLinks } from '#core/logins/store/people-ends.ts';
import type { Store } from '#database/store.ts';
import { resealSecrets, secretsToReseal } from '#database/reseal.ts';
import { SealingError } from '#database/sealing.ts';
import { showProgress } from './progress.ts';
import { timeOf } from './with-firm.ts';

/** A bot that read the old public key a moment ago has written what it sealed by then. */
const GRACE_MS = 30_000;
const WIPE_TRIES = 30;
/** Fewer secrets are sealed in no time. */
const WORTH_A_BAR = 1000;

/** Why it is not begun: another key file may be the right one, so nothing ends without a word of the operator. */
const whyNotYet = (strange: number): string =>
  `${strange} secrets are sealed to a key that is not here. Bring that key back from where you keep it. If it is lost for good: swivel-sync rotate-key --lost. It ends the links of their logins, and asks the holders to link again.`;

/** In small steps, for a bot and workers may run. */
const LOGINS_AT_ONCE = 20;

/**
 * What no key opens is gone for good: links of those logins end and their holders are told; of anything
 * else, as an address of a calendar, the secret goes. How many logins.
 */
const endLost = async (store: Store, newest: string): Promise<number> => {
  const { db, clock } = store;
  const owners = await ownersOfOtherKeys(db, [newest]);
  const logins = await db
    .selectFrom('login_source')
    .select('id')
    .where('removed_at', 'is', null)
    .execute();
  const known = new Set(logins.map(({ id }) => id));
  const lost = owners.filter((id) => known.has(id));
  for (let from = 0; from < lost.length; from += LOGINS_AT_ONCE)
    await db
      .transaction()
      .execute((trx) => endLinks(trx, clock(), lost.slice(from, from + LOGINS_AT_ONCE)));
  await db
    .deleteFrom('sealed_secret')
    .where('key_id', '!=', newest)
    .where('sealed', '!=', '')
    .execute();
  return lost.length;
};

/**
 * A new key, every secret sealed to it, and the old ones forgotten; bot and workers may run. Nothing
 * that was copied before is opened again. `lost`: what no key here opens ends, its logins are linked
 * again; else nothing is begun beside such secrets. Answers the exit code.
 */
export const runRotateKey = async (
  {
    config,
    print,
    lost = false,
  }: {
    config: DatabasePlace & Pick<Config, 'keyPlace'>;
    print: (line: string) => void;
    lost?: boolean;
  },
  graceMs = GRACE_MS,
  show = showProgress,
): Promise<0 | 1> => {
  const absent = whyAbsent(config);
  if (absent !== undefined) {
    print(absent);
    return 1;
  }
  const db = await openAt(config);
  try {
    using time = await timeOf(config, db);
    const store = { db, clock: time.clock };
    const held = (await loadOrCreateKeys(config.keyPlace)).map(({ id }) => id);
    const strange = await secretsOfOtherKeys(db, held);
    if (strange > 0 && !lost) {
      print(whyNotYet(strange));
      return 1;
    }
    const keys = await rotateKeys(config.keyPlace);
    const newest = keys.at(-1)?.id ?? '';
    const by = {
      opener: openerOf(config.keyPlace, keys),
      sealer: sealerOf(config.keyPlace),
      newest,
    };
    print(`Key ${newest} is there, and new secrets are sealed to it.`);
    const total = await secretsToReseal(store, newest);
    const progress = show({ what: 'sealing', total, worth: WORTH_A_BAR });
    const first = await resealSecrets(store, by, progress.to).finally(() =>
      progress[Symbol.dispose](),
    );
    await setTimeout(graceMs);
    const late = await resealSecrets(store, by);
    const sealed = first.moved + late.moved;
    retireKeys(config.keyPlace);
    const unlinked = late.lost > 0 && lost ? await endLost(store, newest) : 0;
    await audit(db, store.clock(), {
      personId: undefined,
      action: 'key.rotated',
      detail: { key: newest, sealed, lost: late.lost, ...(lost && { unlinked }) },
    });
    print(`${sealed} secrets are sealed to it; the old keys are gone. Forget copies of them too.`);
    if (late.lost > 0)
      print(
        lost
          ? `${late.lost} secrets could not be opened by any key here, and are gone: ${unlinked} logins are unlinked, and their holders are asked to link them.`
          : `${late.lost} secrets could not be opened by any key here. To have their holders link again: swivel-sync rotate-key --lost`,
      );
    for (let n = 0; n < WIPE_TRIES && (await wipeDeletions(store)) === 'later'; n += 1)
      await setTimeout(1000);
    return 0;
  } catch (error) {
    if (!(error instanceof SealingError)) throw error;
    print(error.message);
    return 1;
  } finally {
    await db.destroy();
  }
};
