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
