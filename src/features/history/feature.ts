import type { Feature } from '#slack/feature.ts';
import * as answers from '#slack/answers.ts';
import { isSharedOutside } from '#slack/origin.ts';
import { exportClick } from './export.ts';
import { HISTORY_CLICKS, historyCommand } from './slack.ts';

export const history: Feature = {
  commands: {
    history: async (deps, { actor, client, channel }, { query }) =>
      (await isSharedOutside(deps, client, channel))
        ? answers.notInSharedChannel()
        : historyCommand(deps, client, actor, query),
  },
  clicks: [...HISTORY_CLICKS, exportClick],
};
