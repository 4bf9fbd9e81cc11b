import { firstSight } from './store.ts';
import type { Store } from '#database/store.ts';
import type { App, ReceiverEvent } from '@slack/bolt';

/** Which act of a person this is, whatever envelope it came in; undefined for what may be repeated. */
const keyOf = (body: Record<string, unknown>): string | undefined => {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  if (typeof body['command'] === 'string')
    return `command:${text(body['team_id'])}:${text(body['user_id'])}:${text(body['trigger_id'])}`;
  switch (body['type']) {
    case 'block_actions': {
      const [action] = body['actions'] as { action_ts?: string; action_id?: string }[];
      return `action:${text(action?.action_ts)}:${text(action?.action_id)}:${text(body['trigger_id'])}`;
    }
    case 'message_action':
    case 'shortcut':
      return `shortcut:${text(body['callback_id'])}:${text(body['trigger_id'])}`;
    case 'view_submission': {
      const view = body['view'] as { id?: string; hash?: string };
      return `view:${text(view.id)}:${text(view.hash)}:${text(body['trigger_id'])}`;
    }
    case 'event_callback':
      // What the bot itself wrote in a direct message comes back as an event, which nobody hears.
      if ((body['event'] as { bot_id?: unknown } | undefined)?.bot_id !== undefined)
        return undefined;
      return `event:${text(body['event_id'])}`;
    default:
      return undefined;
  }
};

/** Repeats come within seconds; later ones are known from the database. */
const REMEMBERED_MS = 60_000;

type Answer = Parameters<ReceiverEvent['ack']>[0];

/**
 * Slack sends an envelope again when it is in doubt. The second is acknowledged and nothing more,
 * with the first one's answer: Slack obeys whichever comes first, and an empty one closes a modal.
 */
export const deduplicate = (app: Pick<App, 'processEvent'>, store: Store): void => {
  const handle = app.processEvent.bind(app);
  const answers = new Map<string, Promise<Answer>>();
  app.processEvent = async (event) => {
    const key = keyOf(event.body);
    if (key === undefined) return handle(event);
    const earlier = answers.get(key);
    if (earlier !== undefined) return event.ack(await earlier);
    const { promise, resolve } = Promise.withResolvers<Answer>();
    answers.set(key, promise);
    setTimeout(() => answers.delete(key), REMEMBERED_MS).unref();
    try {
      if (!(await firstSight(store, key))) return await event.ack();
      return await handle({
        ...event,
        ack: (answer) => {
          resolve(answer);
          return event.ack(answer);
        },
      });
    } finally {
      resolve(undefined);
    }
  };
};
