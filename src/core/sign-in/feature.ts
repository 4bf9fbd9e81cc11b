import type { Feature } from '#slack/feature.ts';
import { CODE_CLICKS, CODE_SUBMISSIONS } from './code-slack.ts';
import { LINK_CLICKS } from './link-slack.ts';

export const signIn: Feature = {
  clicks: [...CODE_CLICKS, ...LINK_CLICKS],
  submissions: CODE_SUBMISSIONS,
};
