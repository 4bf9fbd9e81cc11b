import type { Feature } from '#slack/feature.ts';
import { LOGIN_CLICKS, LOGIN_SUBMISSIONS, sourcesAnswer } from './slack.ts';

export const logins: Feature = {
  commands: { sources: (deps, { actor }) => sourcesAnswer(deps, actor) },
  clicks: LOGIN_CLICKS,
  submissions: LOGIN_SUBMISSIONS,
};
