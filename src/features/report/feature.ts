import type { Feature } from '#slack/feature.ts';
import { reportAnswer } from './slack.ts';

export const report: Feature = {
  commands: {
    report: (desk, { actor, team, app }) => reportAnswer(desk, actor, { teamId: team, appId: app }),
  },
};
