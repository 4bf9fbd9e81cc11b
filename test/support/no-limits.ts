import type { SlackLimits } from '#queue/slack-limits.ts';

/** For what is not about Slack's limits: whatever is asked is done at once. */
export const NO_LIMITS: SlackLimits = {
  update: () => Promise.resolve(0),
  post: () => Promise.resolve(0),
  rest: () => Promise.resolve(),
  made: () => Promise.resolve({ updates: 0, restMs: 0 }),
};
