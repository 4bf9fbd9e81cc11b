import type { Json } from './json.ts';
import { BOT, TEAM, type Channel } from './seed.ts';
import { channelOf, newId, type Message } from './state.ts';
import type { World } from './world.ts';

/** Slack tries an event again at once, after a minute and after five. */
const RETRIES_MS = [100, 60_000, 300_000];

/** Sends an Events API event, when the manifest subscribes to it. */
export const sendEvent = (
  world: World,
  event: Json & { type: string },
  name = event.type,
): void => {
  if (!world.app.events.includes(name)) return;
  const payload: Json = {
    token: 'local',
    team_id: TEAM.id,
    context_team_id: TEAM.id,
    api_app_id: BOT.app,
    type: 'event_callback',
    event_id: newId('Ev'),
    event_time: Math.floor(world.now() / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: TEAM.id,
        user_id: BOT.user,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: isShared(world, event),
    event,
  };
  void attempt(world, payload, 0);
};

const attempt = async (world: World, payload: Json, tries: number): Promise<void> => {
  const ack = await world.deliver(
    'events_api',
    payload,
    tries === 0 ? undefined : { attempt: tries },
  );
  const wait = RETRIES_MS[tries];
  if (ack.kind === 'acked' || wait === undefined) return;
  setTimeout(() => void attempt(world, payload, tries + 1), wait).unref();
};

const isShared = (world: World, event: Json): boolean =>
  typeof event['channel'] === 'string' &&
  (channelOf(world.state, event['channel'])?.externallyShared ?? false);

const MESSAGE_EVENTS: Record<Channel['kind'], [name: string, channelType: string]> = {
  public: ['message.channels', 'channel'],
  private: ['message.groups', 'group'],
  direct: ['message.im', 'im'],
};

export const sendMessageEvent = (world: World, channel: Channel, message: Message): void => {
  if (!channel.members.includes(BOT.user)) return;
  const [name, channelType] = MESSAGE_EVENTS[channel.kind];
  const event = {
    type: 'message',
    channel: channel.id,
    channel_type: channelType,
    user: message.user,
    text: message.text,
    ts: message.ts,
    event_ts: message.ts,
    team: TEAM.id,
    ...(message.threadTs === undefined ? {} : { thread_ts: message.threadTs }),
    ...(message.user === BOT.user ? { bot_id: BOT.id, app_id: BOT.app } : {}),
  };
  sendEvent(world, event, name);
  if (message.text.includes(`<@${BOT.user}>`) && channel.kind !== 'direct')
    sendEvent(world, { ...event, type: 'app_mention' });
};
