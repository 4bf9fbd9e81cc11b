import { asText, type Json } from '../json.ts';
import { isRefusal, messageOutput, refusal, type Refusal } from '../posting.ts';
import { BOT, TEAM, type Channel } from '../seed.ts';
import {
  channelOf,
  messageOf,
  messagesOf,
  openDirect,
  personOf,
  repliesOf,
  type Message,
} from '../state.ts';
import type { World } from '../world.ts';

const SCOPE_OF: Record<Channel['kind'], string> = {
  public: 'channels',
  private: 'groups',
  direct: 'im',
};

export const missingScope = (world: World, needed: string): Refusal => ({
  error: 'missing_scope',
  more: { needed, provided: world.app.scopes.join(',') },
});

const knows = (channel: Channel): boolean =>
  channel.kind === 'public' || channel.members.includes(BOT.user);

/** The conversation the bot names, if it may know of it. Private ones it is not in do not exist. */
export const findChannel = (world: World, id: string): Channel | Refusal => {
  const name = id.startsWith('#') ? id.slice(1) : id;
  const channel =
    channelOf(world.state, id) ??
    world.state.channels.find((each) => each.kind !== 'direct' && each.name === name);
  return channel === undefined || !knows(channel) ? refusal('channel_not_found') : channel;
};

const readable = (world: World, args: Json, right: 'read' | 'history'): Channel | Refusal => {
  const channel = findChannel(world, asText(args['channel']));
  if (isRefusal(channel)) return channel;
  const scope = `${SCOPE_OF[channel.kind]}:${right}`;
  if (!world.app.scopes.includes(scope)) return missingScope(world, scope);
  const outside = right === 'history' && !channel.members.includes(BOT.user);
  return outside ? refusal('not_in_channel') : channel;
};

const conversation = (channel: Channel): Json => ({
  id: channel.id,
  created: Math.floor(channel.createdAt / 1000),
  is_im: channel.kind === 'direct',
  is_archived: channel.archived === true,
  is_org_shared: false,
  ...(channel.kind === 'direct'
    ? { user: channel.members.find((member) => member !== BOT.user) }
    : {
        name: channel.name,
        name_normalized: channel.name,
        is_channel: channel.kind === 'public',
        is_group: channel.kind === 'private',
        is_private: channel.kind === 'private',
        is_mpim: false,
        is_general: false,
        is_shared: channel.externallyShared,
        is_ext_shared: channel.externallyShared,
        is_pending_ext_shared: channel.sharePending === true,
        is_member: channel.members.includes(BOT.user),
        topic: { value: channel.about, creator: '', last_set: 0 },
        purpose: { value: channel.about, creator: '', last_set: 0 },
      }),
  context_team_id: TEAM.id,
});

export const info = (world: World, args: Json): Json | Refusal => {
  const channel = readable(world, args, 'read');
  if (isRefusal(channel)) return channel;
  const count = asText(args['include_num_members']) === 'true';
  return {
    channel: {
      ...conversation(channel),
      ...(count ? { num_members: channel.members.length } : {}),
    },
  };
};

export const members = (world: World, args: Json): Json | Refusal => {
  const channel = readable(world, args, 'read');
  return isRefusal(channel) ? channel : pageOf('members', channel.members, args, 100);
};

const typesOf = (args: Json): Channel['kind'][] => {
  const asked = (asText(args['types']) || 'public_channel').split(',');
  const kinds: [string, Channel['kind']][] = [
    ['public_channel', 'public'],
    ['private_channel', 'private'],
    ['im', 'direct'],
  ];
  return kinds.flatMap(([name, kind]) => (asked.includes(name) ? [kind] : []));
};

const listed = (world: World, args: Json, member?: string): Json | Refusal => {
  const kinds = typesOf(args);
  const lacking = kinds
    .map((kind) => `${SCOPE_OF[kind]}:read`)
    .find((scope) => !world.app.scopes.includes(scope));
  if (lacking !== undefined) return missingScope(world, lacking);
  const found = world.state.channels.filter(
    (channel) =>
      kinds.includes(channel.kind) &&
      knows(channel) &&
      (member === undefined || channel.members.includes(member)),
  );
  return pageOf('channels', found.map(conversation), args, 100);
};

export const list = (world: World, args: Json): Json | Refusal => listed(world, args);

export const ofUser = (world: World, args: Json): Json | Refusal => {
  const user = asText(args['user']) || BOT.user;
  return personOf(world.state, user) === undefined
    ? refusal('user_not_found')
    : listed(world, args, user);
};

export const open = (world: World, args: Json): Json | Refusal => {
  const users = asText(args['users']).split(',').filter(Boolean);
  const given = asText(args['channel']);
  if (given !== '') {
    const channel = findChannel(world, given);
    return isRefusal(channel) ? channel : { channel: { id: channel.id } };
  }
  const [user, ...others] = users;
  if (user === undefined) return refusal('users_list_not_supplied');
  if (!world.app.scopes.includes('im:write')) return missingScope(world, 'im:write');
  if (others.length > 0) return missingScope(world, 'mpim:write');
  const person = personOf(world.state, user);
  if (person === undefined) return refusal('user_not_found');
  if (person.deleted) return refusal('user_disabled');
  return { channel: { id: openDirect(world.state, person.id, BOT.user, world.now()).id } };
};

const TS = /^\d+(\.\d{1,6})?$/;

const between = (messages: Message[], args: Json): Message[] | Refusal => {
  const { oldest, latest } = args;
  if (oldest !== undefined && !TS.test(asText(oldest))) return refusal('invalid_ts_oldest');
  if (latest !== undefined && !TS.test(asText(latest))) return refusal('invalid_ts_latest');
  const inclusive = asText(args['inclusive']) === 'true';
  const from = Number(oldest ?? 0);
  const until = latest === undefined ? Infinity : Number(latest);
  return messages.filter(({ ts, onlyFor }) => {
    const at = Number(ts);
    const edge = inclusive && (at === from || at === until);
    return onlyFor === undefined && (edge || (at > from && at < until));
  });
};

const withMetadata = (world: World, args: Json) => {
  const all = asText(args['include_all_metadata']) === 'true';
  return (message: Message): Json => ({
    ...messageOutput(world, message),
    ...(all && message.metadata !== undefined ? { metadata: message.metadata } : {}),
  });
};

export const history = (world: World, args: Json): Json | Refusal => {
  const channel = readable(world, args, 'history');
  if (isRefusal(channel)) return channel;
  const found = between(
    messagesOf(world.state, channel.id).filter(({ threadTs }) => threadTs === undefined),
    args,
  );
  if (isRefusal(found)) return found;
  return pageOf('messages', found.toReversed().map(withMetadata(world, args)), args, 100);
};

export const replies = (world: World, args: Json): Json | Refusal => {
  const channel = readable(world, args, 'history');
  if (isRefusal(channel)) return channel;
  const root = messageOf(world.state, channel.id, asText(args['ts']));
  if (root === undefined || root.onlyFor !== undefined) return refusal('thread_not_found');
  const found = between(repliesOf(world.state, channel.id, root.ts), args);
  if (isRefusal(found)) return found;
  return pageOf('messages', [root, ...found].map(withMetadata(world, args)), args, 1000);
};

/** A page by cursor; the cursor is the next index, opaque to callers. */
export const pageOf = (
  name: string,
  items: unknown[],
  args: Json,
  most: number,
): Json | Refusal => {
  const limit = Math.min(Number(args['limit'] ?? most) || most, 1000);
  const cursor = asText(args['cursor']);
  const start = cursor === '' ? 0 : Number(Buffer.from(cursor, 'base64url').toString());
  if (!Number.isInteger(start) || start < 0) return refusal('invalid_cursor');
  const more = start + limit < items.length;
  return {
    [name]: items.slice(start, start + limit),
    has_more: more,
    response_metadata: {
      next_cursor: more ? Buffer.from(String(start + limit)).toString('base64url') : '',
    },
  };
};
