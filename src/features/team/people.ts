import type { SlackDeps, SlackApp } from '#slack/deps.ts';
import type { Store } from '#database/store.ts';
import { deactivate } from './store/people.ts';

/** Slack says that somebody left: links and stored passwords of theirs end at once. */
export const deactivatePerson = async (
  { store, changed }: { store: Store; changed: (sourceId: string) => Promise<void> },
  slackUserId: string,
): Promise<void> => {
  for (const sourceId of await deactivate(store, slackUserId)) await changed(sourceId);
};

/** Somebody who is deactivated in Slack loses access, links and stored passwords at once. */
export const listenToPeople = (app: SlackApp, deps: SlackDeps): void => {
  app.event('user_change', async ({ event }) => {
    // It holds less than Slack's own record, so that one is read at the person's next act.
    deps.members.forget(event.user.id);
    if (event.user.deleted) await deactivatePerson(deps, event.user.id);
  });
};
