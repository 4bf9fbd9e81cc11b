import { entryOf, enter } from './entries.ts';
import { sendEvent } from './events.ts';
import { asObject, asObjects, asText, type Json } from './json.ts';
import { blockOptionProblems } from './options.ts';
import { offeredIn } from './modals.ts';
import { actionPayload, commandPayload, suggestionPayload, type Place } from './payloads.ts';
import { isRefusal, post as postMessage } from './posting.ts';
import type {
  ActAnswer,
  ActionAct,
  CommandAct,
  OptionsAct,
  OptionsAnswer,
  PostAct,
} from './protocol.ts';
import { respond } from './responses.ts';
import { BOT, SLACKBOT, type Channel, type Person } from './seed.ts';
import { canSee, channelOf, messageOf, nextTs, openDirect, type Message } from './state.ts';
import { flatBlocks, inputOf, viewOf, viewOutput } from './views.ts';
import type { Ack, World } from './world.ts';

const failed = (problem: string): ActAnswer => ({ ok: false, problem });

/** The channel, when this person may write in it. */
const writable = (world: World, person: Person, id: string): Channel | undefined => {
  const channel = channelOf(world.state, id);
  return channel?.members.includes(person.id) === true ? channel : undefined;
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
    ephemeral(world, person, channel, problem, { failedCommand: typed });
    return failed(problem);
  }
  return { ok: true, ...('ts' in shown ? { ts: shown.ts } : {}) };
};

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
    text: act.text,
    blocks: [],
    ...(act.threadTs === undefined ? {} : { threadTs: act.threadTs }),
  });
  world.state.seen[`${person.id} ${channel.id}`] = ts;
  return { ok: true, ts };
};

/** The message or view of an act, when this person has it before them. */
export const placeFor = (world: World, person: Person, on: ActionAct['on']): Place | undefined => {
  if ('view' in on) {
    const view = viewOf(world, on.view);
    return view?.person === person.id ? { kind: 'view', view } : undefined;
  }
  const channel = channelOf(world.state, on.channel);
  const message = messageOf(world.state, on.channel, on.ts);
  if (channel === undefined || message === undefined || !canSee(channel, person)) return undefined;
  if (message.onlyFor !== undefined && message.onlyFor !== person.id) return undefined;
  const key = `${person.id} ${channel.id} ${message.ts}`;
  const entered = world.entered.get(key) ?? {};
  world.entered.set(key, entered);
  return { kind: 'message', channel, message, entered };
};

const blocksOf = (place: Place) =>
  place.kind === 'view' ? place.view.payload.blocks : place.message.blocks;
const valuesOf = (place: Place) => (place.kind === 'view' ? place.view.values : place.entered);
const nameOf = (place: Place): string =>
  place.kind === 'view' ? place.view.id : `${place.channel.id} ${place.message.ts}`;

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

/** What Slack repeats of the element itself in its actions. */
const described = ({ text, style, placeholder, confirm }: Json): Json =>
  Object.fromEntries(
    Object.entries({ text, style, placeholder, confirm }).filter(
      ([, value]) => value !== undefined,
    ),
  );

const DEFAULT_MIN_QUERY = 3;

/** The options of an external select, asked of the app as the person types. */
export const options = async (
  world: World,
  person: Person,
  act: OptionsAct,
): Promise<OptionsAnswer> => {
  const place = placeFor(world, person, act.on);
  const element = place && inputOf(blocksOf(place), act.blockId, act.actionId);
  if (place === undefined || element === undefined) return { options: [] };
  if (act.typed.length < Number(element['min_query_length'] ?? DEFAULT_MIN_QUERY))
    return { options: [] };
  const ack = await world.deliver('interactive', suggestionPayload(world, person, place, act));
  if (ack.kind !== 'acked') return { options: [], problem: reasonOf(ack) };
  const problems = blockOptionProblems(ack.payload);
  if (problems.length > 0) return { options: [], problem: problems.join(' ') };
  const groups = asObjects(ack.payload['option_groups']);
  const found = [ack.payload, ...groups].flatMap(({ options }) => asObjects(options));
  const key = [person.id, nameOf(place), act.blockId, act.actionId];
  for (const option of found)
    world.offered.set([...key, asText(option['value'])].join('\n'), option);
  return { options: found.map(shownOption) };
};

const shownOption = (option: Json): OptionsAnswer['options'][number] => {
  const text = (value: unknown): string => asText(asObject(value)?.['text']);
  const description = text(option['description']);
  return {
    text: text(option['text']),
    value: asText(option['value']),
    ...(description === '' ? {} : { description }),
  };
};

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
