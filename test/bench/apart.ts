import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { DatabasePlace } from '#database/place.ts';
import { Secret } from '#shared/secret.ts';

/** Where a process apart finds the firm. */
export interface PlaceTold {
  file: string;
  url?: string;
}

export const placeOf = ({ file, url }: PlaceTold): DatabasePlace => ({
  databaseFile: file,
  databaseUrl: url === undefined ? undefined : new Secret(url),
});

interface Apart<Said extends { kind: string }> extends AsyncDisposable {
  child: ChildProcess;
  /** Its next message, which is of this kind. */
  hear: <Kind extends Said['kind']>(kind: Kind) => Promise<Extract<Said, { kind: Kind }>>;
}

/** A process of this folder, as on a machine of its own: whoever measures takes none of its time. */
export const startApart = <Said extends { kind: string }>(
  file: string,
  told: unknown,
): Apart<Said> => {
  const child = fork(join(import.meta.dirname, file), {
    env: { ...process.env, APART: JSON.stringify(told) },
  });
  const ended = once(child, 'exit');
  return {
    child,
    hear: async (kind) => {
      const message = once(child, 'message') as Promise<[Said]>;
      const [heard] = await Promise.race([
        message,
        ended.then(([code]) => Promise.reject(new Error(`${file} ended by itself (${code}).`))),
      ]);
      if (heard.kind !== kind) throw new Error(`${file} said "${heard.kind}", not "${kind}".`);
      return heard as Extract<Said, { kind: typeof kind }>;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
};

const LOOK_EACH_MS = 1000;

/** For the child: it ends when whoever measures is gone, also where the channel does not tell it. */
export const endWithParent = (): void => {
  const parent = process.ppid;
  process.on('disconnect', () => process.exit(0));
  setInterval(() => {
    if (process.ppid !== parent) process.exit(0);
  }, LOOK_EACH_MS).unref();
};
