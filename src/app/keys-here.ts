import { secretsByKey } from '#database/copies.ts';
import type { Opener } from '#database/sealed.ts';
import { KeysAway, SealingError } from '#database/sealing.ts';
import type { Store } from '#database/store.ts';
import { every, type Loop } from '#queue/every.ts';
import type { Logger } from './log.ts';

export interface KeysHere extends AsyncDisposable {
  /** Whether most of what is sealed is opened here. */
  look: () => Promise<boolean>;
  /** Why not, at the last look. */
  why: () => string | undefined;
  /** Throws KeysAway where this worker lacks the keys of the firm; SealingError where a secret alone is lost. */
  opener: Opener;
}

/** A key that is brought back is found by then. */
const LOOKS_EACH_MS = 30_000;

/**
 * Whether this worker has the keys of its firm: one with another key file would find nothing kept, and
 * end the links of logins that a right one signs in. Meanwhile `take(false)`.
 */
export const watchKeys = (options: {
  store: Store;
  opener: Opener;
  take: (sessions: boolean) => void;
  log: Logger;
}): KeysHere => {
  const { store, opener, take, log } = options;
  let why: string | undefined;
  const look = async (): Promise<boolean> => {
    const counts = await secretsByKey(store.db);
    const strange = counts.filter(({ keyId }) => !opener.holds(keyId));
    const sum = (of: typeof counts): number => of.reduce((n, { count }) => n + count, 0);
    const was = why;
    why =
      2 * sum(strange) > sum(counts)
        ? `the private key ${strange.map(({ keyId }) => keyId).join(', ')}, which opens what is kept, is not here. Bring its file to this worker. If it is lost for good: swivel-sync rotate-key --lost`
        : undefined;
    if (why !== undefined && was === undefined) log.error(`no sessions are taken: ${why}`);
    if (why === undefined && was !== undefined) log.warn('the keys are here: sessions are taken');
    take(why === undefined);
    return why === undefined;
  };
  const looks: Loop = every(
    LOOKS_EACH_MS,
    async () => {
      if (why !== undefined) await look();
    },
    (err) => log.warn({ err }, 'whether the keys are here was not found out'),
  );
  return {
    look,
    why: () => why,
    opener: {
      holds: opener.holds,
      open: async (sealed, sourceId) => {
        try {
          return await opener.open(sealed, sourceId);
        } catch (error) {
          const isUnknown = error instanceof SealingError && error.reason === 'unknown-key';
          if (!isUnknown || (await look())) throw error;
          throw new KeysAway(why, { cause: error });
        }
      },
    },
    [Symbol.asyncDispose]: () => looks[Symbol.asyncDispose](),
  };
};
