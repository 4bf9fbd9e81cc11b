import type { BrowserContext } from 'playwright';

/**
 * A Playwright trace of what comes after the sign-in, so that no password is in it. It holds the pages
 * as they were, with names, numbers and amounts, and the cookies of the session: for the eyes of who
 * may see those, and to be deleted.
 */
export const traceAfterSignIn = (file: string) => {
  let context: BrowserContext | undefined;
  let running = false;
  return {
    watch: (opened: BrowserContext): void => {
      context = opened;
    },
    start: async (): Promise<void> => {
      await context?.tracing.start({ snapshots: true, screenshots: true });
      running = true;
    },
    /** Writes it; nothing when it never began. */
    stop: async (): Promise<boolean> => {
      if (!running) return false;
      running = false;
      await context?.tracing.stop({ path: file });
      return true;
    },
  };
};
