import * as answers from '#slack/answers.ts';
import type { Command } from '#slack/commands.ts';
import type { Feature } from '#slack/feature.ts';
import { statusClicks, type statusWith } from './slack.ts';

/** As people say it whose sync is not to be: nothing typed after it is synced then. */
const NO_SYNC = ['cancel', 'stop', 'abort', 'undo', "don't", 'dont'];

const toCancel = (status: ReturnType<typeof statusWith>): Command => ({
  asTyped: true,
  run: async (deps, { actor }) =>
    answers.after(
      'I started nothing. What of yours still waits has a *Cancel* button:',
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
    // "do not sync 00123-4567"
    do: {
      asTyped: true,
      orPlainWords: true,
      run: async (deps, typed, rest) =>
        /^not\b/i.test(rest) ? toCancel(status).run(deps, typed, rest) : undefined,
    },
    ...Object.fromEntries(NO_SYNC.map((word) => [word, toCancel(status)])),
  },
  clicks: statusClicks(status),
});
