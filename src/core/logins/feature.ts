import type { Feature } from '#slack/feature.ts';
import { LOGIN_CLICKS, LOGIN_SUBMISSIONS, sourcesAnswer } from './slack.ts';

export const logins: Feature = {
  commands: {
    sources: {
      help: [['sources', 'your logins at the carriers: link, add, share']],
      outside: 'answer',
      run: (deps, { actor }) => sourcesAnswer(deps, actor),
    },
    source: { outside: 'answer', run: (deps, { actor }) => sourcesAnswer(deps, actor) },
  },
  clicks: LOGIN_CLICKS,
  submissions: LOGIN_SUBMISSIONS,
};
