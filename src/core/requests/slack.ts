import { sentMessages } from '#slack/store.ts';
import type { Actor } from '#shared/access.ts';
import { lookUpPolicy } from '#core/policies/look-up.ts';
import { requestSync } from './request.ts';
import { sourceChoices } from '#core/logins/choices.ts';
import * as answers from '#slack/answers.ts';
import type { Answer, Asked } from '#slack/answers.ts';
import type { Desk, SlackClient } from '#slack/desk.ts';
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
export const askForPolicy = async (desk: Desk, ask: PolicyAsk): Promise<Asked> => {
  const choices = await sourceChoices(desk, ask.actor, ask.policyId);
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
        return (await request(desk, ask, only.id)).answer;
      await ask.client.views.open({
        trigger_id: ask.triggerId,
        view: sourcePicker({ origin: ask.origin }, choices.policy, choices.sources, desk.clock()),
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
  desk: Desk,
  ask: Omit<PolicyAsk, 'triggerId'>,
  sourceId: string,
): Promise<Started> => {
  const outcome = await requestSync(desk, ask.actor, {
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
      return { answer: answers.limitReached(outcome, desk.settings.command) };
    case 'requested': {
      const permalink = outcome.already
        ? await permalinkOf(desk, ask.client, outcome.requestId)
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
  { store }: Desk,
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
  desk: Desk,
  { actor, client, channel, user, team, triggerId }: Typed,
  query: string,
): Promise<Asked> => {
  const origin = await originOf(desk, client, channel, user);
  if (query === '') {
    await client.views.open({ trigger_id: triggerId, view: policyPicker({ origin }) });
    return 'modal';
  }
  const found = await lookUpPolicy(desk, actor, query);
  switch (found.kind) {
    case 'refused':
      return answers.notYours();
    case 'none':
      return answers.noMatch(query, found.close, desk.settings.command);
    case 'several':
      return answers.severalMatches(query, found.policies, found.more);
    case 'one':
      return askForPolicy(desk, {
        actor,
        policyId: found.policy.id,
        origin,
        dedupeKey: `command:${team}:${user}:${triggerId}`,
        triggerId,
        client,
      });
  }
};
