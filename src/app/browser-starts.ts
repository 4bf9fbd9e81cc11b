import { NoBrowser } from '#portal/failure.ts';
import type { Portals } from '#portal/portal.ts';
import { every, type Loop } from '#queue/every.ts';
import type { Logger } from './log.ts';

export interface BrowserStarts extends AsyncDisposable {
  /** Launches the browser where none runs; whether there is one now. */
  look: () => Promise<boolean>;
  /** Why there was none at the last look. */
  why: () => string | undefined;
}

/** A machine that has room again, or its browser again, is found by then. */
const LOOKS_EACH_MS = 15_000;

/**
 * Whether a browser starts on this machine, tried at once and again and again. While it does not,
 * `take(false)`: each session would fail here, and another worker can hold it.
 */
export const watchBrowser = (options: {
  portals: Pick<Portals, 'ready'>;
  take: (sessions: boolean) => void;
  log: Logger;
}): BrowserStarts => {
  const { portals, take, log } = options;
  let why: string | undefined;
  const look = async (): Promise<boolean> => {
    try {
      await portals.ready?.();
      if (why !== undefined) log.warn('the browser starts again: this worker takes sessions');
      why = undefined;
    } catch (error) {
      if (!(error instanceof NoBrowser)) throw error;
      if (why === undefined) log.error({ err: error }, `no sessions are taken: ${error.message}`);
      why = error.message;
    }
    take(why === undefined);
    return why === undefined;
  };
  const looks: Loop = every(
    LOOKS_EACH_MS,
    async () => void (await look()),
    (err) => log.warn({ err }, 'whether the browser starts was not found out'),
  );
  void looks.now();
  return { look, why: () => why, [Symbol.asyncDispose]: () => looks[Symbol.asyncDispose]() };
};
