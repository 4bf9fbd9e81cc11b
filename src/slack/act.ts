import type { BlockAction } from '@slack/bolt';
import type { Actor } from '#shared/access.ts';
import type { Asked } from '#core/requests/slack.ts';
import type { Desk, SlackClient } from './desk.ts';

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
