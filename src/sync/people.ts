import type { Actor } from '#domain/access.ts';

/** A person of the firm; being on Slack alone makes nobody one. */
export interface Person extends Actor {
  name: string;
}

export interface PeopleStore {
  personOnSlack: (slackUserId: string) => Promise<Person | undefined>;
  /** Binds a Slack account to the person of this e-mail address, unless that one is bound already. */
  bindByEmail: (email: string, slackUserId: string) => Promise<Person | undefined>;
}
