import type { Feature } from '#slack/feature.ts';
import { listenToSupport, showCase, SUPPORT } from './slack.ts';

export const supportCases: Feature = {
  commands: { case: (desk, { actor }, { number }) => showCase(desk, actor, number) },
  clicks: SUPPORT,
  listen: [listenToSupport],
};
