import type { Feature } from '#slack/feature.ts';
import { showCase, SUPPORT_CLICKS, SUPPORT_SUBMISSIONS } from './slack.ts';

export const supportCases: Feature = {
  commands: { case: (deps, { actor }, { number }) => showCase(deps, actor, number) },
  clicks: SUPPORT_CLICKS,
  submissions: SUPPORT_SUBMISSIONS,
};
