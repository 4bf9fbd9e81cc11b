import { audit } from '#database/audit.ts';
import type { Database } from '#database/connection.ts';
import { lockPeople } from '#database/locks.ts';
import { personalSecret } from '#database/sealed.ts';
import type { Store } from '#database/store.ts';
import { isHere, type Seen, type SlackStanding } from '#slack/standing.ts';
import { endConsent, lockLoginsOfPeople } from './people-ends.ts';

/** Whose word ended somebody's access: the CRM's files, or Slack. */
export type EndedBy = 'crm' | 'slack';

/**
 * Ends a person's access, open links, remembered browsers, the address of their calendar and consents;
 * the login sources that changed by it. The caller has the transaction, and knows that the person had access.
 */
export const endAccess = async (
  trx: Database,
  now: number,
  personId: string,
  { by, ...detail }: { by: EndedBy; standing?: SlackStanding; noticed?: Noticed },
): Promise<string[]> => {
  await trx
    .updateTable('person')
    .set({ deactivated_at: now, ended_by: by })
    .where('id', '=', personId)
    .execute();
  await lockLoginsOfPeople(trx, [personId]);
  await forgetProofs(trx, personId);
  await trx
    .deleteFrom('sealed_secret')
    .where('owner_id', '=', personalSecret('calendar', personId))
    .execute();
  await audit(trx, now, {
    personId: undefined,
    action: 'team.access-ended',
    subjectId: personId,
    detail: { by, ...detail },
  });
  return endConsent(trx, personId, now);
};

/**
 * What a person proved before counts no more: no browser is known to be theirs, so that the next link
 * asks for its number again, and no policy is shown to them since they named its number. For who leaves,
 * and for who may now do other things than when they proved it.
 */
export const forgetProofs = async (trx: Database, personId: string): Promise<void> => {
  await trx.deleteFrom('remembered_browser').where('person_id', '=', personId).execute();
  await trx.deleteFrom('named_policy').where('person_id', '=', personId).execute();
};

/** Gives access back to somebody who had lost it. */
export const giveAccess = async (
  trx: Database,
  now: number,
  personId: string,
  { byId, by }: { byId?: string; by: 'crm' | 'owner' },
): Promise<void> => {
  await trx
    .updateTable('person')
    .set({ deactivated_at: null, ended_by: null })
    .where('id', '=', personId)
    .execute();
  await audit(trx, now, {
    personId: byId,
    action: 'team.access-given',
    subjectId: personId,
    detail: { by },
  });
};

/** How Slack's word came: sent by itself, asked for one account, or with the list of all. */
export type Noticed = 'event' | 'asked' | 'list';

/** What was seen less than this ago is not written again. */
const REPEATED_MS = 30_000;

/**
 * Writes what Slack says of these accounts. Whoever is no full member any more loses access; one who
 * is again does not get it back by that. The login sources that changed.
 */
export const seeAccounts = async (
  { db, clock }: Store,
  seen: readonly Seen[],
  noticed: Noticed,
): Promise<string[]> => {
  const now = clock();
  const standings = new Map(seen.map(({ slackId, standing }) => [slackId, standing]));
  const people = async (from: Database) =>
    (
      await from
        .selectFrom('person')
        .select(['id', 'slack_user_id', 'slack_standing', 'slack_checked_at', 'deactivated_at'])
        .where('slack_user_id', 'in', [...standings.keys()])
        .execute()
    ).flatMap((row) => {
      const standing = standings.get(row.slack_user_id ?? '');
      return standing === undefined ? [] : [{ ...row, standing }];
    });
  const isNews = (row: Awaited<ReturnType<typeof people>>[number]): boolean =>
    row.slack_standing !== row.standing ||
    Math.abs(now - row.slack_checked_at) >= REPEATED_MS ||
    (!isHere(row.standing) && row.deactivated_at === null);
  const news = (await people(db)).filter(isNews).map(({ id }) => id);
  if (news.length === 0) return [];
  return db.transaction().execute(async (trx) => {
    await lockPeople(trx, news);
    const sources: string[] = [];
    const rows = (await people(trx)).filter(isNews);
    await lockLoginsOfPeople(
      trx,
      rows.flatMap(({ id, standing }) => (isHere(standing) ? [] : [id])),
    );
    for (const row of rows) {
      const { id, standing, slack_standing: before } = row;
      await trx
        .updateTable('person')
        .set({ slack_standing: standing, slack_checked_at: now })
        .where('id', '=', id)
        .execute();
      if (!isHere(standing) && row.deactivated_at === null)
        sources.push(...(await endAccess(trx, now, id, { by: 'slack', standing, noticed })));
      else if (before !== null && before !== standing)
        await audit(trx, now, {
          personId: undefined,
          action: 'team.slack-standing',
          subjectId: id,
          detail: { from: before, to: standing, noticed },
        });
    }
    return sources;
  });
};

export interface Holder {
  id: string;
  slackId: string;
  /** Epoch ms */
  checkedAt: number;
}

/** Active people on Slack who hold this login, or agreed to what is kept of it. */
export const holdersOf = ({ db }: Store, sourceId: string): Promise<Holder[]> =>
  holders(db)
    .where((is) =>
      is.exists(
        is
          .selectFrom('login_source as l')
          .leftJoin('login_consent as g', 'g.source_id', 'l.id')
          .select('l.id')
          .where('l.id', '=', sourceId)
          .where((of) =>
            of.or([of('l.holder_id', '=', of.ref('p.id')), of('g.person_id', '=', of.ref('p.id'))]),
          ),
      ),
    )
    .execute();

/**
 * Active people on Slack who hold any login or agreed to what is kept of one, of whom nothing was seen
 * since then, epoch ms.
 */
export const holdersUnseenSince = ({ db }: Store, since: number): Promise<Holder[]> =>
  holders(db)
    .where((is) =>
      is(
        'p.id',
        'in',
        is
          .selectFrom('login_source')
          .select('holder_id as id')
          .where('removed_at', 'is', null)
          .union(is.selectFrom('login_consent').select('person_id as id')),
      ),
    )
    .where('p.slack_checked_at', '<=', since - REPEATED_MS)
    .orderBy('p.id')
    .execute();

export const holderById = ({ db }: Store, id: string): Promise<Holder | undefined> =>
  holders(db).where('p.id', '=', id).executeTakeFirst();

const holders = (db: Database) =>
  db
    .selectFrom('person as p')
    .select(['p.id', 'p.slack_checked_at as checkedAt'])
    .select((of) => of.ref('p.slack_user_id').$notNull().as('slackId'))
    .where('p.deactivated_at', 'is', null)
    .where('p.slack_user_id', 'is not', null);
