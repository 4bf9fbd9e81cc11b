import type { Actor } from '#shared/access.ts';
import {
  askSupport,
  closeCase,
  lookAtCase,
  mayAnswer,
  mayAnswerBack,
  maySupport,
  replyToAdvisor,
  replyToSupport,
  type Answered,
  type AskedSupport,
} from './support-case.ts';
import { pictureOfCase } from './evidence.ts';
import { z } from 'zod';
import {
  click,
  submission,
  tell,
  type ClickAct,
  type Submission,
  type Submitted,
} from '#slack/listen.ts';
import * as answers from '#slack/answers.ts';
import type { Answer } from '#slack/answers.ts';
import { few, name } from '#slack/blocks.ts';
import { id, parserOf } from '#slack/click-values.ts';
import { parseClick } from '#core/requests/click-values.ts';
import type { SlackDeps } from '#slack/deps.ts';
import { caseBlocks } from './messages.ts';
import {
  answerModal,
  ASK_SUPPORT,
  askSupportModal,
  CASE_ANSWER,
  CASE_REPLY,
  replyModal,
} from './modals.ts';
import { evidenceModal } from '#slack/modals.ts';
import { openModal } from '#slack/open-modal.ts';
import { spoken } from '#slack/spoken.ts';

const askedAnswer = (outcome: AskedSupport): Answer => {
  switch (outcome.kind) {
    case 'opened':
      return answers.say(
        `Support has it as *case ${outcome.number}*. The answer comes in the sync's thread.`,
      );
    case 'already':
      return answers.say(`Support has it already, as *case ${outcome.number}*.`);
    case 'no-channel':
      return answers.say(
        outcome.people.length === 0
          ? 'No support channel is set up. Ask your Swivel Sync admin.'
          : `No support channel is set up. Ask ${few(outcome.people.map(name), 'or')}.`,
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

/** The same, for whoever asked. */
const answeredBack = (outcome: Answered): Answer | undefined =>
  outcome === 'refused'
    ? answers.refusal('Only the person who asked support can answer here.')
    : answered(outcome);

const parseCase = parserOf(z.object({ case: id }));
const parseNumber = parserOf(z.object({ number: z.int().positive() }));
const parseQuestion = parserOf(z.object({ request: id, sync: id, channel: id }));

const ask: ClickAct<NonNullable<ReturnType<typeof parseClick>>> = async (
  deps,
  { actor, client, triggerId, channel },
  { request, sync },
) => {
  const allowed = await maySupport(deps, actor, { requestId: request, syncId: sync });
  if (allowed.kind !== 'yes') return askedAnswer(allowed);
  await openModal(client, triggerId, askSupportModal(allowed.policy, { request, sync, channel }));
  return 'modal';
};

const picture: ClickAct<{ case: string }> = async (deps, { actor, client, triggerId }, about) => {
  const path = await pictureOfCase(deps, actor, about.case);
  if (path === undefined) return answered('refused');
  const { publicUrl } = deps.settings;
  if (publicUrl === undefined)
    return answers.say(
      'Pictures are on our own page, and it has no public address yet (PUBLIC_URL).',
    );
  const view = evidenceModal('picture', publicUrl + path);
  await openModal(client, triggerId, view);
  return 'modal';
};

/** `/sync show case 7`: the same timeline, to this person alone, with whole numbers. */
export const showCase = async (deps: SlackDeps, actor: Actor, number: number): Promise<Answer> => {
  const view = await lookAtCase(deps, actor, number);
  return view === undefined
    ? answers.refusal(`There is no case ${number} that you may see.`)
    : spoken(caseBlocks(view, 'full'));
};

export const SUPPORT_CLICKS = [
  click('ask-support', parseClick, ask),
  click('case-reply', parseCase, async (_deps, { actor, client, triggerId }, about) => {
    if (!mayAnswer(actor)) return answered('refused');
    await openModal(client, triggerId, replyModal(about.case));
    return 'modal';
  }),
  click(
    'case-close',
    parseCase,
    async (deps, { actor }, about) =>
      answered(await closeCase(deps, actor, about.case)) ??
      answers.say('Closed. The person who asked sees it in their thread.'),
  ),
  click('case-show', parseNumber, (deps, { actor }, { number }) => showCase(deps, actor, number)),
  click('case-picture', parseCase, picture),
  click('case-answer', parseCase, async (deps, { actor, client, triggerId }, about) => {
    const refused = answeredBack(await mayAnswerBack(deps, actor, about.case));
    if (refused !== undefined) return refused;
    await openModal(client, triggerId, answerModal(about.case));
    return 'modal';
  }),
];

/** What was written in the modal goes on, or why it does not. */
const written =
  (send: typeof replyToAdvisor, said: typeof answered) =>
  async (
    deps: SlackDeps,
    { actor, field }: Submission,
    about: { case: string },
  ): Promise<Submitted> => {
    const text = field('words').value?.trim() ?? '';
    if (text === '') return { error: { answer: answers.say('Write an answer first.') } };
    const refused = said(await send(deps, actor, about.case, text));
    return refused === undefined ? {} : { error: { answer: refused } };
  };

export const SUPPORT_SUBMISSIONS = [
  submission(ASK_SUPPORT, 'words', parseQuestion, async (deps, submitted, asked) => {
    const note = submitted.field('words').value?.trim();
    const outcome = await askSupport(deps, submitted.actor, {
      requestId: asked.request,
      syncId: asked.sync,
      note: note === '' ? undefined : note,
    });
    const answer = askedAnswer(outcome);
    return outcome.kind === 'opened'
      ? { after: () => tell(deps, submitted, asked, answer) }
      : { error: { answer } };
  }),
  submission(CASE_REPLY, 'words', parseCase, written(replyToAdvisor, answered)),
  submission(CASE_ANSWER, 'words', parseCase, written(replyToSupport, answeredBack)),
];
