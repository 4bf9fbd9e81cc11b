import { sentMessages } from '#slack/store.ts';
import type { Actor } from '#shared/access.ts';
import { lookUpPolicy } from '#core/policies/look-up.ts';
import { requestSync } from './request.ts';
import { sourceChoices } from '#core/logins/choices.ts';
import * as answers from '#slack/answers.ts';
import type { Answer, Asked } from '#slack/answers.ts';
import type { SlackDeps, SlackClient } from '#slack/deps.ts';
import { originOf, type Origin } from '#slack/origin.ts';
import { policyPicker, sourcePicker } from './pickers.ts';
import type { Typed } from '#slack/commands.ts';

/** What a person wants of one policy, from any entry. */
export interface PolicyAsk {
  actor: Actor;
  policyId: string;
  origin: Origin;
  dedupeKey: string;
  triggerId: string;
  client: SlackClient;
}

/** One source: no question. Several: the picker. None or not syncable: said so. */
export const askForPolicy = async (deps: SlackDeps, ask: PolicyAsk): Promise<Asked> => {
  const choices = await sourceChoices(deps, ask.actor, ask.policyId);
  switch (choices.kind) {
    case 'refused':
      return answers.notYours();
    case 'not-syncable':
      return answers.notSyncable(choices.policy);
    case 'no-source':
      return answers.noSource(choices.policy, choices.holders);
    case 'sources': {
      const [only] = choices.sources;
      if (choices.sources.length === 1 && only !== undefined)
        return (await request(deps, ask, only.id)).answer;
      await ask.client.views.open({
        trigger_id: ask.triggerId,
        view: sourcePicker({ origin: ask.origin }, choices.policy, choices.sources, deps.clock()),
      });
      return 'modal';
    }
  }
};

/** What a person reads after asking, and the request if one stands. */
export interface Started {
  answer: Answer;
  requestId?: string;
}

/** Makes the request and says where its thread is. */
export const request = async (
  deps: SlackDeps,
  ask: Omit<PolicyAsk, 'triggerId'>,
  sourceId: string,
): Promise<Started> => {
  const outcome = await requestSync(deps, ask.actor, {
    policyId: ask.policyId,
    sourceId,
    origin: ask.origin,
    dedupeKey: ask.dedupeKey,
  });
  switch (outcome.kind) {
    case 'refused':
      return { answer: answers.notYours() };
    case 'not-syncable':
      return { answer: answers.notSyncable(outcome.policy) };
    case 'limit-reached':
      return { answer: answers.limitReached(outcome, deps.settings.command) };
    case 'requested': {
      const permalink = outcome.already
        ? await permalinkOf(deps, ask.client, outcome.requestId)
        : undefined;
      const answer = answers.requested(outcome, {
        direct: /^[UWD]/.test(ask.origin.channel),
        ...(permalink === undefined ? {} : { permalink }),
      });
      return { answer, requestId: outcome.requestId };
    }
  }
};

export const permalinkOf = async (
  { store }: SlackDeps,
  client: SlackClient,
  requestId: string,
): Promise<string | undefined> => {
  const card = (await sentMessages(store, requestId)).find(({ key }) => key === 'card');
  if (card?.ts == null) return undefined;
  const { permalink } = await client.chat.getPermalink({
    channel: card.channel,
    message_ts: card.ts,
  });
  return permalink;
};
export const policyCommand = async (
  deps: SlackDeps,
  { actor, client, channel, slackId, team, triggerId }: Typed,
  query: string,
): Promise<Asked> => {
  const origin = await originOf(deps, client, channel, slackId);
  if (query === '') {
    await client.views.open({ trigger_id: triggerId, view: policyPicker({ origin }) });
    return 'modal';
  }
  const found = await lookUpPolicy(deps, actor, query);
  switch (found.kind) {
    case 'refused':
      return answers.notYours();
    case 'none':
      return answers.noMatch(query, found.close, deps.settings.command);
    case 'several':
      return answers.severalMatches(query, found.policies, found.more);
    case 'one':
      return askForPolicy(deps, {
        actor,
        policyId: found.policy.id,
        origin,
        dedupeKey: `command:${team}:${slackId}:${triggerId}`,
        triggerId,
        client,
      });
  }
};
