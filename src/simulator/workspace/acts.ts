import { entryOf, enter } from './entries.ts';
import { sendEvent } from './events.ts';
import type { Json } from './json.ts';
import { offeredIn } from './modals.ts';
import {
  actionPayload,
  commandPayload,
  globalShortcutPayload,
  messageShortcutPayload,
} from './payloads.ts';
import { blocksOf, nameOf, placeFor, valuesOf } from './places.ts';
import { isRefusal, post as postMessage } from './posting.ts';
import type { ActAnswer, ActionAct, CommandAct, PostAct, ShortcutAct } from './protocol.ts';
import { respond } from './responses.ts';
import { BOT, SLACKBOT, type Channel, type Person } from './seed.ts';
import { channelOf, messageOf, nextTs, openDirect, type Message } from './state.ts';
import { flatBlocks, inputOf, viewOutput } from './views.ts';
import type { Ack, World } from './world.ts';

const failed = (problem: string): ActAnswer => ({ ok: false, problem });

/** The channel, when this person may write in it. */
const writable = (world: World, person: Person, id: string): Channel | undefined => {
  const channel = channelOf(world.state, id);
  const open = channel?.members.includes(person.id) === true && channel.archived !== true;
  return open ? channel : undefined;
};

const reasonOf = (ack: Ack): string =>
  ack.kind === 'timeout' ? 'operation_timeout' : 'dispatch_failed';

const ephemeral = (
  world: World,
  person: Person,
  channel: Channel,
  text: string,
  more: Partial<Message> = {},
): Message =>
  postMessage(world, channel, { user: SLACKBOT, text, blocks: [], onlyFor: person.id, ...more });

/** A person types a slash command; unanswered for 3 s it fails, as Slack shows it. */
export const command = async (
  world: World,
  person: Person,
  act: CommandAct,
): Promise<ActAnswer> => {
  const channel = writable(world, person, act.channel);
  if (channel === undefined) return failed('You cannot write here.');
  const typed = act.text.trim();
  const [word = '', rest = ''] = typed.split(/\s([\s\S]*)/, 2);
  const known = world.app.commands.find((each) => each.command === word.toLowerCase());
  if (known === undefined) return failed(`${word} is not a valid command.`);
  const ack = await world.deliver(
    'slash_commands',
    commandPayload(world, person, channel, known.command, rest.trim()),
  );
  if (ack.kind !== 'acked') {
    const problem = `${known.command} failed with the error "${reasonOf(ack)}"`;
    const { ts } = ephemeral(world, person, channel, problem, { failedCommand: typed });
    return { ...failed(problem), ts };
  }
  if (Object.keys(ack.payload).length === 0) return { ok: true };
  if (ack.payload['response_type'] === 'in_channel')
    postMessage(world, channel, { user: person.id, text: typed, blocks: [] });
  if (ack.payload['text'] === undefined && ack.payload['blocks'] === undefined) return { ok: true };
  const shown = respond(world, { person: person.id, channel: channel.id }, ack.payload);
  if (isRefusal(shown)) {
    const problem = `${known.command} failed with the error "${shown.error}"`;
    const { ts } = ephemeral(world, person, channel, problem, { failedCommand: typed });
    return { ...failed(problem), ts };
  }
  return { ok: true, ...('ts' in shown ? { ts: shown.ts } : {}) };
};

/** As Slack's own window sends it: "@Swivel Sync" is a mention of that account. */
const withMentions = (world: World, text: string): string =>
  world.state.people
    .toSorted((a, b) => b.name.length - a.name.length)
    .reduce((sent, { id, name }) => sent.replaceAll(`@${name}`, `<@${id}>`), text);

/** A person writes a message; commands do not work in threads. */
export const post = async (world: World, person: Person, act: PostAct): Promise<ActAnswer> => {
  const channel = writable(world, person, act.channel);
  if (channel === undefined) return failed('You cannot write here.');
  if (act.text.trim() === '') return failed('There is nothing to send.');
  const word = act.text.trim().split(/\s/, 1)[0] ?? '';
  if (word.startsWith('/') && act.threadTs !== undefined)
    return failed(`${word} is not supported in threads. Sorry!`);
  if (word.startsWith('/')) return command(world, person, act);
  if (act.threadTs !== undefined && messageOf(world.state, channel.id, act.threadTs) === undefined)
    return failed('This thread is gone.');
  const { ts } = postMessage(world, channel, {
    user: person.id,
    text: withMentions(world, act.text),
    blocks: [],
    ...(act.threadTs === undefined ? {} : { threadTs: act.threadTs }),
  });
  world.state.seen[`${person.id} ${channel.id}`] = ts;
  return { ok: true, ts };
};

/** A person uses an element of a message or view. */
export const action = async (world: World, person: Person, act: ActionAct): Promise<ActAnswer> => {
  const place = placeFor(world, person, act.on);
  if (place === undefined) return failed('This is no longer here.');
  const element = inputOf(blocksOf(place), act.blockId, act.actionId);
  if (element === undefined) return failed('This is no longer here.');
  const offered = offeredIn(world, person, nameOf(place));
  enter(blocksOf(place), valuesOf(place), act.values ?? {}, offered);
  const entry = entryOf(element, act.value, offered(act.blockId, act.actionId));
  if (entry === undefined) return failed('There is no such option.');
  const { type } = element;
  (valuesOf(place)[act.blockId] ??= {})[act.actionId] = { type, ...entry };
  // An input keeps what is entered to itself until the submit, unless it asks to dispatch.
  const block = flatBlocks(blocksOf(place)).find(({ block_id }) => block_id === act.blockId);
  if (block?.type === 'input' && block.dispatch_action !== true) {
    world.changed({ of: 'modals' }, person.id);
    return { ok: true };
  }
  const ack = await world.deliver(
    'interactive',
    actionPayload(world, person, place, {
      type,
      action_id: act.actionId,
      block_id: act.blockId,
      ...described(element),
      ...entry,
      action_ts: nextTs(world.state, world.now()),
    }),
  );
  return ack.kind === 'acked'
    ? { ok: true }
    : failed(`This app did not respond: ${reasonOf(ack)}. Try again.`);
};

/** A person uses a shortcut: on a message they see, or a global one. */
export const shortcut = async (
  world: World,
  person: Person,
  act: ShortcutAct,
): Promise<ActAnswer> => {
  const type = act.message === undefined ? 'global' : 'message';
  const known = world.app.shortcuts.find(
    (each) => each.callbackId === act.callbackId && each.type === type,
  );
  if (known === undefined) return failed('There is no such shortcut here.');
  let payload: Json;
  if (act.message === undefined) payload = globalShortcutPayload(world, person, known.callbackId);
  else {
    const place = placeFor(world, person, act.message);
    if (place?.kind !== 'message') return failed('This is no longer here.');
    if (place.message.onlyFor !== undefined)
      return failed('Shortcuts do not work on messages that only you see.');
    payload = messageShortcutPayload(world, person, place, known.callbackId);
  }
  const ack = await world.deliver('interactive', payload);
  return ack.kind === 'acked' ? { ok: true } : failed(`${known.name} failed: ${reasonOf(ack)}.`);
};

/** What Slack repeats of the element itself in its actions. */
const described = ({ text, style, placeholder, confirm }: Json): Json =>
  Object.fromEntries(
    Object.entries({ text, style, placeholder, confirm }).filter(
      ([, value]) => value !== undefined,
    ),
  );

/** A person opens the app's Home tab. */
export const home = (world: World, person: Person): ActAnswer => {
  const direct = openDirect(world.state, person.id, BOT.user, world.now());
  const view = world.state.homes[person.id];
  sendEvent(world, {
    type: 'app_home_opened',
    user: person.id,
    channel: direct.id,
    tab: 'home',
    event_ts: nextTs(world.state, world.now()),
    ...(view === undefined ? {} : { view: viewOutput(view) }),
  });
  return { ok: true };
};

/** A person looks at a channel; what is there counts as read. */
export const seen = (world: World, person: Person, channel: string): ActAnswer => {
  world.state.seen[`${person.id} ${channel}`] = nextTs(world.state, world.now());
  world.changed({ of: 'state' }, person.id);
  return { ok: true };
};
