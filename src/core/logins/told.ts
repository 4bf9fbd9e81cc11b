import { bold, escape } from '#slack/blocks.ts';
import type { SourceChange } from './login-sources.ts';
import type { LoginSource, SharedWith } from './store/login-sources.ts';

/** What one person hears of what another one did to a login. Both texts are mrkdwn. */
export interface ToldOfLogin {
  to: SharedWith;
  title: string;
  text: string;
}

type By = Pick<SharedWith, 'id' | 'name'>;

/** Everybody whom a change of this login concerns, and who did not make it. */
export const toldOfChange = (source: LoginSource, change: SourceChange, by: By): ToldOfLogin[] => {
  const { carrierName, holderId, holderName, holderSlackId, sharedWith } = source;
  const holder: SharedWith = { id: holderId, name: holderName, slackId: holderSlackId };
  const login = escape(source.name);
  const who = escape(by.name);
  const carrier = escape(carrierName);
  const told = (people: readonly SharedWith[], title: string, text: string): ToldOfLogin[] =>
    people.filter(({ id }) => id !== by.id).map((to) => ({ to, title, text }));
  const without = (people: readonly SharedWith[], others: readonly SharedWith[]): SharedWith[] =>
    people.filter(({ id }) => !others.some((other) => other.id === id));

  switch (change.kind) {
    case 'rename':
      return [];
    case 'share':
      return [
        ...told(
          without(without(change.people, sharedWith), [holder]),
          `${login} is shared with you`,
          `${who} shares this ${carrier} login with you: you may sync through it and link it.`,
        ),
        ...told(
          without(sharedWith, change.people).filter(({ slackId }) => slackId !== null),
          `${login} is no longer shared with you`,
          by.id === holderId
            ? `${who} no longer shares this ${carrier} login with you. Ask them if you still need it.`
            : `${who} changed who uses this ${carrier} login. Ask ${bold(holderName)} if you still need it.`,
        ),
      ];
    case 'unlink':
      return told(
        [holder],
        `${login} is unlinked`,
        `${who} unlinked your ${carrier} login. Its policies are not synced until it is linked again.`,
      );
    case 'remove':
      return [
        ...told(
          [holder],
          `${login} is removed`,
          `${who} removed your ${carrier} login. Its policies are no longer synced through it.`,
        ),
        ...told(
          sharedWith,
          `${login} is removed`,
          `${who} removed this ${carrier} login, which was shared with you.`,
        ),
      ];
  }
};

/** A login that somebody adds for another person is theirs to link. */
export const toldOfAdded = (source: LoginSource, by: By): ToldOfLogin[] =>
  source.holderId === by.id
    ? []
    : [
        {
          to: { id: source.holderId, name: source.holderName, slackId: source.holderSlackId },
          title: `${escape(source.name)} is added for you`,
          text: `${escape(by.name)} added this ${escape(source.carrierName)} login in your name. Link it, and its policies are synced each day.`,
        },
      ];
