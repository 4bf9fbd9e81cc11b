import type { Clock } from '#shared/clock.ts';

/** Ctrl-C reaches a program under npm twice: from the terminal, and handed on by npm. */
const ECHO_MS = 1000;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Resolves when this process is asked to stop. Whoever then presses Ctrl-C again means it:
 * `endNow` is called, and nothing more is waited for.
 */
export const untilStopped = (options: {
  clock: Clock;
  endNow: () => void;
  signals?: NodeJS.EventEmitter;
}): Promise<void> => {
  const { clock, endNow, signals = process } = options;
  let askedAt: number | undefined;
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const signal of SIGNALS)
    signals.on(signal, () => {
      if (askedAt === undefined) {
        askedAt = clock();
        resolve();
      } else if (signal === 'SIGINT' && Math.abs(clock() - askedAt) > ECHO_MS) endNow();
    });
  return promise;
};
