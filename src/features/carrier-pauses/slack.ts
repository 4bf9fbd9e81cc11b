import { evidenceOf, pauseByHand, probeByHand, resumeByHand, type Operated } from './pauses.ts';
import { z } from 'zod';
import { click, type ClickAct } from '#slack/listen.ts';
import * as answers from '#slack/answers.ts';
import type { Answer } from '#slack/answers.ts';
import { id, parserOf } from '#slack/click-values.ts';
import { evidenceModal } from '#slack/modals.ts';
import { openModal } from '#slack/open-modal.ts';

const REFUSED = 'Only support, a manager or an owner can do that.';

const said = (outcome: Operated, done: string): Answer => {
  switch (outcome) {
    case 'done':
      return answers.say(done);
    case 'too-late':
      return answers.say('That has changed meanwhile. Look at the notice again.');
    case 'refused':
      return answers.refusal(REFUSED);
  }
};

const parsePause = parserOf(z.object({ pause: id }));
const parseCarrier = parserOf(z.object({ carrier: id }));

const evidence =
  (what: 'picture' | 'trace'): ClickAct<{ pause: string }> =>
  async (deps, { actor, client, triggerId }, { pause }) => {
    const path = await evidenceOf(deps, actor, pause, what);
    if (path === undefined) return answers.refusal(REFUSED);
    const { publicUrl } = deps.settings;
    if (publicUrl === undefined)
      return answers.say(
        'Pictures and traces are on our own page, and it has no public address yet (PUBLIC_URL).',
      );
    const view = evidenceModal(what, publicUrl + path);
    await openModal(client, triggerId, view);
    return 'modal';
  };

export const PAUSE_CLICKS = [
  click('carrier-resume', parsePause, async (deps, { actor }, { pause }) =>
    said(
      await resumeByHand(deps, actor, pause),
      'Resumed. Everyone who waited is told in their thread.',
    ),
  ),
  click('carrier-probe', parsePause, async (deps, { actor }, { pause }) =>
    said(
      await probeByHand(deps, actor, pause),
      'One sync tries now. The notice will say how it went.',
    ),
  ),
  click('carrier-pause', parseCarrier, async (deps, { actor }, { carrier }) =>
    said(
      await pauseByHand(deps, actor, carrier),
      'Paused. A notice says so, with a Resume button.',
    ),
  ),
  click('pause-picture', parsePause, evidence('picture')),
  click('pause-trace', parsePause, evidence('trace')),
];
