import * as answers from '#slack/answers.ts';
import type { Command } from '#slack/commands.ts';
import type { Feature } from '#slack/feature.ts';
import { statusClicks, type statusWith } from './slack.ts';

/** As people say it whose sync is not to be. "STOP-1234" is a number. */
const NO_SYNC =
  /(?<![\p{L}\p{N}])(?:cancel\p{L}*|cancle|stop(?:ped|ping)?|abort|undo|(?:do|should|must|need)n['\u2019]?t|not|never|no (?:need|sync\p{L}*))(?![\p{L}\p{N}]|\p{Pd}\p{Nd})/iu;

const toCancel = (status: ReturnType<typeof statusWith>): Command => ({
  asTyped: true,
  among: NO_SYNC,
  run: async (deps, { actor }) =>
    answers.after(
      'I started nothing: to sync, type the number alone. What of yours still waits has a *Cancel* button:',
      await status(deps, actor),
    ),
});

export const myStatus = (status: ReturnType<typeof statusWith>): Feature => ({
  commands: {
    status: {
      help: [['status', 'your syncs: running, waiting, or needing you']],
      alone: (command) =>
        `shows all syncs of yours that have not ended. For one policy, type \`${command} history\` and its number.`,
      run: (deps, { actor }) => status(deps, actor),
    },
    cancel: toCancel(status),
  },
  clicks: statusClicks(status),
});
