import type { Feature } from '#slack/feature.ts';
import * as answers from '#slack/answers.ts';
import { isSharedOutside } from '#slack/origin.ts';
import { HISTORY_ACTS } from './export.ts';
import { historyCommand, listenToHistory } from './slack.ts';

export const history: Feature = {
  commands: {
    history: async (desk, { actor, client, channel }, { query }) =>
      (await isSharedOutside(desk, client, channel))
        ? answers.notInSharedChannel()
        : historyCommand(desk, client, actor, query),
  },
  clicks: HISTORY_ACTS,
  listen: [listenToHistory],
};
