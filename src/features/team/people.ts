import { holderById, holdersUnseenSince, seeAccounts } from '#core/logins/store/access.ts';
import type { Shown } from '#queue/messages.ts';
import { ALL_ACCOUNTS } from '#shared/subject.ts';
import type { SlackApp, SlackClient, SlackDeps } from '#slack/deps.ts';
import { bindAllByEmail, newestUnbound } from '#slack/store.ts';
import { slackErrorOf } from '#slack/errors.ts';
import type { Member } from '#slack/members.ts';
import { standingOf, type Seen } from '#slack/standing.ts';
import { unmatchedPeople } from './installation.ts';
import { joinByAddress } from './store/one-person.ts';

/** As Slack advises for users.list, which it answers twenty times a minute. */
const PAGE = 200;
const PACE_MS = 4_000;
/** Asked one by one after the list: who was not in it. users.info answers a hundred times a minute. */
const MOST_SINGLY = 10;
const SINGLY_PACE_MS = 15_000;
const AGAIN_MS = 60_000;

export interface Reconciliation {
  /** Everybody is to be looked at again. */
  begin: () => Promise<void>;
  /** The next piece of it, if it was begun; `later` while there is more. */
  next: (client: SlackClient) => Promise<Shown>;
  /** Whether somebody is still to be looked at, and no piece of it is under way. */
  isStuck: () => boolean;
  /** Whether people were added since the last walk, whom it could not match with an account. */
  hasNewPeople: () => Promise<boolean>;
  /** What Slack says now of one person. */
  check: (client: SlackClient, personId: string) => Promise<Shown>;
}

type Deps = Pick<SlackDeps, 'store' | 'clock' | 'show' | 'changed' | 'members' | 'teamId' | 'log'>;

/** One page of the accounts, each member matched by e-mail with a person of the firm; the next page. */
export const readAccounts = async (
  { store, teamId, log }: Pick<SlackDeps, 'store' | 'teamId' | 'log'>,
  client: SlackClient,
  cursor: string,
): Promise<{ seen: Seen[]; members: readonly Member[]; next: string | undefined }> => {
  const listed = await client.users.list({ limit: PAGE, ...(cursor === '' ? {} : { cursor }) });
  const accounts = (listed.members ?? []).flatMap((member) => {
    const { id: slackId, profile } = member;
    const standing = standingOf(member, teamId);
    return slackId === undefined ? [] : [{ slackId, standing, email: profile?.email ?? '' }];
  });
  const named = accounts.filter(({ email, standing }) => email !== '' && standing === 'member');
  await bindAllByEmail(store, named);
  await joinByAddress(store, named, log);
  const next = listed.response_metadata?.next_cursor;
  return {
    members: listed.members ?? [],
    seen: accounts.map(({ slackId, standing }) => ({ slackId, standing })),
    next: next === '' ? undefined : next,
  };
};

/**
 * An event of Slack's can be lost, and then somebody who left keeps what they had; and whoever was
 * imported is to be known before they first ask. So the whole list of accounts is walked at the start,
 * each day and after an import, and one account is asked for when it matters.
 */
export const reconcilePeople = (deps: Deps): Reconciliation => {
  const { store, clock, show, changed, members, log } = deps;
  /** Under way: the next page, none after the last one; and when it was begun and last went on. */
  let walk: { since: number; cursor: string | undefined; at: number } | undefined;
  /** The newest person whom the last walk could match with nobody. */
  let unmatched: string | undefined;

  const page = async (client: SlackClient, cursor: string): Promise<string | undefined> => {
    const { seen, members: listed, next } = await readAccounts(deps, client, cursor);
    for (const sourceId of await seeAccounts(store, seen, 'list')) await changed(sourceId);
    for (const member of listed) await members.learn(member);
    return next;
  };

  const singly = async (client: SlackClient, since: number): Promise<boolean> => {
    const unseen = await holdersUnseenSince(store, since);
    for (const { slackId } of unseen.slice(0, MOST_SINGLY)) {
      members.forget(slackId);
      await members.look(client, slackId);
    }
    return unseen.length <= MOST_SINGLY;
  };

  const failed = (error: unknown): Shown => {
    const { retryAfterMs = AGAIN_MS } = slackErrorOf(error);
    log('Slack could not be asked who left; what is kept for them is not used meanwhile', error);
    return { kind: 'later', ms: retryAfterMs };
  };

  return {
    begin: async () => {
      walk = { since: clock(), cursor: '', at: clock() };
      unmatched = await newestUnbound(store);
      await show(ALL_ACCOUNTS);
    },
    next: async (client) => {
      if (walk === undefined) return { kind: 'shown' };
      const mine = walk;
      mine.at = clock();
      try {
        if (mine.cursor !== undefined) {
          mine.cursor = await page(client, mine.cursor);
          return { kind: 'later', ms: mine.cursor === undefined ? 1 : PACE_MS };
        }
        if (!(await singly(client, mine.since))) return { kind: 'later', ms: SINGLY_PACE_MS };
        // One that was begun meanwhile goes on.
        if (walk === mine) walk = undefined;
        for (const missing of await unmatchedPeople(deps)) log(missing);
        return { kind: 'shown' };
      } catch (error) {
        return failed(error);
      }
    },
    isStuck: () => walk !== undefined && Math.abs(clock() - walk.at) > 2 * AGAIN_MS,
    hasNewPeople: async () => {
      if (walk !== undefined) return false;
      const newest = await newestUnbound(store);
      return newest !== undefined && (unmatched === undefined || newest > unmatched);
    },
    check: async (client, personId) => {
      const person = await holderById(store, personId);
      if (person === undefined) return { kind: 'shown' };
      members.forget(person.slackId);
      try {
        await members.look(client, person.slackId);
        return { kind: 'shown' };
      } catch (error) {
        return failed(error);
      }
    },
  };
};

/** Whoever is no full member of the workspace any more loses access, links and passwords at once. */
export const listenToPeople = (app: SlackApp, { members }: Pick<SlackDeps, 'members'>): void => {
  app.event('user_change', async ({ event }) => members.changed(event.user));
};
