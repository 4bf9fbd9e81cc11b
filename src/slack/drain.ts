import type { AnyMiddlewareArgs, Middleware } from '@slack/bolt';

/** Counts listeners at work: Bolt's own stop resolves while they still run. */
export const drain = (): {
  middleware: Middleware<AnyMiddlewareArgs>;
  /** Resolves when none is at work, or after ten seconds. */
  done: () => Promise<void>;
} => {
  let atWork = 0;
  const waiting: (() => void)[] = [];
  return {
    middleware: async ({ next }) => {
      atWork += 1;
      try {
        await next();
      } finally {
        atWork -= 1;
        if (atWork === 0) for (const resolve of waiting.splice(0)) resolve();
      }
    },
    done: async () => {
      if (atWork === 0) return;
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        timer = setTimeout(resolve, 10_000);
      });
      clearTimeout(timer);
    },
  };
};
