import type { Feature } from '#slack/feature.ts';
import { reportAnswer } from './slack.ts';

export const report: Feature = {
  commands: {
    report: {
      help: [['report', 'the totals of your book, and where the report is']],
      run: (deps, { actor, team, app }) => reportAnswer(deps, actor, { teamId: team, appId: app }),
    },
  },
};
