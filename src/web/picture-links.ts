import type { Clock } from '#shared/clock.ts';
import type { Random } from '#shared/secret.ts';

/** Addresses under which one masked picture can be seen for a while by whoever was given it. */
export interface PictureLinks {
  issue: (file: string) => string;
  /** The file's name, while the address is good. */
  fileOf: (token: string) => string | undefined;
}

/** Kept in memory: after a restart one click makes a new address. */
export const createPictureLinks = (clock: Clock, random: Random): PictureLinks => {
  const kept = new Map<string, { file: string; until: number }>();
  return {
    issue: (file) => {
      const token = Buffer.from(random(32)).toString('base64url');
      kept.set(token, { file, until: clock() + LIFE_MS });
      const [oldest] = kept.keys();
      if (kept.size > MOST && oldest !== undefined) kept.delete(oldest);
      return `/picture/${token}`;
    },
    fileOf: (token) => {
      const found = kept.get(token);
      return found !== undefined && clock() < found.until ? found.file : undefined;
    },
  };
};

export const LIFE_MS = 15 * 60_000;

export const MOST = 500;
