/** A part of a body: nothing is in one that is not there, or is something else. */
export const partOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** An event that tells of what a person wrote to the bot. */
export const isSaid = (event: Record<string, unknown>): boolean =>
  event['type'] === 'app_mention' || event['channel_type'] === 'im';

export const saidKey = (channel: string, ts: string): string => `said:${channel}:${ts}`;

/** Of what somebody wrote, and did not change or remove since. */
const spokenKey = (event: Record<string, unknown>): string | undefined => {
  const { channel, ts, edited, subtype } = event;
  const isFirst = edited === undefined && (subtype === undefined || subtype === 'thread_broadcast');
  return isSaid(event) && isFirst && text(ts) !== '' ? saidKey(text(channel), text(ts)) : undefined;
};

/**
 * Which act of a person this is, whatever envelope it came in; undefined for what may be repeated. A
 * request that the act makes has the same key, so that it is known afterwards.
 */
export const keyOf = (body: Record<string, unknown>): string | undefined => {
  if (typeof body['command'] === 'string')
    return `command:${text(body['team_id'])}:${text(body['user_id'])}:${text(body['trigger_id'])}`;
  switch (body['type']) {
    case 'block_actions': {
      const action = partOf(partOf(body['actions'])[0]);
      return `action:${text(action['action_ts'])}:${text(action['action_id'])}:${text(body['trigger_id'])}`;
    }
    case 'message_action':
    case 'shortcut':
      return `shortcut:${text(body['callback_id'])}:${text(body['trigger_id'])}`;
    case 'view_submission': {
      const view = partOf(body['view']);
      return `${viewKey(text(view['id']))}:${text(view['hash'])}:${text(body['trigger_id'])}`;
    }
    case 'event_callback': {
      const event = partOf(body['event']);
      // What the bot itself wrote in a direct message comes back as an event, which nobody hears.
      if (event['bot_id'] !== undefined) return undefined;
      return spokenKey(event) ?? `event:${text(body['event_id'])}`;
    }
    default:
      return undefined;
  }
};

/** A modal makes one request, however often its submission is tried. */
export const viewKey = (viewId: string): string => `view:${viewId}`;

/** The key of the request that an act makes, where it makes one. */
export const requestKeyOf = (actKey: string): string =>
  actKey.startsWith('view:') ? actKey.split(':').slice(0, 2).join(':') : actKey;
