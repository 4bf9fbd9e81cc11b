import { stateOf } from './entries.ts';
import { localFile, withFileAddresses } from './files.ts';
import type { LocalChannel, LocalMessage, LocalPerson, LocalState, LocalView } from './protocol.ts';
import { BOT, TEAM, type Channel, type Person } from './seed.ts';
import { canSee, messagesOf, personOf, type Message, type StoredView } from './state.ts';
import { stackOf } from './views.ts';
import type { World } from './world.ts';

/** What one person sees of the workspace, in the words of the protocol. */
const localPerson = ({ id, name, about, deleted, restricted, bot }: Person): LocalPerson => ({
  id,
  name,
  about,
  deleted,
  restricted,
  bot,
});

const isVisible = (message: Message, person: Person): boolean =>
  message.onlyFor === undefined || message.onlyFor === person.id;

const unreadOf = (world: World, channel: Channel, person: Person): number => {
  const seen = Number(world.state.seen[`${person.id} ${channel.id}`] ?? 0);
  return messagesOf(world.state, channel.id).filter(
    (message) =>
      message.threadTs === undefined &&
      message.user !== person.id &&
      Number(message.ts) > seen &&
      isVisible(message, person),
  ).length;
};

const localChannel = (world: World, channel: Channel, person: Person): LocalChannel => {
  const other = channel.members.find((member) => member !== person.id) ?? person.id;
  return {
    id: channel.id,
    name: channel.kind === 'direct' ? (personOf(world.state, other)?.name ?? other) : channel.name,
    kind: channel.kind,
    externallyShared: channel.externallyShared,
    botIsMember: channel.members.includes(BOT.user),
    about: channel.about,
    unread: unreadOf(world, channel, person),
  };
};

const localView = (world: World, view: StoredView): LocalView =>
  ({
    ...view.payload,
    blocks: withFileAddresses(world, view.payload.blocks),
    id: view.id,
    hash: view.hash,
    values: stateOf(view.payload.blocks, view.values),
    ...(view.errors === undefined ? {} : { errors: view.errors }),
  }) as unknown as LocalView;

export const stateFor = (world: World, me: Person): LocalState => {
  const home = world.state.homes[me.id];
  const bot = personOf(world.state, BOT.user);
  return {
    team: { id: TEAM.id, name: TEAM.name },
    since: world.state.channels[0]?.createdAt ?? 0,
    me: localPerson(me),
    people: world.state.people.map(localPerson),
    channels: world.state.channels
      .filter((channel) => channel.members.includes(me.id))
      .map((channel) => localChannel(world, channel, me)),
    bot: { id: BOT.user, name: bot?.name ?? world.app.name, connected: world.connected() },
    commands: world.app.commands,
    shortcuts: world.app.shortcuts,
    modals: stackOf(world, me.id).map((view) => localView(world, view)),
    ...(home === undefined ? {} : { home: localView(world, home) }),
    ...(world.outside === undefined ? {} : { outside: world.outside() }),
  };
};

const localMessage = (world: World, message: Message, replyCount: number): LocalMessage => ({
  ts: message.ts,
  channel: message.channel,
  ...(message.threadTs === undefined ? {} : { threadTs: message.threadTs }),
  user: message.user,
  text: message.text,
  blocks: withFileAddresses(world, message.blocks),
  edited: message.editedTs !== undefined,
  ephemeral: message.onlyFor !== undefined,
  replyCount,
  ...(message.files === undefined
    ? {}
    : { files: message.files.map((id) => localFile(world, id)) }),
  ...(message.metadata === undefined ? {} : { metadata: message.metadata }),
  ...(message.failedCommand === undefined ? {} : { failedCommand: message.failedCommand }),
});

const repliesByThread = (messages: readonly Message[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const { threadTs, onlyFor } of messages)
    if (threadTs !== undefined && onlyFor === undefined)
      counts.set(threadTs, (counts.get(threadTs) ?? 0) + 1);
  return counts;
};

/** A channel's messages without replies, or one thread with its root; oldest first. */
export const messagesFor = (
  world: World,
  me: Person,
  channel: Channel,
  thread?: string,
): LocalMessage[] => {
  if (!canSee(channel, me)) return [];
  const all = messagesOf(world.state, channel.id);
  const replies = repliesByThread(all);
  return all
    .filter((message) =>
      thread === undefined
        ? message.threadTs === undefined
        : message.threadTs === thread || message.ts === thread,
    )
    .filter((message) => isVisible(message, me))
    .map((message) => localMessage(world, message, replies.get(message.ts) ?? 0));
};
