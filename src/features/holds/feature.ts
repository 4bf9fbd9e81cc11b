import type { Feature } from '#slack/feature.ts';
import { sweepHolds } from './hold.ts';
import { HOLD_CLICKS, holdCommand } from './slack.ts';

export const holds: Feature = {
  commands: { hold: (deps, { actor }, { query }) => holdCommand(deps, actor, query) },
  clicks: HOLD_CLICKS,
  sweep: (deps) => [{ name: 'holds', run: () => sweepHolds(deps) }],
};
