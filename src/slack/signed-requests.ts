import type { RequestHandler } from 'express';
import type { Clock } from '#shared/clock.ts';

/** Slack's own bound. Bolt looks for requests that are too old, and lets those from ahead in. */
const MOST_APART_MS = 5 * 60_000;
const MINUTE_MS = 60_000;

/**
 * In front of Bolt, which checks the signature: a request signed for a time to come is refused, since
 * whoever took it down could use it until then. Refusals are told of once a minute, with how many
 * there were: the cause may be our own signing secret.
 */
export const onlySignedNow = (log: (problem: string) => void, clock: Clock): RequestHandler => {
  let refused = 0;
  let toldAt = -Infinity;
  const tell = (): void => {
    refused += 1;
    const now = clock();
    if (Math.abs(now - toldAt) < MINUTE_MS) return;
    log(
      `${refused} ${refused === 1 ? 'request' : 'requests'} to /slack/events had no good signature of Slack. If people's commands fail, correct SLACK_SIGNING_SECRET and this machine's clock.`,
    );
    refused = 0;
    toldAt = now;
  };
  return (request, response, next) => {
    response.once('finish', () => {
      if (response.statusCode === 401) tell();
    });
    const seconds = Number(request.get('x-slack-request-timestamp'));
    if (seconds * 1000 - clock() > MOST_APART_MS) response.status(401).end();
    else next();
  };
};
