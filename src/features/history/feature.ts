import type { Feature } from '#slack/feature.ts';
import * as answers from '#slack/answers.ts';
import { isSharedOutside } from '#slack/origin.ts';
import type { Drawings } from '#features/notifications/messages.ts';
import { exportClick, historyFile, type HistoryAsked } from './export.ts';
import { HISTORY_CLICKS, historyCommand } from './slack.ts';

export const history: Feature = {
  commands: {
    history: async (deps, { actor, client, channel }, { query }) =>
      (await isSharedOutside(deps, client, channel))
        ? answers.notInSharedChannel()
        : historyCommand(deps, client, actor, query),
  },
  clicks: [...HISTORY_CLICKS, exportClick],
  notifications: {
    'history-file': (about, _settings, deps) => historyFile(about, deps),
  } satisfies Partial<Drawings>,
};

declare module '#features/notifications/notification.ts' {
  interface NotificationAbout {
    /** To who asked for the history of a policy as a file. */
    'history-file': HistoryAsked;
  }
}
