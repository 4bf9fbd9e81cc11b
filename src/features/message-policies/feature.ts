import type { Feature } from '#slack/feature.ts';
import { listenToShortcuts, policiesPicked } from './slack.ts';

export const messagePolicies: Feature = {
  submissions: [policiesPicked],
  listen: [listenToShortcuts],
};
