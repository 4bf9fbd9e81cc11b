import type { Feature } from '#slack/feature.ts';
import { meaningChosen, TEACH_CLICKS } from './slack.ts';
import { decideWaiting } from './teach.ts';

export const statusWords: Feature = {
  clicks: TEACH_CLICKS,
  submissions: [meaningChosen],
  sweep: (deps) => [{ name: 'taught status words', run: () => decideWaiting(deps) }],
};
