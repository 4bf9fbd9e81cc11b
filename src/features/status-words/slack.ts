import { z } from 'zod';
import { KNOWN_STANDINGS } from '#shared/status.ts';
import * as answers from '#slack/answers.ts';
import type { Answer } from '#slack/answers.ts';
import { bold, name } from '#slack/blocks.ts';
import { id, parserOf } from '#slack/click-values.ts';
import { click, submission, tell } from '#slack/listen.ts';
import { openModal } from '#slack/open-modal.ts';
import { MEANINGS, TEACH_MODAL, teachModal } from './modal.ts';
import { askedWord, teach } from './teach.ts';

const refused = (): Answer =>
  answers.refusal('Only a manager or an owner can say what a status means. Ask one of them.');

const parseSync = parserOf(z.object({ sync: id }));
const parseAsked = parserOf(z.object({ sync: id, channel: id }));
const parseStanding = z.enum(KNOWN_STANDINGS);

export const TEACH_CLICKS = [
  click(TEACH_MODAL, parseSync, async (deps, { actor, client, triggerId, channel }, { sync }) => {
    const asked = await askedWord(deps, actor, sync);
    if (asked === 'refused') return refused();
    if (asked === undefined) return answers.stale();
    await openModal(client, triggerId, teachModal(asked, { sync, channel }));
    return 'modal';
  }),
];

export const meaningChosen = submission(
  TEACH_MODAL,
  'standing',
  parseAsked,
  async (deps, submitted, { sync, channel }) => {
    const standing = parseStanding.safeParse(
      submitted.field('standing').selected_option?.value,
    ).data;
    if (standing === undefined) return { error: { answer: answers.tooOld() } };
    const outcome = await teach(deps, submitted.actor, { syncId: sync, standing });
    if (outcome.kind === 'refused') return { error: { answer: refused() } };
    if (outcome.kind === 'stale') return { error: { answer: answers.stale() } };
    const { word, carrier } = outcome.asked;
    const said = `${bold(word)} at ${name(carrier.name)} means *${MEANINGS[standing]}* from now on. What waited for it is decided.`;
    return { after: () => tell(deps, submitted, { channel }, answers.say(said)) };
  },
);
