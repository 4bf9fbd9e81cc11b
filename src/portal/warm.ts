import type { PortalSession } from './portal.ts';

/** Few and short: each is a browser context in memory, and a session alive at a carrier. */
const MOST = 4;
const KEEP_MS = 60_000;

interface Kept {
  portal: PortalSession;
  timer: NodeJS.Timeout;
}

/** Contexts of sessions that gave way, so that giving way does not cost a sign-in. */
export const createWarmContexts = () => {
  const kept = new Map<string, Kept>();

  const drop = async (sourceId: string): Promise<void> => {
    const entry = kept.get(sourceId);
    if (entry === undefined) return;
    kept.delete(sourceId);
    clearTimeout(entry.timer);
    await entry.portal[Symbol.asyncDispose]();
  };

  return {
    take: (sourceId: string): PortalSession | undefined => {
      const entry = kept.get(sourceId);
      kept.delete(sourceId);
      clearTimeout(entry?.timer);
      return entry?.portal;
    },
    put: async (sourceId: string, portal: PortalSession): Promise<void> => {
      await drop(sourceId);
      const [oldest] = kept.keys();
      if (kept.size >= MOST && oldest !== undefined) await drop(oldest);
      // A context that cannot be closed is closed with its browser.
      const timer = setTimeout(() => void drop(sourceId).catch(() => undefined), KEEP_MS);
      timer.unref();
      kept.set(sourceId, { portal, timer });
    },
    /** Closes them all: what they know of their carrier is no longer so. */
    clear: async (): Promise<void> => {
      for (const sourceId of kept.keys()) await drop(sourceId);
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      for (const sourceId of kept.keys()) await drop(sourceId);
    },
  };
};
