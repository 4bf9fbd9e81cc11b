import { setTimeout } from 'node:timers/promises';
import { WebAPIRateLimitedError } from '@slack/web-api';
import { isPassing, slackErrorOf } from './errors.ts';

/** Seconds between the tries; an answer's address lives for half an hour. */
const WAITS_S = [1, 3, 6, 10, 20, 40];

/** The connection was never made, so nothing was said. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const field = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null && name in error
    ? (error as Record<string, unknown>)[name]
    : undefined;

const statusOf = (error: unknown): unknown => field(error, 'statusCode') ?? field(error, 'status');

/** Whether nobody has read it. */
const isUnsaid = (error: unknown): boolean => {
  if (error instanceof WebAPIRateLimitedError) return true;
  const status = statusOf(error);
  if (typeof status === 'number') return status >= 500 || status === 429;
  const code = field(error, 'code');
  return (
    NOT_CONNECTED.has(String(code)) ||
    NOT_CONNECTED.has(String(field(field(error, 'cause'), 'code')))
  );
};

/** Slack took it, as far as is known, and its own answer was lost. */
const isAnswerLost = (error: unknown): boolean =>
  typeof statusOf(error) !== 'number' && slackErrorOf(error).code === undefined;

/**
 * Says it again while Slack fails; what was done for the person stands meanwhile. What may have been
 * said is taken as said: twice it would stand there for good, and "I could not do that" be untrue.
 * What takes the place of something may be said twice, and is.
 */
export const sayAgain = async (
  say: () => Promise<unknown>,
  { replaces = false } = {},
): Promise<void> => {
  for (const wait of [...WAITS_S, 0])
    try {
      await say();
      return;
    } catch (error) {
      const isLost = !isUnsaid(error) && isAnswerLost(error);
      if (isLost && !replaces) return;
      if (wait === 0 || (!isLost && !isUnsaid(error))) throw error;
      await setTimeout(wait * 1000, undefined, { ref: false });
    }
};

/**
 * Asks again while Slack fails: what is only asked may be asked twice. Where Slack answers others, it
 * keeps this one from us, and is asked once more.
 */
export const askAgain = async <Told>(
  ask: () => Promise<Told>,
  isAnswering: () => Promise<boolean>,
): Promise<Told> => {
  for (const wait of WAITS_S)
    try {
      return await ask();
    } catch (error) {
      const problem = slackErrorOf(error);
      if (!isPassing(problem)) throw error;
      if (problem.retryAfterMs === undefined && (await isAnswering())) break;
      await setTimeout(wait * 1000, undefined, { ref: false });
    }
  return ask();
};
