import type { App } from '@slack/bolt';

/** Counts what is being handled, its ack included: Bolt's own stop resolves meanwhile. */
export const drain = (
  app: Pick<App, 'processEvent'>,
): {
  /** Resolves when nothing is being handled, or after ten seconds. */
  done: () => Promise<void>;
} => {
  let atWork = 0;
  const waiting: (() => void)[] = [];
  const handle = app.processEvent.bind(app);
  app.processEvent = async (event) => {
    atWork += 1;
    try {
      await handle(event);
    } finally {
      atWork -= 1;
      if (atWork === 0) for (const resolve of waiting.splice(0)) resolve();
    }
  };
  return {
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
