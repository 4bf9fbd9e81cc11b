import { syncSubject, threadOfCard } from './store/clicks.ts';
import { cancelRequest, takeOver } from './cancel.ts';
import { NOT_THEIRS_TO_RUN } from './answers.ts';
import { runNow } from './run-now.ts';
import * as answers from '#slack/answers.ts';
import type { Asked } from '#slack/answers.ts';
import { parsePolicy } from '#slack/click-values.ts';
import { parseClick, parseContact, parseRequest } from './click-values.ts';
import { askForPolicy, request, requestAgain, type Started } from './slack.ts';
import { openContact } from './contact-slack.ts';
import type { SlackDeps } from '#slack/deps.ts';
import { click, noValue, type Click, type ClickAct } from '#slack/listen.ts';
import { isSharedOutside, originOf } from '#slack/origin.ts';
import { valuesAnswer } from './messages/values-answer.ts';
import { seeValues } from './show-values.ts';
import type { View } from '@slack/types';
import { contactPicker } from './contact-picker.ts';
import { policyPicker, type PickerState } from './pickers.ts';
import { openModal } from '#slack/open-modal.ts';

type CardValue = NonNullable<ReturnType<typeof parseClick>>;

const originOfClick = (deps: SlackDeps, { channel, slackId, thread }: Click) =>
  originOf(deps, channel, slackId, thread);

const syncPolicy: ClickAct<{ policy: string }> = async (deps, by, { policy }) =>
  (await askForPolicy(deps, { ...by, policyId: policy, origin: originOfClick(deps, by) })).answer();

const syncContact: ClickAct<{ contact: string }> = async (deps, by, { contact }) =>
  openContact(deps, { ...by, origin: originOfClick(deps, by) }, contact);

const cancel: ClickAct<CardValue> = async (deps, { actor }, clicked) => {
  const outcome = await cancelRequest(deps, actor, clicked.request);
  if (outcome === 'refused') return answers.refusal('Only the person who asked can cancel this.');
  return outcome === 'too-late' ? answers.stale() : undefined;
};

/** A new request for the policy of an old card, through the same login or the one named. */
const startAgain = async (
  deps: SlackDeps,
  by: Click,
  clicked: CardValue,
  start: typeof request | typeof requestAgain,
): Promise<Started<Asked>> => {
  const old = await syncSubject(deps.store, clicked.sync);
  if (old === undefined) return { answer: () => Promise.resolve(answers.notYours()) };
  // A card in somebody's thread is followed by the next one there.
  const thread = by.thread ?? (await threadOfCard(deps.store, clicked.request, by.channel));
  const origin = originOfClick(deps, { ...by, thread });
  const ask = { ...by, policyId: old.policyId, origin };
  return start(deps, ask, clicked.source ?? old.sourceId);
};

const again: ClickAct<CardValue> = async (deps, by, clicked) =>
  (await startAgain(deps, by, clicked, requestAgain)).answer();

const useSource: ClickAct<CardValue> = async (deps, by, clicked) => {
  const { answer, requestId } = await startAgain(deps, by, clicked, request);
  if (requestId !== undefined && requestId !== clicked.request)
    await takeOver(deps, by.actor, clicked);
  return answer();
};

const runsNow: ClickAct<CardValue> = async (deps, { actor }, clicked) =>
  (await runNow(deps, actor, clicked.request)) === 'refused'
    ? answers.refusal(NOT_THEIRS_TO_RUN)
    : undefined;

/** What the card keeps out of its channel, to this person alone. */
const showValues: ClickAct<{ request: string }> = async (deps, by, { request: requestId }) => {
  if (await isSharedOutside(deps, by.client, by.channel)) return answers.notInSharedChannel();
  const seen = await seeValues(deps, by.actor, requestId);
  return seen === undefined ? answers.notYours() : valuesAnswer(seen.items, seen.hidden);
};
const openPicker =
  (picker: (state: PickerState) => View): ClickAct<true> =>
  async (_deps, { client, triggerId, channel }) => {
    await openModal(client, triggerId, picker({ origin: { askedIn: channel, channel } }));
    return 'modal';
  };

export const REQUEST_CLICKS = [
  click('show-values', parseRequest, showValues),
  click('sync-policy', parsePolicy, syncPolicy),
  click('sync-contact', parseContact, syncContact),
  click('cancel', parseClick, cancel),
  click('re-run', parseClick, again),
  click(/^use-source:/, parseClick, useSource),
  click('run-now', parseClick, runsNow),
  click('open-policy-picker', noValue, openPicker(policyPicker)),
  click('open-contact-picker', noValue, openPicker(contactPicker)),
];
