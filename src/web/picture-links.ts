import type { Clock } from '#shared/clock.ts';
import type { Action } from '#shared/access.ts';
import type { Random } from '#shared/secret.ts';

/** For whom an address was made, and what they had to be permitted for it. */
interface ShownTo {
  personId: string;
  action: Action;
}

/** Addresses under which one masked picture can be seen for a while by whoever was given it. */
export interface PictureLinks {
  issue: (file: string, to: ShownTo) => string;
  /** The file's name, while the address is good and they are permitted still. */
  fileOf: (token: string) => Promise<string | undefined>;
}

/** Kept in memory: after a restart one click makes a new address. */
export const createPictureLinks = (
  clock: Clock,
  random: Random,
  isPermitted: (to: ShownTo) => Promise<boolean>,
): PictureLinks => {
  const kept = new Map<string, { file: string; to: ShownTo; until: number }>();
  return {
    issue: (file, to) => {
      const token = Buffer.from(random(32)).toString('base64url');
      kept.set(token, { file, to, until: clock() + LIFE_MS });
      const [oldest] = kept.keys();
      if (kept.size > MOST && oldest !== undefined) kept.delete(oldest);
      return `/picture/${token}`;
    },
    fileOf: async (token) => {
      const found = kept.get(token);
      if (found === undefined || clock() >= found.until) return undefined;
      return (await isPermitted(found.to)) ? found.file : undefined;
    },
  };
};

export const LIFE_MS = 15 * 60_000;

export const MOST = 500;
