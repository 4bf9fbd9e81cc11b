import { takeEvents, eventDelivered, eventLater, eventDead, type WebhookEvent } from './store.ts';
import type { Store } from '#database/store.ts';
import { isTooOld, nextTry } from './rules.ts';
import type { Clock } from '#shared/clock.ts';
/** How the receiver answered; `problem` is for operators, and holds nothing of the event. */
export type Answered = { kind: 'taken' } | { kind: 'refused'; problem: string };

export interface WebhookDeps {
  store: Store;
  clock: Clock;
  /** Signs and sends; never throws. */
  send: (event: WebhookEvent) => Promise<Answered>;
  /** Something was given up: operators should know. */
  givenUp: (problem: string) => Promise<void>;
}

const AT_ONCE = 8;
const TAKEN_MS = 60_000;

/** Sends what is due until nothing is; how many were taken by the receiver. */
export const deliverEvents = async ({
  store,
  clock,
  send,
  givenUp,
}: WebhookDeps): Promise<number> => {
  let delivered = 0;
  for (;;) {
    const events = await takeEvents(store, AT_ONCE, clock() + TAKEN_MS);
    if (events.length === 0) return delivered;
    await Promise.all(
      events.map(async (event) => {
        if (isTooOld(event.createdAt, clock())) {
          await eventDead(store, event.id);
          return givenUp('the bot did not send it in that time');
        }
        const answer = await send(event);
        if (answer.kind === 'taken') {
          delivered += 1;
          return eventDelivered(store, event.id);
        }
        const wait = nextTry(event.tries, event.createdAt, clock());
        if (wait !== undefined) return eventLater(store, event.id, clock() + wait);
        await eventDead(store, event.id);
        return givenUp(answer.problem);
      }),
    );
  }
};
