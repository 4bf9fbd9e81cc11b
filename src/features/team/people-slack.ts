import { deactivatePerson } from './people.ts';
import type { SlackDeps, SlackApp } from '#slack/deps.ts';

/** Somebody who is deactivated in Slack loses access, links and stored passwords at once. */
export const listenToPeople = (app: SlackApp, deps: SlackDeps): void => {
  app.event('user_change', async ({ event }) => {
    deps.members.forget(event.user.id);
    if (event.user.deleted) await deactivatePerson(deps, event.user.id);
  });
};
