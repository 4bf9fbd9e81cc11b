import { WebAPIRateLimitedError, type WebClient } from '@slack/web-api';
import { isTakenOver } from './ack.ts';
import { mayBeTwice, type Answer } from './answers.ts';
import { isPassing, slackErrorOf } from './errors.ts';
import { isAnswering } from './place.ts';

/** Seconds between the tries, over some minutes of trouble; an answer's address lives for half an hour. */
const WAITS_S = [1, 3, 6, 10, 20, 40, 60, 60];

/** Nothing is kept running for it. */
const rest = (seconds: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, seconds * 1000).unref());

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

/** It went out, and whether Slack took it nobody has said. */
const isInDoubt = (error: unknown): boolean =>
  !isUnsaid(error) &&
  !isTakenOver(error) &&
  typeof statusOf(error) !== 'number' &&
  slackErrorOf(error).code === undefined;

/** Slack's trouble kept it from the person, or may have. */
export const isKeptBack = (error: unknown): boolean => isUnsaid(error) || isInDoubt(error);

/** Nothing came back in all the time we give it. */
const isUnanswered = (error: unknown): boolean =>
  [error, field(error, 'cause')].some((each) => field(each, 'name') === 'TimeoutError');

/** Slack's address for this answer serves no more: it is half an hour old, or has served five times. */
export const hasEnded = (error: unknown): boolean => statusOf(error) === 404;

/** Seconds before what is in doubt is said once more, and once more; then it counts as said. */
const DOUBT_WAITS_S = [6, 40];

/** Seconds that a Slack which answers nothing at all is waited for before that. */
const SILENCE_S = 200;
const LOOK_EVERY_S = 6;

/** Seconds that one try may take, with the look before it. */
const TRY_S = 20;

/** Longer than any answer is said again. */
export const SAID_WITHIN_MS =
  1000 *
  [
    ...WAITS_S,
    ...DOUBT_WAITS_S.map((wait) => wait + SILENCE_S),
    TRY_S * (WAITS_S.length + 1),
  ].reduce((sum, each) => sum + each);

const isSilent = (client: WebClient): Promise<boolean> =>
  client.auth.test().then(() => false, isInDoubt);

const untilItSpeaks = async (client: WebClient): Promise<void> => {
  const end = performance.now() + SILENCE_S * 1000;
  while (performance.now() < end && (await isSilent(client))) await rest(LOOK_EVERY_S);
};

export interface Saying {
  /** It takes the place of something, so it may be said twice. */
  replaces?: boolean;
  /** Looks whether it stands there already, of what can be looked for. */
  isThere?: () => Promise<boolean>;
}

/**
 * Says an answer again while Slack fails; what was done for the person stands meanwhile. Where one
 * answer of Slack's was lost and Slack is well, ours counts as said: twice it would stand there for
 * good. What Slack never answered, or broke off as it went out of reach, is looked for; where that
 * cannot be, it is said again with the words that it may be there twice.
 */
export const sayAgain = async (
  client: WebClient,
  answer: Answer,
  say: (answer: Answer) => Promise<unknown>,
  { replaces = false, isThere }: Saying = {},
): Promise<void> => {
  let [saying, doubts, wasDoubtful] = [answer, 0, false];
  for (const wait of [...WAITS_S, 0]) {
    let [pause, counts] = [wait, false];
    try {
      if (doubts > 0 && (await isThere?.()) === true) return;
      await say(saying);
      return;
    } catch (error) {
      // It served for tries whose answers were lost, so what they said stands there.
      if (wasDoubtful && hasEnded(error)) return;
      const isDoubtful = isInDoubt(error);
      wasDoubtful ||= isDoubtful;
      if (wait === 0 || (!isDoubtful && !isUnsaid(error))) throw error;
      if (isDoubtful && !replaces) {
        if (isThere === undefined && !isUnanswered(error) && (await isAnswering(client))) return;
        const doubtWait = DOUBT_WAITS_S[doubts];
        if (doubtWait === undefined) return;
        doubts += 1;
        if (isThere === undefined) saying = mayBeTwice(answer);
        [pause, counts] = [Math.max(wait, doubtWait), true];
      }
    }
    await rest(pause);
    // Each time it is said it may stand there once more: a silent Slack is waited for first.
    if (counts) await untilItSpeaks(client);
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
      await rest(wait);
    }
  return ask();
};
