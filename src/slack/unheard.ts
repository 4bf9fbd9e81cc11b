import type { App } from '@slack/bolt';
import { stale, tooOld } from './answers.ts';
import { sayingModal } from './modals.ts';
import { openModal } from './open-modal.ts';
import type { SlackClient } from './deps.ts';

export interface Unheard {
  client: SlackClient;
  /** Acts whose listener failed: they are told so elsewhere. */
  failed: WeakSet<object>;
  /** Says it by the address for answers that the act came with. */
  say: (body: object, text: string) => Promise<void>;
}

/**
 * What no listener knows, such as a button of an earlier version of this bot, is acknowledged all
 * the same, and whoever used it is told: Slack shows them a failure of its own else.
 */
export const answerUnheard = (
  app: Pick<App, 'processEvent'>,
  { client, failed, say }: Unheard,
): void => {
  const handle = app.processEvent.bind(app);
  app.processEvent = async (event) => {
    let acked = false;
    await handle({
      ...event,
      ack: (answer) => {
        acked = true;
        return event.ack(answer);
      },
    });
    const { body } = event;
    if (acked || failed.has(body)) return;
    const trigger = typeof body['trigger_id'] === 'string' ? body['trigger_id'] : undefined;
    const view = body['view'] as { type?: string; blocks?: { block_id?: string }[] } | undefined;
    switch (body['type']) {
      case 'block_actions':
        await event.ack();
        if ('response_url' in body) await say(body, stale().text);
        else if (trigger !== undefined)
          await openModal(
            client,
            trigger,
            sayingModal(...stale().blocks),
            view?.type === 'modal' ? 'push' : 'open',
          );
        return;
      case 'view_submission':
        await event.ack({ response_action: 'update', view: sayingModal(...tooOld().blocks) });
        return;
      case 'block_suggestion':
        await event.ack({ options: [] });
        return;
      case 'shortcut':
      case 'message_action':
        await event.ack();
        if (trigger !== undefined)
          await openModal(client, trigger, sayingModal(...tooOld().blocks));
        return;
      default:
        await event.ack();
    }
  };
};
