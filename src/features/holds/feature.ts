import type { Feature } from '#slack/feature.ts';
import { HOLD_CLICKS, holdCommand } from './slack.ts';

export const holds: Feature = {
  commands: { hold: (deps, { actor }, { query }) => holdCommand(deps, actor, query) },
  clicks: HOLD_CLICKS,
};
