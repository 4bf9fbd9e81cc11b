import { asText, type Json } from '../json.ts';
import { isRefusal, refusal, type Refusal } from '../posting.ts';
import { BOT } from '../seed.ts';
import { messageOf, newId, type Message } from '../state.ts';
import { messagesChanged, type World } from '../world.ts';
import { findChannel } from './conversations.ts';

/** Reactions, pins and bookmarks. */
const marked = (world: World, args: Json): Message | Refusal => {
  const channel = findChannel(world, asText(args['channel']));
  if (isRefusal(channel)) return channel;
  if (!channel.members.includes(BOT.user)) return refusal('not_in_channel');
  const message = messageOf(world.state, channel.id, asText(args['timestamp']));
  return message === undefined || message.onlyFor !== undefined
    ? refusal('message_not_found')
    : message;
};

const NAME = /^[a-z0-9_+'-]{1,100}$/;

export const addReaction = (world: World, args: Json): Json | Refusal => {
  const message = marked(world, args);
  if (isRefusal(message)) return message;
  const name = asText(args['name']);
  if (!NAME.test(name)) return refusal('invalid_name');
  const reactions = (message.reactions ??= []);
  const reaction = reactions.find((each) => each.name === name);
  if (reaction?.users.includes(BOT.user) === true) return refusal('already_reacted');
  if (reaction === undefined) reactions.push({ name, users: [BOT.user] });
  else reaction.users.push(BOT.user);
  messagesChanged(world, message.channel, message.threadTs);
  return {};
};

export const removeReaction = (world: World, args: Json): Json | Refusal => {
  const message = marked(world, args);
  if (isRefusal(message)) return message;
  const reaction = message.reactions?.find((each) => each.name === args['name']);
  if (reaction?.users.includes(BOT.user) !== true) return refusal('no_reaction');
  reaction.users = reaction.users.filter((user) => user !== BOT.user);
  message.reactions = (message.reactions ?? []).filter(({ users }) => users.length > 0);
  messagesChanged(world, message.channel, message.threadTs);
  return {};
};

export const addPin = (world: World, args: Json): Json | Refusal => {
  const message = marked(world, args);
  if (isRefusal(message)) return message;
  if (message.pinned === true) return refusal('already_pinned');
  message.pinned = true;
  return {};
};

export const addBookmark = (world: World, args: Json): Json | Refusal => {
  const channel = findChannel(world, asText(args['channel_id']));
  if (isRefusal(channel)) return channel;
  if (!channel.members.includes(BOT.user)) return refusal('permission_denied');
  if (args['type'] !== 'link') return refusal('invalid_bookmark_type');
  if (!URL.canParse(asText(args['link']))) return refusal('invalid_link');
  const { title, link, emoji = '' } = args;
  return {
    bookmark: { id: newId('Bk'), channel_id: channel.id, title, link, emoji, type: 'link' },
  };
};
