import { deactivate } from './store/people.ts';
import type { Store } from '#database/store.ts';

/** Slack says that somebody left: links and stored passwords of theirs end at once. */
export const deactivatePerson = async (
  { store, changed }: { store: Store; changed: (sourceId: string) => Promise<void> },
  slackUserId: string,
): Promise<void> => {
  for (const sourceId of await deactivate(store, slackUserId)) await changed(sourceId);
};
