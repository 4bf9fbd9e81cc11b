import type { Person } from '#shared/access.ts';

export interface PeopleStore {
  personOnSlack: (slackUserId: string) => Promise<Person | undefined>;
  /** Binds a Slack account to the person of this e-mail address, unless that one is bound already. */
  bindByEmail: (email: string, slackUserId: string) => Promise<Person | undefined>;
  /**
   * Ends the person's access, open links and consent in one transaction; the login sources that
   * changed by it. Nothing happens to somebody who is deactivated already.
   */
  deactivate: (slackUserId: string) => Promise<readonly string[]>;
}

/** Slack says that somebody left: links and stored passwords of theirs end at once. */
export const deactivatePerson = async (
  { store, changed }: { store: PeopleStore; changed: (sourceId: string) => Promise<void> },
  slackUserId: string,
): Promise<void> => {
  for (const sourceId of await store.deactivate(slackUserId)) await changed(sourceId);
};
