import { LogLevel, type Logger } from '@slack/web-api';

/** Slack's client logs each refusal, and some tests consist of refusals. */
export const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};
