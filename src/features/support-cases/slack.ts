import type { Actor } from '#shared/access.ts';
import {
  askSupport,
  closeCase,
  lookAtCase,
  mayAnswer,
  maySupport,
  replyToAdvisor,
  type Answered,
  type AskedSupport,
} from './support-case.ts';
import { pictureOfCase } from './evidence.ts';
import type { Act, NamedAct } from '#slack/clicks.ts';
import * as answers from '#slack/answers.ts';
import type { Answer } from '#slack/answers.ts';
import { few, name } from '#slack/blocks.ts';
import { parseCase, parseClick, parseSupportQuestion } from '#slack/click-values.ts';
import type { Desk, SlackApp } from '#slack/desk.ts';
import { caseBlocks, caseText } from './messages.ts';
import { ASK_SUPPORT, askSupportModal, CASE_REPLY, replyModal } from './modals.ts';
import { whoIs } from '#slack/who.ts';
import { evidenceModal } from '#slack/evidence-modal.ts';

const askedAnswer = (outcome: AskedSupport): Answer => {
  switch (outcome.kind) {
    case 'opened':
      return answers.say(
        `Support has it as *case ${outcome.number}*. The answer comes in this thread.`,
      );
    case 'already':
      return answers.say(`Support has it already, as *case ${outcome.number}*.`);
    case 'no-channel':
      return answers.say(
        outcome.people.length === 0
          ? 'There is no support channel here. Ask whoever runs this installation.'
          : `There is no support channel here. Ask ${few(outcome.people.map(name), 'or')}.`,
      );
    case 'refused':
      return answers.notYours();
  }
};

const answered = (outcome: Answered): Answer | undefined => {
  switch (outcome) {
    case 'done':
      return undefined;
    case 'closed-already':
      return answers.say('That case is closed already.');
    case 'refused':
      return answers.refusal('Only support, a manager or an owner can do that.');
  }
};

const ask: Act = async (desk, { actor, value, client, body, channel }) => {
  const clicked = parseClick(value);
  if (clicked === undefined) return answers.stale();
  const { request, sync } = clicked;
  const allowed = await maySupport(desk, actor, { requestId: request, syncId: sync });
  if (allowed.kind !== 'yes') return askedAnswer(allowed);
  await client.views.open({
    trigger_id: body.trigger_id,
    view: askSupportModal(allowed.policy, { request, sync, channel }),
  });
  return 'modal';
};

const reply: Act = async (_desk, { actor, value, client, body }) => {
  const about = parseCase(value);
  if (about === undefined) return answers.stale();
  if (!mayAnswer(actor)) return answered('refused');
  await client.views.open({ trigger_id: body.trigger_id, view: replyModal(about.case) });
  return 'modal';
};

const close: Act = async (desk, { actor, value }) => {
  const about = parseCase(value);
  if (about === undefined) return answers.stale();
  return (
    answered(await closeCase(desk, actor, about.case)) ??
    answers.say('Closed. Whoever asked sees it in their thread.')
  );
};

const picture: Act = async (desk, { actor, value, client, body }) => {
  const about = parseCase(value);
  if (about === undefined) return answers.stale();
  const path = await pictureOfCase(desk, actor, about.case);
  if (path === undefined) return answered('refused');
  const { publicUrl } = desk.settings;
  if (publicUrl === undefined)
    return answers.say(
      'Pictures are on our own page, which has no public address yet (PUBLIC_URL).',
    );
  await client.views.open({
    trigger_id: body.trigger_id,
    view: evidenceModal('picture', publicUrl + path),
  });
  return 'modal';
};

export const SUPPORT: readonly NamedAct[] = [
  ['ask-support', ask],
  ['case-reply', reply],
  ['case-close', close],
  ['case-picture', picture],
];

/** `/sync show case 7`: the same timeline, to this person alone. */
export const showCase = async (desk: Desk, actor: Actor, number: number): Promise<Answer> => {
  const view = await lookAtCase(desk, actor, number);
  return view === undefined
    ? answers.refusal(`There is no case ${number} that you may see.`)
    : { text: caseText(view, 'full'), blocks: caseBlocks(view, 'full') };
};

export const listenToSupport = (app: SlackApp, desk: Desk): void => {
  app.view(ASK_SUPPORT, async ({ ack, body, view, client }) => {
    const note = view.state.values['words']?.['words']?.value?.trim();
    const asked = parseSupportQuestion(view.private_metadata);
    const who = await whoIs(desk, client, { userId: body.user.id, userTeam: body.team?.id });
    if (who.kind === 'refused') return ack(answers.asError('words', answers.refusal(who.why)));
    if (asked === undefined) return ack(answers.asError('words', answers.stale()));
    const outcome = await askSupport(desk, who.person, {
      requestId: asked.request,
      syncId: asked.sync,
      note: note === '' ? undefined : note,
    });
    const answer = askedAnswer(outcome);
    if (outcome.kind !== 'opened') return ack(answers.asError('words', answer));
    await ack();
    await client.chat
      .postEphemeral({ channel: asked.channel, user: body.user.id, ...answer })
      .catch((error: unknown) => desk.log('an answer could not be shown', error));
  });

  app.view(CASE_REPLY, async ({ ack, body, view, client }) => {
    const text = view.state.values['words']?.['words']?.value?.trim() ?? '';
    const about = parseCase(view.private_metadata);
    const who = await whoIs(desk, client, { userId: body.user.id, userTeam: body.team?.id });
    if (who.kind === 'refused') return ack(answers.asError('words', answers.refusal(who.why)));
    if (about === undefined) return ack(answers.asError('words', answers.stale()));
    if (text === '') return ack(answers.asError('words', answers.say('Write an answer first.')));
    const refused = answered(await replyToAdvisor(desk, who.person, about.case, text));
    return refused === undefined ? ack() : ack(answers.asError('words', refused));
  });
};
