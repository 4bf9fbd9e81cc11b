import { setTimeout as sleep } from 'node:timers/promises';

/** Slack waits three seconds, and says that the act failed. */
const LONGEST_MS = 1500;

/**
 * Slack is answered when the act is written down. An app that dies before has not answered, so the
 * person reads of a failure and asks again, and nobody waits for what was forgotten. Work that takes
 * long, as beside a Redis that is away, is answered before its end.
 */
export const ackOnceDone = async <Done>(
  ack: () => Promise<unknown>,
  work: () => Promise<Done>,
): Promise<Done> => {
  const begun = work();
  const ended = new AbortController();
  const late = sleep(LONGEST_MS, undefined, { signal: ended.signal }).catch(() => undefined);
  await Promise.race([begun.then(noted, noted), late]);
  ended.abort();
  await ack();
  return begun;
};

const noted = (): void => undefined;
