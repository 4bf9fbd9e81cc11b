import { WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';

export interface SlackError {
  /** Slack's own name of the refusal, such as `not_in_channel`. */
  code?: string;
  /** Slack asked to wait this long. */
  retryAfterMs?: number;
}

export const slackErrorOf = (error: unknown): SlackError => {
  if (error instanceof WebAPIRateLimitedError) return { retryAfterMs: error.retryAfter * 1000 };
  if (error instanceof WebAPIPlatformError) return { code: error.data.error };
  return {};
};

/** Slack's names for trouble of its own, which passes. */
const PASSING = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'ratelimited',
]);

/** No refusal: Slack did not answer, asked to wait, or has trouble of its own. */
export const isPassing = ({ code }: SlackError): boolean => code === undefined || PASSING.has(code);
