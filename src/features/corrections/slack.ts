import {
  correctNumber,
  statusChoices,
  updateStatus,
  type NumberCorrected,
  type StatusUpdated,
} from './correct.ts';
import type { PolicyBrief } from '#core/policies/policies.ts';
import type { Act, NamedAct } from '#slack/clicks.ts';
import * as answers from '#slack/answers.ts';
import type { Answer } from '#slack/answers.ts';
import { actions, bold } from '#slack/blocks.ts';
import { parseNumberFix, parseStatusChange, parseStatusChoice } from '#slack/click-values.ts';
import { request } from '#core/requests/slack.ts';
import type { Desk, SlackApp } from '#slack/desk.ts';
import { originOf } from '#slack/origin.ts';
import { STATUS_MODAL, statusModal } from './modal.ts';
import { whoIs } from '#slack/who.ts';

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
      const change = `${named(policy)}: the status is ${bold(policy.status)} now, it was ${bold(from)}.`;
      return syncable
        ? answers.say(`${change} Sync it again to get its values.`, ...syncAgain(policy))
        : answers.say(`${change} It is not synced any more.`);
    }
    case 'same':
      return answers.say(`${named(outcome.policy)} is ${bold(outcome.policy.status)} already.`);
    case 'changed-meanwhile':
      return answers.say(
        `Somebody changed it meanwhile: ${named(outcome.policy)} is ${bold(outcome.policy.status)} now. Look again before you change it.`,
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

const setStatus: Act = async (desk, { actor, value }) => {
  const change = parseStatusChange(value);
  return change === undefined
    ? answers.stale()
    : statusAnswer(await updateStatus(desk, actor, { policyId: change.policy, ...change }));
};

const chooseStatus: Act = async (desk, { actor, value, client, body, channel }) => {
  const asked = parseStatusChoice(value);
  if (asked === undefined) return answers.stale();
  const choices = await statusChoices(desk, actor, asked.policy, asked.sync);
  if (choices === undefined) return answers.notYours();
  await client.views.open({ trigger_id: body.trigger_id, view: statusModal(choices, channel) });
  return 'modal';
};

/** The right number is synced at once, through the login that did not find the wrong one. */
const fixNumber: Act = async (desk, { actor, value, client, body, channel, dedupeKey }) => {
  const fix = parseNumberFix(value);
  if (fix === undefined) return answers.stale();
  const outcome = await correctNumber(desk, actor, { syncId: fix.sync, close: fix.close });
  if (outcome.kind !== 'corrected') return numberAnswer(outcome);
  const origin = await originOf(desk, client, channel, body.user.id);
  const { policy, sourceId, from } = outcome;
  const started = await request(
    desk,
    { actor, policyId: policy.id, origin, dedupeKey, client },
    sourceId,
  );
  return answers.after(
    `The number is ${bold(policy.number)} now, it was ${bold(from)}.`,
    started.answer,
  );
};

export const CORRECTIONS: readonly NamedAct[] = [
  ['set-status', setStatus],
  ['choose-status', chooseStatus],
  [/^fix-number:\d$/, fixNumber],
];

export const listenToStatusModal = (app: SlackApp, desk: Desk): void => {
  app.view(STATUS_MODAL, async ({ ack, body, view, client }) => {
    const to = view.state.values['status']?.['status']?.selected_option?.value;
    const asked = parseStatusChange(view.private_metadata, to);
    const who = await whoIs(desk, client, { userId: body.user.id, userTeam: body.team?.id });
    if (who.kind === 'refused') return ack(answers.asError('status', answers.refusal(who.why)));
    if (asked === undefined) return ack(answers.asError('status', answers.stale()));
    const outcome = await updateStatus(desk, who.person, { policyId: asked.policy, ...asked });
    const answer = statusAnswer(outcome);
    if (outcome.kind !== 'updated') return ack(answers.asError('status', answer));
    await ack();
    await client.chat
      .postEphemeral({ channel: asked.channel ?? body.user.id, user: body.user.id, ...answer })
      .catch((error: unknown) => desk.log('an answer could not be shown', error));
  });
};
