import { deactivatePerson } from './people.ts';
import type { Desk, SlackApp } from '#slack/desk.ts';

/** Somebody who is deactivated in Slack loses access, links and stored passwords at once. */
export const listenToPeople = (app: SlackApp, desk: Desk): void => {
  app.event('user_change', async ({ event }) => {
    desk.members.forget(event.user.id);
    if (event.user.deleted) await deactivatePerson(desk, event.user.id);
  });
};
