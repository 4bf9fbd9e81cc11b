import { nextTry } from './rules.ts';
import type { Clock } from '#shared/clock.ts';

export type WebhookType = 'sync.finished' | 'policy.status-updated' | 'policy.number-corrected';

/** One event on its way. `body` is the JSON text that every try of it sends. */
export interface WebhookEvent {
  id: string;
  type: WebhookType;
  body: string;
  tries: number;
  /** Epoch ms */
  createdAt: number;
}

export interface WebhookStore {
  /** Whether anybody listens: without it no events are written. */
  listenForEvents: (on: boolean) => Promise<void>;
  /**
   * Takes up to `limit` events that are due, the oldest of each policy alone, so that one policy's
   * come in order; nobody else gets them before `until`, epoch ms.
   */
  takeEvents: (limit: number, until: number) => Promise<readonly WebhookEvent[]>;
  eventDelivered: (id: string) => Promise<void>;
  eventLater: (id: string, notBefore: number) => Promise<void>;
  eventDead: (id: string) => Promise<void>;
}

/** How the receiver answered; `problem` is for operators, and holds nothing of the event. */
export type Answered = { kind: 'taken' } | { kind: 'refused'; problem: string };

export interface WebhookDeps {
  store: WebhookStore;
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
    const events = await store.takeEvents(AT_ONCE, clock() + TAKEN_MS);
    if (events.length === 0) return delivered;
    await Promise.all(
      events.map(async (event) => {
        const answer = await send(event);
        if (answer.kind === 'taken') {
          delivered += 1;
          return store.eventDelivered(event.id);
        }
        const wait = nextTry(event.tries, event.createdAt, clock());
        if (wait !== undefined) return store.eventLater(event.id, clock() + wait);
        await store.eventDead(event.id);
        return givenUp(answer.problem);
      }),
    );
  }
};
