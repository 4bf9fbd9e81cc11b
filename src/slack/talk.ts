import { rememberThread } from './answer-threads.ts';
import { ackOnceDone } from './ack.ts';
import { keyOf, saidKey } from './act-keys.ts';
import type { Asked } from './answers.ts';
import * as answers from './answers.ts';
import type { Speak, Words } from './commands.ts';
import { findEarlier } from './find-earlier.ts';
import { sayAgain } from './say-again.ts';
import { sayByAddress } from './say-by-address.ts';
import type { SlackApp, SlackClient, SlackDeps } from './deps.ts';

/** A message as Slack tells of it, with what we look at. */
interface SaidMessage {
  ts: string;
  channel: string;
  user?: string | undefined;
  text?: string | undefined;
  thread_ts?: string | undefined;
  subtype?: string | undefined;
  bot_id?: string | undefined;
  edited?: unknown;
  team?: string | undefined;
  user_team?: string | undefined;
}

/** Typed by a person, and now: no edit, no join, nothing of an app. */
const isSpoken = ({ subtype, bot_id, edited, user, text }: SaidMessage): boolean =>
  (subtype === undefined || subtype === 'thread_broadcast') &&
  bot_id === undefined &&
  edited === undefined &&
  user !== undefined &&
  text !== undefined;

const withoutMention = (text: string, botUser: string | undefined): string =>
  botUser === undefined
    ? text
    : text.replaceAll(new RegExp(`<@${botUser}(?:\\|[^>]*)?>[,:]?`, 'g'), ' ');

/** Of an answer in the direct messages, by which it is found again. */
const ANSWER = 'answer';

/** The command, and the same words in a direct message or with a mention of the bot. */
export const listenToSpeech = (app: SlackApp, deps: SlackDeps, speak: Speak): void => {
  app.command(deps.settings.command, async ({ ack, command: typed, client, respond }) => {
    const { team_id: team, user_id: slackId, trigger_id: triggerId, channel_id: channel } = typed;
    const answer = await ackOnceDone(ack, () =>
      speak(
        {
          client,
          channel,
          thread: undefined,
          slackId,
          triggerId,
          dedupeKey: keyOf({ ...typed }) ?? '',
          team,
          userTeam: team,
          app: typed.api_app_id,
        },
        typed.text,
      ),
    );
    if (answer !== 'modal')
      await sayByAddress(deps.teller, { slackId, channel, thread: undefined }, answer, (said) =>
        respond({ response_type: 'ephemeral', ...said }),
      );
  });

  const hear = async (
    client: SlackClient,
    message: SaidMessage,
    {
      thread,
      botUser,
      appId,
    }: { thread: string | undefined; botUser: string | undefined; appId: string },
    send: (answer: answers.Answer) => Promise<unknown>,
    isThere?: () => Promise<boolean>,
  ): Promise<void> => {
    if (!isSpoken(message)) return;
    const words: Words = {
      client,
      channel: message.channel,
      thread,
      slackId: message.user ?? '',
      triggerId: undefined,
      dedupeKey: saidKey(message.channel, message.ts),
      team: deps.teamId,
      userTeam: message.user_team ?? message.team,
      app: appId,
    };
    let answer: Asked;
    try {
      answer = await speak(words, withoutMention(message.text ?? '', botUser));
    } catch (error) {
      await sayAgain(deps.teller, answers.say(answers.DID_NOT_WORK), send);
      throw error;
    }
    if (answer !== 'modal')
      await sayAgain(deps.teller, answer, send, isThere === undefined ? {} : { isThere });
  };

  // In a channel only who asked sees the answer, as after the command: it holds names of clients.
  app.event('app_mention', async ({ event, client, context, body }) => {
    const message = event as SaidMessage;
    const { channel, ts, user = '', thread_ts: inThread } = message;
    const thread = inThread ?? ts;
    const place = { thread, botUser: context.botUserId, appId: body.api_app_id };
    await hear(client, message, place, async (answer) => {
      const { message_ts: shown } = await deps.teller.chat.postEphemeral({
        channel,
        user,
        ...(inThread === undefined ? {} : { thread_ts: inThread }),
        ...answer,
      });
      if (inThread === undefined && shown !== undefined) rememberThread(channel, shown, thread);
    });
  });

  // The direct messages are the person's own: an answer stays there.
  app.event('message', async ({ event, client, context, body }) => {
    if (event.channel_type !== 'im') return;
    const message = event as SaidMessage;
    const { channel, ts, thread_ts: thread } = message;
    const place = { thread, botUser: context.botUserId, appId: body.api_app_id };
    const metadata = { event_type: `sync_${ANSWER}`, event_payload: { [ANSWER]: ts, key: ANSWER } };
    const earlier = { kind: ANSWER, id: ts, key: ANSWER, channel, thread, at: deps.clock() };
    await hear(
      client,
      message,
      place,
      (answer) =>
        deps.teller.chat.postMessage({
          channel,
          unfurl_links: false,
          unfurl_media: false,
          metadata,
          ...(thread === undefined ? {} : { thread_ts: thread }),
          ...answer,
        }),
      async () => (await findEarlier({ client: deps.teller, log: deps.log }, earlier)).length > 0,
    );
  });
};
