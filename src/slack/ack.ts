import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** Slack waits three seconds, and says that the act failed. */
const LONGEST_MS = 1500;

/** Told when an act is about to ask Slack for something. */
const acting = new AsyncLocalStorage<() => void>();

/** Before each call to Slack: the act that makes it is answered first, and no ack waits for Slack. */
export const beforeAsking = (): void => acting.getStore()?.();

/** Who acts is asked before anything is written for them, so the answer waits for that. */
export const askingFirst = <Asked>(look: () => Promise<Asked>): Promise<Asked> => acting.exit(look);

/**
 * Slack is answered when the act is written down, or goes on to ask Slack something: whatever an act
 * writes, it writes before. An app that dies before has not answered, so the person reads of a failure
 * and asks again, and nobody waits for what was forgotten. Work that takes long, as beside a Redis
 * that is away, is answered before its end.
 */
export const ackOnceDone = async <Done>(
  ack: () => Promise<unknown>,
  work: () => Promise<Done>,
): Promise<Done> => {
  const asking = Promise.withResolvers<void>();
  const begun = acting.run(asking.resolve, work);
  const ended = new AbortController();
  const late = sleep(LONGEST_MS, undefined, { signal: ended.signal }).catch(() => undefined);
  await Promise.race([begun.then(noted, noted), asking.promise, late]);
  ended.abort();
  await ack();
  return begun;
};

const noted = (): void => undefined;
