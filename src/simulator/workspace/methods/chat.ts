import { hearMessage } from '../hearing.ts';
import { LIMITS } from '../limits.ts';
import { asText, type Json } from '../json.ts';
import {
  contentOf,
  isRefusal,
  messageOutput,
  post,
  refusal,
  remove,
  type Refusal,
} from '../posting.ts';
import { BOT, type Channel } from '../seed.ts';
import {
  channelOf,
  messageOf,
  messagesOf,
  nextTs,
  openDirect,
  personOf,
  type Message,
} from '../state.ts';
import { messagesChanged, type World } from '../world.ts';
import { findChannel } from './conversations.ts';

/** Where a bot may post: its channels, public ones with chat:write.public, and people's DMs. */
export const target = (world: World, id: string): Channel | Refusal => {
  const person = personOf(world.state, id);
  if (person !== undefined)
    return person.deleted || person.bot
      ? refusal('channel_not_found')
      : openDirect(world.state, person.id, BOT.user, world.now());
  const channel = findChannel(world, id);
  if (isRefusal(channel)) return channel;
  if (channel.kind === 'direct' && channel.members.some((id) => isGone(world, id)))
    return refusal('channel_not_found');
  const member = channel.members.includes(BOT.user);
  return member || world.app.scopes.includes('chat:write.public')
    ? channel
    : refusal('not_in_channel');
};

const isGone = (world: World, id: string): boolean => personOf(world.state, id)?.deleted ?? true;

const POSTING: Record<
  NonNullable<Channel['posting']>,
  (inThread: boolean) => string | undefined
> = {
  nothing: () => 'restricted_action',
  'read-only': () => 'restricted_action_read_only_channel',
  'threads-only': (inThread) => (inThread ? undefined : 'restricted_action_thread_only_channel'),
  'no-threads': (inThread) => (inThread ? 'restricted_action_non_threadable_channel' : undefined),
};

/** Whether this channel takes anything more: archived ones do not, and managers may say what. */
export const postingRefusal = (
  { archived, posting }: Channel,
  inThread: boolean,
): Refusal | undefined => {
  if (archived) return refusal('is_archived');
  const error = posting === undefined ? undefined : POSTING[posting](inThread);
  return error === undefined ? undefined : refusal(error);
};

const threadOf = (world: World, channel: Channel, args: Json): { threadTs?: string } | Refusal => {
  const ts = args['thread_ts'];
  if (ts === undefined || ts === '') return {};
  const root = messageOf(world.state, channel.id, asText(ts));
  if (root === undefined) return refusal('thread_not_found');
  if (root.threadTs !== undefined || root.onlyFor !== undefined)
    return refusal('cannot_reply_to_message');
  return { threadTs: root.ts };
};

export const postMessage = (world: World, args: Json): Json | Refusal => {
  const channel = target(world, asText(args['channel']));
  if (isRefusal(channel)) return channel;
  const content = contentOf(args);
  if (isRefusal(content)) return content;
  const thread = threadOf(world, channel, args);
  if (isRefusal(thread)) return thread;
  const refused = postingRefusal(channel, thread.threadTs !== undefined);
  if (refused !== undefined) return refused;
  const message = post(world, channel, { user: BOT.user, ...content, ...thread });
  return answer(world, message);
};

const answer = (world: World, message: Message): Json => ({
  channel: message.channel,
  ts: message.ts,
  message: {
    ...messageOutput(world, message),
    ...(message.metadata === undefined ? {} : { metadata: message.metadata }),
  },
});

export const postEphemeral = (world: World, args: Json): Json | Refusal => {
  const channel = target(world, asText(args['channel']));
  if (isRefusal(channel)) return channel;
  const person = personOf(world.state, asText(args['user']));
  if (person === undefined || person.deleted || !channel.members.includes(person.id))
    return refusal('user_not_in_channel');
  if (channel.archived) return refusal('is_archived');
  const content = contentOf(args);
  if (isRefusal(content)) return content;
  const thread = threadOf(world, channel, args);
  if (isRefusal(thread)) return thread;
  // In a thread without a reply Slack takes it, and nobody ever sees it.
  if (thread.threadTs !== undefined && !hasReplies(world, channel, thread.threadTs))
    return { message_ts: nextTs(world.state, world.now()) };
  const { metadata: _dropped, ...rest } = content;
  const message = post(world, channel, {
    user: BOT.user,
    onlyFor: person.id,
    ...rest,
    ...thread,
  });
  return { message_ts: message.ts };
};

const hasReplies = (world: World, channel: Channel, root: string): boolean =>
  messagesOf(world.state, channel.id).some(
    ({ threadTs, onlyFor }) => threadTs === root && onlyFor === undefined,
  );

/** A message of the bot itself; ephemeral ones cannot be found again. */
const own = (world: World, args: Json, otherwise: string): Message | Refusal => {
  const channel = channelOf(world.state, asText(args['channel']));
  if (channel === undefined) return refusal('channel_not_found');
  const message = messageOf(world.state, channel.id, asText(args['ts']));
  if (message === undefined || message.onlyFor !== undefined) return refusal('message_not_found');
  return message.user === BOT.user ? message : refusal(otherwise);
};

export const update = (world: World, args: Json): Json | Refusal => {
  const message = own(world, args, 'cant_update_message');
  if (isRefusal(message)) return message;
  if (channelOf(world.state, message.channel)?.archived === true) return refusal('is_inactive');
  const { editWindowMs } = world.state;
  if (editWindowMs !== undefined && world.now() - Number(message.ts) * 1000 > editWindowMs)
    return refusal('edit_window_closed');
  const asked = {
    ...args,
    ...(args['blocks'] === undefined && args['markdown_text'] === undefined
      ? { blocks: message.blocks }
      : {}),
  };
  const content = contentOf(asked, LIMITS.message.updateText);
  if (isRefusal(content)) return content;
  message.text = content.text;
  message.blocks = content.blocks;
  hearMessage(world, message.text, message.blocks);
  if (content.attachments !== undefined) message.attachments = content.attachments;
  if (content.metadata !== undefined) message.metadata = content.metadata;
  else if (args['metadata'] !== undefined) delete message.metadata;
  message.editedTs = nextTs(world.state, world.now());
  messagesChanged(world, message.channel, message.threadTs);
  return { ...answer(world, message), text: message.text };
};

export const deleteMessage = (world: World, args: Json): Json | Refusal => {
  const message = own(world, args, 'cant_delete_message');
  if (isRefusal(message)) return message;
  remove(world, message);
  return { channel: message.channel, ts: message.ts };
};

export const getPermalink = (world: World, args: Json): Json | Refusal => {
  const channel = findChannel(world, asText(args['channel']));
  if (isRefusal(channel)) return channel;
  const message = messageOf(world.state, channel.id, asText(args['message_ts']));
  if (message === undefined || message.onlyFor !== undefined) return refusal('message_not_found');
  const thread = message.threadTs ?? message.ts;
  return {
    channel: channel.id,
    permalink: `${world.url}/?in=${channel.id}&thread=${thread}#${message.ts}`,
  };
};
