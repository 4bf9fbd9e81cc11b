import { forgetSights } from '#slack/store.ts';
import { forgetEvents } from '#features/webhooks/store.ts';
import type { Store } from '#database/store.ts';
import type { Clock } from '#shared/clock.ts';

/** Slack sends an event again for some hours at most. */
const SIGHTS_KEPT_MS = 3 * 86_400_000;
/** Long enough to look into what a receiver missed. */
const EVENTS_KEPT_MS = 30 * 86_400_000;
const CHUNK = 500;

/** Deletes what is of no more use, in small steps that keep the event loop free. */
export const tidy = async ({ store, clock }: { store: Store; clock: Clock }): Promise<void> => {
  const now = clock();
  await inChunks(() => forgetSights(store, now - SIGHTS_KEPT_MS, CHUNK));
  await inChunks(() => forgetEvents(store, now - EVENTS_KEPT_MS, CHUNK));
};

const inChunks = async (forget: () => Promise<number>): Promise<void> => {
  while ((await forget()) === CHUNK)
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
};
