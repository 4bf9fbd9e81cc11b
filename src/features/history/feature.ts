import type { Feature } from '#slack/feature.ts';
import { unquoted } from '#slack/command-text.ts';
import type { Drawings } from '#features/notifications/messages.ts';
import { exportClick, historyFile, type HistoryAsked } from './export.ts';
import { HISTORY_CLICKS, historyCommand } from './slack.ts';

export const history: Feature = {
  commands: {
    history: {
      help: [
        [
          'history 00123-4567',
          'its latest syncs, and its values over time, as a picture and a CSV',
        ],
      ],
      run: (deps, { actor, client }, rest) => historyCommand(deps, client, actor, unquoted(rest)),
    },
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
