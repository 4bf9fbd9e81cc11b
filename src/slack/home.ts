import type { View } from '@slack/types';
import { actions, section } from './blocks.ts';
import { help, refusal } from './answers.ts';
import type { Desk, SlackApp } from './desk.ts';
import { whoIs } from './who.ts';

const home = (blocks: View['blocks']): View => ({ type: 'home', blocks });

/** The bot's Home tab: what it does, and the search. */
export const listenToHome = (app: SlackApp, desk: Desk): void => {
  app.event('app_home_opened', async ({ event, client }) => {
    if (event.tab !== 'home') return;
    const who = await whoIs(desk, client, { userId: event.user });
    const view =
      who.kind === 'refused'
        ? home(refusal(who.why).blocks)
        : home([
            section(`*Hello ${who.person.name}*`),
            ...help(desk.settings.command).blocks,
            ...actions('start', [
              {
                text: 'Sync a policy',
                action: 'open-policy-picker',
                value: 'open',
                style: 'primary',
              },
            ]),
          ]);
    await client.views.publish({ user_id: event.user, view });
  });
};
