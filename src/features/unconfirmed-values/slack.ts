import { acceptValues, lookAtUnconfirmed, rejectValues, type Decided } from './decide.ts';
import { z } from 'zod';
import { click, type ClickAct } from '#slack/listen.ts';
import * as answers from '#slack/answers.ts';
import type { Answer } from '#slack/answers.ts';
import { actions, bold, name } from '#slack/blocks.ts';
import { id, parserOf } from '#slack/click-values.ts';
import { decisionButtons, unconfirmedLines } from '#core/requests/messages/unconfirmed-values.ts';

const decidedAnswer = (outcome: Decided): Answer => {
  if (outcome.kind === 'refused') return answers.notYours();
  const { policy } = outcome;
  const which = `${bold(policy.contactName)} · ${bold(policy.number)}`;
  switch (outcome.kind) {
    case 'accepted':
      return answers.say(`${which}: saved. We record that you confirmed them.`);
    case 'rejected':
      return answers.say(
        `${which}: not saved, your values are kept. If the carrier's site shows something else than we read, our adapter misread it: press *Ask support* beneath its card. What was read without a card gets one when you sync it again.`,
        ...actions('sync-again', [
          {
            text: 'Sync again',
            action: 'sync-policy',
            value: JSON.stringify({ policy: policy.id }),
          },
        ]),
      );
    case 'read-again':
      return answers.say(
        `${which}: a newer sync read other values since you looked. Look at its card again.`,
      );
    case 'settled': {
      const by = outcome.by === null ? 'Someone' : name(outcome.by);
      return answers.say(
        outcome.how === 'overtaken'
          ? `${which}: a newer sync has read values that fit, or the policy has another number or carrier now, so there is nothing to decide.`
          : `${which}: ${by} already said they are ${outcome.how === 'accepted' ? 'right' : 'not right'}.`,
      );
    }
  }
};

const parseSeen = parserOf(z.object({ held: id, version: z.int().min(1) }));

const decide =
  (decided: typeof acceptValues): ClickAct<{ held: string; version: number }> =>
  async (deps, { actor }, { held, version }) =>
    decidedAnswer(await decided(deps, actor, { id: held, version }));

/** With amounts, to this person alone. */
const look: ClickAct<{ held: string }> = async (deps, { actor }, seen) => {
  const found = await lookAtUnconfirmed(deps, actor, seen.held);
  if (found === undefined) return answers.notYours();
  const { held, policy } = found;
  const { settled } = held;
  if (settled !== undefined) return decidedAnswer({ kind: 'settled', ...settled, policy });
  return answers.say(
    [
      `${bold(policy.contactName)} · ${name(policy.carrierName)} ${bold(policy.number)}`,
      ...unconfirmedLines(held, 'full'),
      `Compare with ${name(policy.carrierName)}'s site: are they right?`,
    ].join('\n'),
    ...actions('held', decisionButtons({ held }, 'full')),
  );
};

export const DECISION_CLICKS = [
  click('held-accept', parseSeen, decide(acceptValues)),
  click('held-reject', parseSeen, decide(rejectValues)),
  click('held-look', parseSeen, look),
];
