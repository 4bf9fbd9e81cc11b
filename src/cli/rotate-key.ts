import { setTimeout } from 'node:timers/promises';
import type { Config } from '#app/config.ts';
import { audit } from '#database/audit.ts';
import { openAt, whyAbsent, type DatabasePlace } from '#database/place.ts';
import { wipeDeletions } from '#database/deletions.ts';
import { openerOf, retireKeys, rotateKeys, sealerOf } from '#database/keys.ts';
import { resealSecrets, secretsToReseal } from '#database/reseal.ts';
import { SealingError } from '#database/sealing.ts';
import { showProgress } from './progress.ts';
import { timeOf } from './with-firm.ts';

/** A bot that read the old public key a moment ago has written what it sealed by then. */
const GRACE_MS = 30_000;
const WIPE_TRIES = 30;
/** Fewer secrets are sealed in no time. */
const WORTH_A_BAR = 1000;

/**
 * A new key, every secret sealed to it, and the old ones forgotten; bot and workers may run. Nothing
 * that was copied before is opened again. Answers the exit code.
 */
export const runRotateKey = async (
  {
    config,
    print,
  }: { config: DatabasePlace & Pick<Config, 'keyPlace'>; print: (line: string) => void },
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
    await audit(db, store.clock(), {
      personId: undefined,
      action: 'key.rotated',
      detail: { key: newest, sealed, lost: late.lost },
    });
    print(`${sealed} secrets are sealed to it; the old keys are gone. Forget copies of them too.`);
    if (late.lost > 0)
      print(`${late.lost} secrets could not be opened by any key here; their logins link again.`);
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
