import { fillModal } from '#slack/open-modal.ts';
import * as requestAnswers from './answers.ts';
import { suggestPolicies } from '#core/policies/look-up.ts';
import { sourceChoices, type Choices } from '#core/logins/choices.ts';
import { viewKey } from '#slack/act-keys.ts';
import * as answers from '#slack/answers.ts';
import type { Answer } from '#slack/answers.ts';
import { parsePicker } from './click-values.ts';
import { request, type Started } from './slack.ts';
import type { SlackDeps } from '#slack/deps.ts';
import { openLink } from '#core/sign-in/link-slack.ts';
import { submission, tell, type Search, type Submission, type Submitted } from '#slack/listen.ts';
import { originOf, type Origin } from '#slack/origin.ts';
import { section } from '#slack/blocks.ts';
import { POLICY_PICKER, policyOption, SOURCE_PICKER, sourcePicker } from './pickers.ts';
import { sayingModal } from '#slack/modals.ts';

export const searchPolicies: Search = async (deps, { actor }, typed) =>
  (await suggestPolicies(deps, actor, typed)).map(policyOption);

const refuse = (answer: Answer): Submitted => ({ error: { answer } });

/** Why there is no login to choose. */
const whyNone = (choices: Exclude<Choices, { kind: 'sources' }>): Answer => {
  switch (choices.kind) {
    case 'refused':
      return answers.notYours();
    case 'not-syncable':
      return requestAnswers.notSyncable(choices.policy);
    case 'no-source':
      return requestAnswers.noSource(choices.policy, choices.holders);
  }
};

export const policyPicked = submission(
  POLICY_PICKER,
  'policy',
  parsePicker,
  async (deps, submitted, state) => {
    const chosen = submitted.field('policy', 'policy-search').selected_option?.value;
    if (chosen === undefined) return refuse(answers.tooOld());
    const choices = await sourceChoices(deps, submitted.actor, chosen);
    if (choices.kind !== 'sources') return refuse(whyNone(choices));
    const [only] = choices.sources;
    return choices.sources.length > 1 || only === undefined
      ? { view: sourcePicker(state, choices.policy, choices.sources, deps.clock()) }
      : startAndTell(deps, submitted, {
          policyId: chosen,
          sourceId: only.id,
          ...askedIn(state.origin),
        });
  },
);

export const sourcePicked = submission(
  SOURCE_PICKER,
  'source',
  parsePicker,
  async (deps, submitted, { policy, origin }) => {
    const chosen = submitted.field('source').selected_option?.value;
    if (policy === undefined || chosen === undefined) return refuse(answers.tooOld());
    const choices = await sourceChoices(deps, submitted.actor, policy);
    if (choices.kind !== 'sources') return refuse(whyNone(choices));
    const source = choices.sources.find(({ id }) => id === chosen);
    // The login went while the picker was open: the picker of those that are left.
    if (source === undefined)
      return { view: sourcePicker({ origin }, choices.policy, choices.sources, deps.clock()) };
    const wanted = { policyId: policy, sourceId: chosen, ...askedIn(origin) };
    if (source.linked) return startAndTell(deps, submitted, wanted);
    const { requestId, answer } = await start(deps, submitted, wanted);
    if (requestId === undefined) return refuse(await answer());
    const { actor, viewId } = submitted;
    return { view: await openLink(deps, actor.id, source, requestId, viewId) };
  },
);

interface Wanted {
  policyId: string;
  sourceId: string;
  /** Where it was asked; a person's id when from no channel at all. */
  channel: string;
  thread: string | undefined;
}

const askedIn = ({ askedIn: channel, thread }: Origin): Pick<Wanted, 'channel' | 'thread'> => ({
  channel,
  thread,
});

/** The request of a submitted picker. */
const start = async (
  deps: SlackDeps,
  { actor, client, slackId, viewId }: Submission,
  { policyId, sourceId, channel, thread }: Wanted,
): Promise<Started> => {
  const origin = originOf(deps, channel, slackId, thread);
  const ask = { actor, policyId, origin, dedupeKey: viewKey(viewId), client };
  return request(deps, ask, sourceId);
};

/** The answer is shown where it was asked; from no channel at all, in the modal itself. */
const startAndTell = async (
  deps: SlackDeps,
  submitted: Submission,
  wanted: Wanted,
): Promise<Submitted> => {
  const { channel, thread } = wanted;
  if (/^[UW]/.test(channel)) return inModal(submitted, await start(deps, submitted, wanted));
  const { answer } = await start(deps, submitted, wanted);
  return { after: async () => tell(deps, submitted, { channel, thread }, await answer()) };
};

/** Of what stands already Slack is asked where: the modal is answered first, and the address follows. */
const inModal = async (
  { client, viewId }: Submission,
  { answer, stands }: Started,
): Promise<Submitted> => {
  const view = async () => sayingModal(...(await answer()).blocks);
  if (stands !== true) return { view: await view() };
  return {
    view: sayingModal(section('It is syncing already: you asked for it before.')),
    after: async () => fillModal(client, viewId, await view()),
  };
};
