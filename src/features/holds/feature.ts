import type { Feature } from '#slack/feature.ts';
import { unquoted } from '#slack/command-text.ts';
import { sweepHolds } from './hold.ts';
import { HOLD_CLICKS, holdCommand } from './slack.ts';

export const holds: Feature = {
  commands: {
    hold: {
      help: [['hold', '"I\'m in the portal": a login\'s syncs wait']],
      outside: 'answer',
      run: (deps, { actor }, rest) => holdCommand(deps, actor, unquoted(rest)),
    },
  },
  clicks: HOLD_CLICKS,
  sweep: (deps) => [{ name: 'holds', run: () => sweepHolds(deps) }],
};
