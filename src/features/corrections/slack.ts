import {
  correctNumber,
  statusChoices,
  updateStatus,
  type NumberCorrected,
  type StatusUpdated,
} from './correct.ts';
import type { PolicyBrief } from '#core/policies/policies.ts';
import { z } from 'zod';
import { click, submission, tell, type Click, type ClickAct } from '#slack/listen.ts';
import * as answers from '#slack/answers.ts';
import type { Answer, Asked } from '#slack/answers.ts';
import type { SlackDeps } from '#slack/deps.ts';
import { actions, bold } from '#slack/blocks.ts';
import { id, parserOf } from '#slack/click-values.ts';
import { sourceChoices } from '#core/logins/choices.ts';
import { askForPolicy, request, type PolicyAsk, type Started } from '#core/requests/slack.ts';
import { threadOfCard } from '#core/requests/store/clicks.ts';
import { inCrm } from '#core/requests/messages/guide.ts';
import { originOf, type Origin } from '#slack/origin.ts';
import { STATUS_MODAL, statusModal } from './modal.ts';
import { openModal } from '#slack/open-modal.ts';

const named = (policy: PolicyBrief): string =>
  `${bold(policy.contactName)} · ${bold(policy.number)}`;

const syncAgain = (policy: PolicyBrief) =>
  actions('sync', [
    {
      text: 'Sync again',
      action: 'sync-policy',
      value: JSON.stringify({ policy: policy.id }),
      style: 'primary' as const,
    },
  ]);

const statusAnswer = (outcome: StatusUpdated): Answer => {
  switch (outcome.kind) {
    case 'updated': {
      const { policy, from, syncable } = outcome;
      const change = `You changed the status of ${named(policy)}: ${bold(from)} → ${bold(policy.status)}. ${inCrm(outcome)}`;
      return syncable
        ? answers.say(`${change} Sync it again to get its values.`, ...syncAgain(policy))
        : answers.say(`${change} The policy is no longer synced.`);
    }
    case 'same':
      return answers.say(`${named(outcome.policy)} is ${bold(outcome.policy.status)} already.`);
    case 'changed-meanwhile':
      return answers.say(
        `Someone changed it meanwhile: ${named(outcome.policy)} is ${bold(outcome.policy.status)} now. Look again before you change it.`,
      );
    case 'no-such-status':
      return answers.stale();
    case 'refused':
      return answers.notYours();
  }
};

const numberAnswer = (outcome: Exclude<NumberCorrected, { kind: 'corrected' }>): Answer => {
  switch (outcome.kind) {
    case 'taken':
      return answers.say(
        `Another policy of this carrier has ${bold(outcome.number)} already, so nothing was changed. One of the two is entered twice, or wrong; correct that in the CRM.`,
      );
    case 'stale':
      return answers.stale();
    case 'refused':
      return answers.notYours();
  }
};

const policyStatus = z.string().min(1).max(500);
const CHANGE = z.object({
  policy: id,
  from: policyStatus,
  to: policyStatus,
  channel: id.optional(),
});
const parseChange = parserOf(CHANGE);
/** What is chosen in the modal is no part of its metadata. */
const parseAsked = parserOf(CHANGE.partial({ to: true }));
const parseChoice = parserOf(z.object({ policy: id, sync: id.optional() }));
const NUMBER_FIX = z.object({ request: id.optional(), sync: id, close: z.int().min(0).max(9) });
const parseNumberFix = parserOf(NUMBER_FIX);

const chooseStatus: ClickAct<NonNullable<ReturnType<typeof parseChoice>>> = async (
  deps,
  { actor, client, triggerId, channel },
  asked,
) => {
  const choices = await statusChoices(deps, actor, asked.policy, asked.sync);
  if (choices === undefined) return answers.notYours();
  await openModal(client, triggerId, statusModal(choices, channel));
  return 'modal';
};

/** The next card is where the one is that was clicked, in its thread as well. */
const originOfFix = async (
  deps: SlackDeps,
  { channel, slackId, thread }: Click,
  requestId: string | undefined,
): Promise<Origin> => {
  const kept =
    thread ?? (requestId && (await threadOfCard(deps.store, requestId, channel))) ?? undefined;
  return originOf(deps, channel, slackId, kept);
};

/** Through the login that did not find the wrong number, or another where this person may not use that. */
const askForCorrected = async (
  deps: SlackDeps,
  ask: PolicyAsk,
  sourceId: string,
): Promise<Started<Asked>> => {
  const choices = await sourceChoices(deps, ask.actor, ask.policyId);
  const usable = choices.kind === 'sources' && choices.sources.some((each) => each.id === sourceId);
  return usable ? request(deps, ask, sourceId) : askForPolicy(deps, ask);
};

/** The right number is synced at once. */
const fixNumber: ClickAct<z.infer<typeof NUMBER_FIX>> = async (deps, by, fix) => {
  const outcome = await correctNumber(deps, by.actor, { syncId: fix.sync, close: fix.close });
  if (outcome.kind !== 'corrected') return numberAnswer(outcome);
  const { policy, sourceId, from, requests } = outcome;
  const origin = await originOfFix(deps, by, fix.request);
  const ask = { ...by, policyId: policy.id, origin };
  const started = await askForCorrected(deps, ask, sourceId);
  for (const each of requests) await deps.show(each);
  const done = `The number is ${bold(policy.number)} now, it was ${bold(from)}. ${inCrm(outcome)}`;
  const then = await started.answer();
  return then === 'modal' ? answers.say(done) : answers.after(done, then);
};

export const CORRECTION_CLICKS = [
  click('set-status', parseChange, async (deps, { actor }, change) =>
    statusAnswer(await updateStatus(deps, actor, { policyId: change.policy, ...change })),
  ),
  click('choose-status', parseChoice, chooseStatus),
  click(/^fix-number:\d$/, parseNumberFix, fixNumber),
];

export const statusChosen = submission(
  STATUS_MODAL,
  'status',
  parseAsked,
  async (deps, submitted, asked) => {
    const { actor, field, slackId } = submitted;
    const to = field('status').selected_option?.value ?? asked.to;
    if (to === undefined) return { error: { answer: answers.tooOld() } };
    const outcome = await updateStatus(deps, actor, { ...asked, policyId: asked.policy, to });
    const answer = statusAnswer(outcome);
    return outcome.kind === 'updated'
      ? { after: () => tell(deps, submitted, { channel: asked.channel ?? slackId }, answer) }
      : { error: { answer } };
  },
);
