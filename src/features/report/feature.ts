import type { Feature } from '#slack/feature.ts';
import { reportAnswer } from './slack.ts';

export const report: Feature = {
  commands: {
    report: {
      help: [['report', 'the totals of your book, and where the report is']],
      alone: (command) =>
        `is of the whole book. For one contact or policy, type \`${command} history\` and its name or number, or search in the report.`,
      run: (deps, { actor, team, app }) => reportAnswer(deps, actor, { teamId: team, appId: app }),
    },
  },
};
