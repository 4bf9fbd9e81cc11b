import { evidenceOf, pauseByHand, probeByHand, resumeByHand, type Operated } from './pauses.ts';
import type { Act, NamedAct } from '#slack/clicks.ts';
import * as answers from '#slack/answers.ts';
import type { Answer } from '#slack/answers.ts';
import { parseCarrier, parsePause } from '#slack/click-values.ts';
import { evidenceModal } from '#slack/evidence-modal.ts';

const REFUSED = 'Only support, a manager or an owner can do that.';

const said = (outcome: Operated, done: string): Answer => {
  switch (outcome) {
    case 'done':
      return answers.say(done);
    case 'too-late':
      return answers.say('It stands otherwise by now. Look at the notice again.');
    case 'refused':
      return answers.refusal(REFUSED);
  }
};

const resume: Act = async (desk, { actor, value }) => {
  const about = parsePause(value);
  if (about === undefined) return answers.stale();
  return said(
    await resumeByHand(desk, actor, about.pause),
    'It goes on. Whoever waited is told in their thread.',
  );
};

const probe: Act = async (desk, { actor, value }) => {
  const about = parsePause(value);
  if (about === undefined) return answers.stale();
  return said(
    await probeByHand(desk, actor, about.pause),
    'One sync tries now. The notice says what came of it.',
  );
};

const pause: Act = async (desk, { actor, value }) => {
  const about = parseCarrier(value);
  if (about === undefined) return answers.stale();
  return said(
    await pauseByHand(desk, actor, about.carrier),
    'Paused. A notice of its own says so, with the way to resume it.',
  );
};

const evidence =
  (what: 'picture' | 'trace'): Act =>
  async (desk, { actor, value, client, body }) => {
    const about = parsePause(value);
    if (about === undefined) return answers.stale();
    const path = await evidenceOf(desk, actor, about.pause, what);
    if (path === undefined) return answers.refusal(REFUSED);
    const { publicUrl } = desk.settings;
    if (publicUrl === undefined)
      return answers.say(
        'Pictures and traces are on our own page, which has no public address yet (PUBLIC_URL).',
      );
    await client.views.open({
      trigger_id: body.trigger_id,
      view: evidenceModal(what, publicUrl + path),
    });
    return 'modal';
  };

export const OPERATORS: readonly NamedAct[] = [
  ['carrier-resume', resume],
  ['carrier-probe', probe],
  ['carrier-pause', pause],
  ['pause-picture', evidence('picture')],
  ['pause-trace', evidence('trace')],
];
