import type { Feature } from '#slack/feature.ts';
import { unquoted } from '#slack/command-text.ts';
import { sweepHolds } from './hold.ts';
import { HOLD_CLICKS, holdCommand, pauseCommand } from './slack.ts';

const ASKED_SO = ['pause', 'unpause', 'resume', 'release', 'unhold'];

export const holds: Feature = {
  commands: {
    hold: {
      help: [['hold', '"I\'m in the portal": a login\'s syncs wait']],
      outside: 'answer',
      run: (deps, typed, rest) => holdCommand(deps, typed, unquoted(rest)),
    },
    ...Object.fromEntries(
      ASKED_SO.map((word) => [
        word,
        { outside: 'answer', unlessName: true, asTyped: true, run: pauseCommand } as const,
      ]),
    ),
  },
  clicks: HOLD_CLICKS,
  sweep: (deps) => [{ name: 'holds', run: () => sweepHolds(deps) }],
};
