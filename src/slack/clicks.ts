import type { BlockAction } from '@slack/bolt';
import type { Actor } from '#shared/access.ts';
import type { Desk, SlackApp, SlackClient } from './desk.ts';
import { whoIs } from './who.ts';
import * as answers from './answers.ts';
import type { Answer, Asked } from './answers.ts';

/** A click by somebody who is known; what its value says is not. */
export interface Click {
  actor: Actor;
  client: SlackClient;
  body: BlockAction;
  value: string | undefined;
  channel: string;
  dedupeKey: string;
}

/** What a click does, and what the person then reads beneath it. */
export type Act = (desk: Desk, click: Click) => Promise<Asked | undefined>;

export type NamedAct = readonly [name: string | RegExp, act: Act];

/** The one way to listen to a click on a button that answers only its clicker. */
export const listenToClicks = (app: SlackApp, desk: Desk, clicks: readonly NamedAct[]): void => {
  for (const [name, act] of clicks)
    app.action<BlockAction>(name, async ({ ack, body, action, client, respond }) => {
      await ack();
      const who = await whoIs(desk, client, { userId: body.user.id, userTeam: body.team?.id });
      const answer =
        who.kind === 'refused'
          ? answers.refusal(who.why)
          : await act(desk, {
              actor: who.person,
              client,
              body,
              value: action.type === 'button' ? action.value : undefined,
              channel: body.channel?.id ?? body.user.id,
              dedupeKey: `action:${action.action_ts}:${body.message?.ts ?? body.view?.id ?? ''}`,
            });
      if (answer !== undefined && answer !== 'modal') await tell(client, body, respond, answer);
    });
};

/** From a message beneath which only this person reads; from Home there is no such place. */
const tell = async (
  client: SlackClient,
  body: BlockAction,
  respond: (
    answer: Answer & { response_type: 'ephemeral'; replace_original: boolean },
  ) => Promise<unknown>,
  answer: Answer,
): Promise<void> => {
  if (body.channel !== undefined) {
    await respond({ response_type: 'ephemeral', replace_original: false, ...answer });
    return;
  }
  await client.views.open({
    trigger_id: body.trigger_id,
    view: {
      type: 'modal',
      title: { type: 'plain_text', text: 'Swivel Sync' },
      blocks: answer.blocks,
    },
  });
};
