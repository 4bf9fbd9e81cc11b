import type { Actor } from '#shared/access.ts';
import { parseCommand } from '#slack/command.ts';
import { lookUpPolicy } from '#core/policies/look-up.ts';
import { requestSync, type Origin } from './request.ts';
import { sourceChoices } from '#core/logins/choices.ts';
import * as answers from '#slack/answers.ts';
import type { Answer } from '#slack/answers.ts';
import { contactCommand } from './contact-slack.ts';
import { digestAnswer } from '#features/digest/slack.ts';
import type { Desk, SlackApp, SlackClient } from '#slack/desk.ts';
import { holdCommand } from '#features/holds/slack.ts';
import { historyCommand } from '#features/history/slack.ts';
import { isSharedOutside, originOf } from '#slack/origin.ts';
import { meetingCommand } from '#features/meetings/slack.ts';
import { policyPicker, sourcePicker } from './pickers.ts';
import { reportAnswer } from '#features/report/slack.ts';
import { sourcesAnswer } from '#core/logins/messages.ts';
import { statusAnswer } from '#features/my-status/slack.ts';
import { claimFirstOwner, teamAnswer } from '#features/team/slack.ts';
import { showCase } from '#features/support-cases/slack.ts';
import { whoIs } from '#slack/who.ts';

/** What a person wants of one policy, from any entry. */
export interface PolicyAsk {
  actor: Actor;
  policyId: string;
  origin: Origin;
  dedupeKey: string;
  triggerId: string;
  client: SlackClient;
}

/** `modal`: a picker was opened, nothing else is to be said. */
export type Asked = Answer | 'modal';

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
  const card = (await store.sentMessages(requestId)).find(({ key }) => key === 'card');
  if (card?.ts == null) return undefined;
  const { permalink } = await client.chat.getPermalink({
    channel: card.channel,
    message_ts: card.ts,
  });
  return permalink;
};

export const listenToCommand = (app: SlackApp, desk: Desk): void => {
  app.command(desk.settings.command, async ({ ack, command, client, respond }) => {
    await ack();
    const act = { userId: command.user_id, userTeam: command.team_id };
    // Before the question who it is: an empty firm knows nobody yet.
    if (parseCommand(command.text).kind === 'team') await claimFirstOwner(desk, client, act);
    const who = await whoIs(desk, client, act);
    const answer =
      who.kind === 'refused'
        ? answers.refusal(who.why)
        : await carryOut(desk, client, who.person, {
            text: command.text,
            channel: command.channel_id,
            user: command.user_id,
            triggerId: command.trigger_id,
            team: command.team_id,
            app: command.api_app_id,
          });
    if (answer !== 'modal') await respond({ response_type: 'ephemeral', ...answer });
  });
};

interface Typed {
  text: string;
  channel: string;
  user: string;
  triggerId: string;
  team: string;
  /** Of this app, for the address of its Home. */
  app: string;
}

const carryOut = async (
  desk: Desk,
  client: SlackClient,
  actor: Actor,
  typed: Typed,
): Promise<Asked> => {
  const command = parseCommand(typed.text);
  const { command: name } = desk.settings;
  switch (command.kind) {
    case 'status':
      return statusAnswer(desk, actor);
    case 'team':
      return teamAnswer(desk, actor);
    case 'history':
      return (await isSharedOutside(desk, client, typed.channel))
        ? answers.notInSharedChannel()
        : historyCommand(desk, client, actor, command.query);
    case 'digest':
      return (await isSharedOutside(desk, client, typed.channel))
        ? answers.notInSharedChannel()
        : digestAnswer(desk, client, actor);
    case 'report':
      return reportAnswer(desk, actor, { teamId: typed.team, appId: typed.app });
    case 'help':
      return answers.help(name);
    case 'unknown':
      return answers.unknownCommand(name, command.word);
    case 'too-long':
      return answers.tooLong(name, command.length);
    case 'sources':
      return sourcesAnswer(desk, actor);
    case 'hold':
      return holdCommand(desk, actor, command.query);
    case 'case':
      return showCase(desk, actor, command.number);
    case 'contact':
      if (command.before !== undefined)
        return meetingCommand(
          desk,
          { actor, client, slackId: typed.user },
          command.query,
          command.before,
        );
      return contactCommand(
        desk,
        {
          actor,
          client,
          triggerId: typed.triggerId,
          origin: await originOf(desk, client, typed.channel, typed.user),
        },
        command.query,
      );
    case 'policy':
      return policyCommand(desk, client, actor, typed, command.query);
  }
};

const policyCommand = async (
  desk: Desk,
  client: SlackClient,
  actor: Actor,
  typed: Typed,
  query: string,
): Promise<Asked> => {
  const origin = await originOf(desk, client, typed.channel, typed.user);
  if (query === '') {
    await client.views.open({ trigger_id: typed.triggerId, view: policyPicker({ origin }) });
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
        dedupeKey: `command:${typed.team}:${typed.user}:${typed.triggerId}`,
        triggerId: typed.triggerId,
        client,
      });
  }
};
