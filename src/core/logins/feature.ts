import type { Command } from '#slack/commands.ts';
import type { Feature } from '#slack/feature.ts';
import { LOGIN_CLICKS, LOGIN_SUBMISSIONS, sourcesCommand } from './slack.ts';

/** What people type for what a row of that list does. */
const ASKED_SO = ['link', 'relink', 'unlink', 'login', 'logins', 'share', 'rename'];

const run: Command['run'] = (deps, { actor }, rest) => sourcesCommand(deps, actor, rest);

export const logins: Feature = {
  commands: {
    sources: {
      help: [['sources', 'your logins at the carriers: link, add, share']],
      outside: 'answer',
      run,
    },
    source: { outside: 'answer', run },
    ...Object.fromEntries(
      ASKED_SO.map((word) => [
        word,
        { outside: 'answer', unlessName: true, asTyped: true, run } as const,
      ]),
    ),
  },
  clicks: LOGIN_CLICKS,
  submissions: LOGIN_SUBMISSIONS,
};
