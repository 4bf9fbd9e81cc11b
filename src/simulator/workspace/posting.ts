import { blockProblems, withIds } from './blocks.ts';
import { messageOfProblem } from './checks.ts';
import { sendMessageEvent } from './events.ts';
import { hearMessage } from './hearing.ts';
import { asObject, asText, type Json } from './json.ts';
import { LIMITS } from './limits.ts';
import { BOT, type Channel } from './seed.ts';
import { fileOf, messagesOf, nextTs, type Message } from './state.ts';
import { messagesChanged, type World } from './world.ts';

/** An error by Slack's name, with what `response_metadata.messages` would say. */
export interface Refusal {
  error: string;
  messages?: string[];
  more?: Json;
}

export const refusal = (error: string, messages?: string[]): Refusal =>
  messages === undefined ? { error } : { error, messages };

export const isRefusal = (value: object): value is Refusal =>
  'error' in value && typeof value.error === 'string';

export type Content = Pick<Message, 'text' | 'blocks' | 'attachments' | 'metadata'>;

const EVENT_TYPE = /^[A-Za-z0-9_.:-]{1,255}$/;

const metadataRefusal = (metadata: Json): Refusal | undefined => {
  const payload = asObject(metadata['event_payload']);
  const name = metadata['event_type'];
  if (typeof name !== 'string' || payload === undefined) return refusal('invalid_metadata_format');
  if (!EVENT_TYPE.test(name) || !Object.values(payload).every(isMetadataValue))
    return refusal('invalid_metadata_schema');
  if (JSON.stringify(metadata).length > LIMITS.message.metadataBytes)
    return refusal('metadata_too_large');
  return undefined;
};

const isScalar = (value: unknown): boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

/** Slack's metadata is flat: scalars, or objects of scalars, or lists of those. */
const isMetadataValue = (value: unknown): boolean => {
  if (isScalar(value)) return true;
  if (Array.isArray(value)) return value.every((item) => isScalar(item) || isFlat(asObject(item)));
  return isFlat(asObject(value));
};

const isFlat = (value: Json | undefined): boolean =>
  value !== undefined && Object.values(value).every(isScalar);

/** What an app sends as a message, judged as Slack judges it. */
export const contentOf = (args: Json, textLimit?: number): Content | Refusal => {
  const { blocks, attachments, metadata } = args;
  const markdown = args['markdown_text'];
  if (markdown !== undefined && (args['text'] !== undefined || blocks !== undefined))
    return refusal('markdown_text_conflict');
  if (blocks !== undefined && !Array.isArray(blocks)) return refusal('invalid_blocks_format');
  if (attachments !== undefined && !Array.isArray(attachments))
    return refusal('invalid_attachments');
  if (Array.isArray(attachments) && attachments.length > LIMITS.message.attachments)
    return refusal('too_many_attachments');
  const text = asText(args['text']);
  const sent = typeof markdown === 'string' ? [{ type: 'markdown', text: markdown }] : blocks;
  const problems = sent === undefined ? [] : blockProblems(sent, 'message');
  if (problems.length > 0) return refusal('invalid_blocks', problems.map(messageOfProblem));
  const nothing = !Array.isArray(sent) || sent.length === 0;
  if (text.trim() === '' && nothing && (attachments ?? []).length === 0) return refusal('no_text');
  if (textLimit !== undefined && text.length > textLimit) return refusal('msg_too_long');
  const kept = asObject(metadata);
  if (metadata !== undefined && kept === undefined) return refusal('invalid_metadata_format');
  const empty = kept !== undefined && Object.keys(kept).length === 0;
  const refused = kept === undefined || empty ? undefined : metadataRefusal(kept);
  if (refused !== undefined) return refused;
  return {
    text: text.slice(0, LIMITS.message.text),
    blocks: withIds(Array.isArray(sent) ? sent : []),
    ...(Array.isArray(attachments) ? { attachments } : {}),
    ...(kept === undefined || empty ? {} : { metadata: kept }),
  };
};

/** Puts a message into a channel and tells whom it concerns. */
export const post = (
  world: World,
  channel: Channel,
  message: Omit<Message, 'ts' | 'channel'>,
): Message => {
  const posted: Message = { ...message, ts: nextTs(world.state, world.now()), channel: channel.id };
  messagesOf(world.state, channel.id).push(posted);
  if (posted.user === BOT.user) hearMessage(world, posted.text, posted.blocks);
  messagesChanged(world, channel.id, posted.threadTs);
  if (posted.onlyFor === undefined) sendMessageEvent(world, channel, posted);
  return posted;
};

export const remove = (world: World, message: Message): void => {
  const messages = messagesOf(world.state, message.channel);
  messages.splice(messages.indexOf(message), 1);
  messagesChanged(world, message.channel, message.threadTs);
};

/** A message as the Web API and the payloads show it. */
export const messageOutput = (world: World, message: Message): Json => {
  const replies = messagesOf(world.state, message.channel).filter(
    ({ threadTs, onlyFor }) => threadTs === message.ts && onlyFor === undefined,
  );
  const fromBot = message.user === BOT.user;
  return {
    type: 'message',
    user: message.user,
    ts: message.ts,
    text: message.text,
    ...(fromBot ? { bot_id: BOT.id, app_id: BOT.app } : {}),
    ...(message.blocks.length === 0 ? {} : { blocks: message.blocks }),
    ...(message.attachments === undefined ? {} : { attachments: message.attachments }),
    ...(message.files === undefined
      ? {}
      : { files: message.files.map((id) => ({ id, name: fileOf(world.state, id)?.name })) }),
    ...(message.editedTs === undefined
      ? {}
      : { edited: { user: fromBot ? BOT.id : message.user, ts: message.editedTs } }),
    ...(message.threadTs === undefined ? {} : { thread_ts: message.threadTs }),
    ...(replies.length === 0
      ? {}
      : {
          thread_ts: message.ts,
          reply_count: replies.length,
          reply_users: [...new Set(replies.map(({ user }) => user))],
          latest_reply: replies.at(-1)?.ts,
        }),
    ...(message.reactions === undefined || message.reactions.length === 0
      ? {}
      : {
          reactions: message.reactions.map(({ name, users }) => ({
            name,
            users,
            count: users.length,
          })),
        }),
  };
};
