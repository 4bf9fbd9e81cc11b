import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** Slack waits three seconds, and says that the act failed. */
const LONGEST_MS = 1500;

/** Another process of the bot has this act, and answers it: here nothing more is said. */
export class TakenOver extends Error {
  override name = 'TakenOver';
}

/** By its own name, or within what Bolt or Slack's client make of it. */
export const isTakenOver = (error: unknown): boolean => {
  if (error instanceof TakenOver) return true;
  if (!(error instanceof Error)) return false;
  return isTakenOver('original' in error ? error.original : error.cause);
};

/** Told when an act is about to ask Slack for something; resolves when it was answered. */
const acting = new AsyncLocalStorage<() => Promise<void>>();

/**
 * Before each call to Slack: the act that makes it is answered first, and no ack waits for Slack.
 * Rejects with TakenOver where it is not ours any more.
 */
export const beforeAsking = async (): Promise<void> => acting.getStore()?.();

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
  const answered = Promise.withResolvers<void>();
  const ask = (): Promise<void> => {
    asking.resolve();
    return answered.promise;
  };
  const begun = acting.run(ask, work);
  const ended = new AbortController();
  const late = sleep(LONGEST_MS, undefined, { signal: ended.signal }).catch(() => undefined);
  await Promise.race([begun.then(noted, noted), asking.promise, late]);
  ended.abort();
  answered.resolve(gotThrough(ack()));
  answered.promise.catch(noted);
  await answered.promise;
  return begun;
};

/** An ack that did not get through keeps nobody from saying what came of the act: what was done stands. */
export const gotThrough = (acked: Promise<unknown>): Promise<void> =>
  acked.then(noted, unlessTakenOver);

const noted = (): void => undefined;

const unlessTakenOver = (error: unknown): void => {
  if (error instanceof TakenOver) throw error;
};
