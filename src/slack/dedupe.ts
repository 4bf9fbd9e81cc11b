import type { AnyMiddlewareArgs, Middleware } from '@slack/bolt';
import type { MessageStore } from '#sync/messages.ts';

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
    case 'view_submission': {
      const view = body['view'] as { id?: string; hash?: string };
      return `view:${text(view.id)}:${text(view.hash)}:${text(body['trigger_id'])}`;
    }
    case 'event_callback':
      return `event:${text(body['event_id'])}`;
    default:
      return undefined;
  }
};

/** Slack sends an envelope again when it is in doubt; the second is acknowledged and nothing more. */
export const deduplicate =
  (store: Pick<MessageStore, 'firstSight'>): Middleware<AnyMiddlewareArgs> =>
  async (args) => {
    const key = keyOf(args.body as unknown as Record<string, unknown>);
    if (key === undefined || (await store.firstSight(key))) {
      await args.next();
      return;
    }
    if ('ack' in args && typeof args.ack === 'function') await args.ack();
  };
