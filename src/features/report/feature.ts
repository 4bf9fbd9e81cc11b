import type { Feature } from '#slack/feature.ts';
import { reportAnswer } from './slack.ts';

export const report: Feature = {
  commands: {
    report: (deps, { actor, team, app }) => reportAnswer(deps, actor, { teamId: team, appId: app }),
  },
};
