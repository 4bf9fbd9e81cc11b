import { stateOf } from './entries.ts';
import type { Json } from './json.ts';
import type { Place } from './places.ts';
import { messageOutput } from './posting.ts';
import { BOT, TEAM, type Channel, type Person } from './seed.ts';
import { nextTs, type Message, type StoredView } from './state.ts';
import { viewOutput } from './views.ts';
import { newResponseUrl, newTrigger, type World } from './world.ts';

/** What Slack sends an app when a person acts (docs.slack.dev/reference/interaction-payloads). */
const base = (person: Person): Json => ({
  team: { id: TEAM.id, domain: TEAM.domain },
  user: {
    id: person.id,
    username: person.handle,
    name: person.handle,
    team_id: TEAM.id,
  },
  api_app_id: BOT.app,
  token: 'local',
  enterprise: null,
  is_enterprise_install: false,
});

const nameOf = (channel: Channel): string => {
  if (channel.kind === 'direct') return 'directmessage';
  return channel.kind === 'private' ? 'privategroup' : channel.name;
};

export const commandPayload = (
  world: World,
  person: Person,
  channel: Channel,
  command: string,
  text: string,
): Json => ({
  token: 'local',
  team_id: TEAM.id,
  team_domain: TEAM.domain,
  channel_id: channel.id,
  channel_name: nameOf(channel),
  user_id: person.id,
  user_name: person.handle,
  command,
  text,
  api_app_id: BOT.app,
  is_enterprise_install: 'false',
  response_url: newResponseUrl(world, { person: person.id, channel: channel.id }),
  trigger_id: newTrigger(world, person.id),
});

const containerOf = (place: Place): Json => {
  if (place.kind === 'view') return { type: 'view', view_id: place.view.id };
  const { message } = place;
  return {
    type: 'message',
    message_ts: message.ts,
    channel_id: message.channel,
    is_ephemeral: message.onlyFor !== undefined,
    ...(message.threadTs === undefined ? {} : { thread_ts: message.threadTs }),
  };
};

export const viewPayload = (view: StoredView): Json => ({
  ...viewOutput(view),
  state: { values: stateOf(view.payload.blocks, view.values) },
});

/** Where it happened: an ephemeral message itself is not sent along, as in Slack. */
const placeOf = (world: World, place: Place): Json =>
  place.kind === 'view'
    ? { view: viewPayload(place.view) }
    : {
        channel: { id: place.channel.id, name: nameOf(place.channel) },
        ...(place.message.onlyFor === undefined
          ? { message: messageOutput(world, place.message) }
          : {}),
      };

export const actionPayload = (world: World, person: Person, place: Place, action: Json): Json => ({
  type: 'block_actions',
  ...base(person),
  container: containerOf(place),
  trigger_id: newTrigger(world, person.id, place.kind === 'view' ? place.view.id : undefined),
  ...placeOf(world, place),
  ...(place.kind === 'message'
    ? {
        state: { values: stateOf(place.message.blocks, place.entered) },
        response_url: newResponseUrl(world, {
          person: person.id,
          channel: place.channel.id,
          on: { ts: place.message.ts, ephemeral: place.message.onlyFor !== undefined },
        }),
      }
    : {}),
  actions: [action],
});

/** A global shortcut tells of no place: it is used from anywhere. */
export const globalShortcutPayload = (world: World, person: Person, callbackId: string): Json => ({
  type: 'shortcut',
  ...base(person),
  callback_id: callbackId,
  trigger_id: newTrigger(world, person.id),
  action_ts: nextTs(world.state, world.now()),
});

export const messageShortcutPayload = (
  world: World,
  person: Person,
  { channel, message }: { channel: Channel; message: Message },
  callbackId: string,
): Json => ({
  type: 'message_action',
  ...base(person),
  callback_id: callbackId,
  trigger_id: newTrigger(world, person.id),
  response_url: newResponseUrl(world, { person: person.id, channel: channel.id }),
  message_ts: message.ts,
  channel: { id: channel.id, name: nameOf(channel) },
  message: messageOutput(world, message),
  action_ts: nextTs(world.state, world.now()),
});

export const suggestionPayload = (
  world: World,
  person: Person,
  place: Place,
  asked: { blockId: string; actionId: string; typed: string },
): Json => ({
  type: 'block_suggestion',
  ...base(person),
  container: containerOf(place),
  ...placeOf(world, place),
  action_id: asked.actionId,
  block_id: asked.blockId,
  value: asked.typed,
});

export const submissionPayload = (world: World, person: Person, view: StoredView): Json => ({
  type: 'view_submission',
  ...base(person),
  trigger_id: newTrigger(world, person.id, view.id),
  view: viewPayload(view),
  response_urls: [],
});

export const closedPayload = (person: Person, view: StoredView, cleared: boolean): Json => ({
  type: 'view_closed',
  ...base(person),
  view: viewPayload(view),
  is_cleared: cleared,
});
