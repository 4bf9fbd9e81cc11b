import { setTimeout } from 'node:timers/promises';
import * as requestAnswers from './answers.ts';
import { sentMessages } from '#slack/store.ts';
import type { Actor } from '#shared/access.ts';
import { lookUpPolicy, type Found } from '#core/policies/look-up.ts';
import { requestSync, type Requested } from './request.ts';
import * as answers from '#slack/answers.ts';
import type { Answer, Asked } from '#slack/answers.ts';
import { bold } from '#slack/blocks.ts';
import type { SlackDeps, SlackClient } from '#slack/deps.ts';
import { cardComes, originOf, type Origin } from '#slack/origin.ts';
import { policyPicker, sourcePicker } from './pickers.ts';
import type { Ran, Typed } from '#slack/commands.ts';
import { openOrOffer } from '#slack/open-modal.ts';

/** What a person wants of one policy, from any entry. */
export interface PolicyAsk {
  actor: Actor;
  policyId: string;
  origin: Origin;
  /** The thread in which the person reads the answer, of a click in one. */
  answeredIn?: string | undefined;
  dedupeKey: string;
  triggerId: string | undefined;
  client: SlackClient;
}

/** What a person reads after asking, and the request if one stands. */
export interface Started<Said = Answer> {
  /** Asks Slack where the card is; what was asked for is written down by then. */
  answer: () => Promise<Said>;
  requestId?: string;
  /** It was asked for before, and is the same request. */
  stands?: boolean;
}

const says = <Said>(said: Said): Started<Said> => ({ answer: () => Promise.resolve(said) });

/** Through the one login there is, without a question; of several, the picker asks which. */
export const askForPolicy = async (deps: SlackDeps, ask: PolicyAsk): Promise<Started<Asked>> => {
  const outcome = await requestSync(deps, ask.actor, ask);
  if (outcome.kind !== 'sources') return started(deps, ask, outcome);
  const { policy, sources } = outcome;
  return {
    answer: () =>
      openOrOffer(
        deps,
        ask,
        sourcePicker({ origin: ask.origin }, policy, sources, deps.clock()),
        {
          text: 'Choose a login',
          action: 'sync-policy',
          value: JSON.stringify({ policy: ask.policyId }),
        },
        `Which login of ${bold(policy.carrierName)} reads ${bold(policy.number)}?`,
      ),
  };
};

/** Through the login that was chosen, and no other: where it is none of theirs, the person is asked. */
export const request = async (
  deps: SlackDeps,
  ask: Omit<PolicyAsk, 'triggerId'>,
  sourceId: string,
): Promise<Started> => {
  const outcome = await requestSync(deps, ask.actor, { ...ask, sourceId });
  return outcome.kind === 'sources'
    ? says(requestAnswers.anotherLogin(outcome.policy))
    : started(deps, ask, outcome);
};

/** Through the login of before; where that is none of theirs, or gone, through whichever there is. */
export const requestAgain = async (
  deps: SlackDeps,
  ask: PolicyAsk,
  sourceId: string,
): Promise<Started<Asked>> => {
  const outcome = await requestSync(deps, ask.actor, { ...ask, sourceId });
  return outcome.kind === 'sources' ? askForPolicy(deps, ask) : started(deps, ask, outcome);
};

/** Says where the thread of the request is, or why there is none. */
const started = (
  deps: SlackDeps,
  ask: Omit<PolicyAsk, 'triggerId'>,
  outcome: Exclude<Requested, { kind: 'sources' }>,
): Started => {
  switch (outcome.kind) {
    case 'refused':
      return says(answers.notYours());
    case 'not-syncable':
      return says(requestAnswers.notSyncable(outcome.policy));
    case 'no-source':
      return says(requestAnswers.noSource(outcome.policy, outcome.holders));
    case 'limit-reached':
      return says(requestAnswers.limitReached(outcome, deps.settings.command));
    case 'requested':
      return {
        requestId: outcome.requestId,
        stands: outcome.already,
        answer: async () => {
          const permalink = outcome.already
            ? await permalinkOf(deps, ask.client, outcome.requestId)
            : undefined;
          return requestAnswers.requested(outcome, {
            card: await cardFrom(deps, ask, outcome.requestId),
            ...(permalink === undefined ? {} : { permalink }),
          });
        },
      };
  }
};

/** Looks this often for a card that is elsewhere; it is drawn in a moment, or once Slack takes it. */
const LOOKS = 8;
const LOOK_MS = 250;

/** Where the card is, seen from where the person reads of it. */
const cardFrom = async (
  deps: SlackDeps,
  { client, origin, answeredIn }: Omit<PolicyAsk, 'triggerId'>,
  requestId: string,
): Promise<requestAnswers.CardPlace> => {
  const comes = await cardComes(client, origin);
  if (comes !== 'here' || answeredIn === undefined || answeredIn === origin.thread) return comes;
  let permalink = await permalinkOf(deps, client, requestId);
  for (let looks = 1; permalink === undefined && looks < LOOKS; looks += 1) {
    await setTimeout(LOOK_MS);
    permalink = await permalinkOf(deps, client, requestId);
  }
  return { channel: origin.channel, permalink };
};

export const permalinkOf = async (
  { store, log }: Pick<SlackDeps, 'store' | 'log'>,
  client: SlackClient,
  requestId: string,
): Promise<string | undefined> => {
  const card = (await sentMessages(store, requestId)).find(({ key }) => key === 'card');
  if (card?.ts == null) return undefined;
  try {
    const place = { channel: card.channel, message_ts: card.ts };
    return (await client.chat.getPermalink(place)).permalink;
  } catch (error) {
    log('an answer goes without the address of its thread', error);
    return undefined;
  }
};

export const policyCommand = async (
  deps: SlackDeps,
  typed: Typed,
  query: string,
): Promise<Asked | Ran> => {
  if (query !== '')
    return answerFound(deps, typed, query, await lookUpPolicy(deps, typed.actor, query));
  const { client, channel, slackId, thread, triggerId } = typed;
  return openOrOffer(
    deps,
    { client, triggerId },
    policyPicker({ origin: originOf(deps, channel, slackId, thread) }),
    { text: 'Search for a policy', action: 'open-policy-picker', value: 'open' },
    'Search your book for the policy, or type its number here.',
  );
};

/** What was found of what somebody typed; of a single policy, a sync is asked for. */
export const answerFound = async (
  deps: SlackDeps,
  { actor, client, channel, slackId, thread, dedupeKey, triggerId }: Typed,
  query: string,
  found: Found,
): Promise<Asked | Ran> => {
  switch (found.kind) {
    case 'refused':
      return answers.notYours();
    case 'none':
      return requestAnswers.noMatch(query, found.close, deps.settings.command);
    case 'several':
      return requestAnswers.severalMatches(query, found.policies, found.more);
    case 'one': {
      const { answer, requestId } = await askForPolicy(deps, {
        actor,
        policyId: found.policy.id,
        origin: originOf(deps, channel, slackId, thread),
        dedupeKey,
        triggerId,
        client,
      });
      return { answer: await answer(), ...(requestId === undefined ? {} : { requestId }) };
    }
  }
};
