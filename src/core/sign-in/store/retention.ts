import { sql } from 'kysely';
import { encodeTime } from 'ulid';
import { eachOf } from '#database/dialect.ts';
import { oldRows, type Looked, type OldStep } from '#database/old-rows.ts';
import type { Store } from '#database/store.ts';
import { SKEW } from '#shared/clock.ts';
import { codeSubject } from '#shared/subject.ts';
import { REMEMBERED_LIFE } from '#web/cookies.ts';

/** Deletes sign-ins that ended before, and what was asked of people for them. */
export const forgetSignIns = ({ db }: Store, step: OldStep): Promise<Looked> =>
  db.transaction().execute(async (trx) => {
    const { old, last } = await oldRows(trx, 'sign_in', step);
    const ended = sql`(select id from sign_in
      where id in (select value from ${eachOf(old)} o) and finished_at < ${step.before})`;
    await sql`delete from code_prompt where sign_in_id in ${ended}`.execute(trx);
    await sql`delete from sign_in where id in ${ended}`.execute(trx);
    return { last };
  });

/**
 * Deletes up to `limit` messages that asked for a code of a sign-in that began before: ids begin with
 * their time, so those whose sign-in an earlier program has forgotten alone go too.
 */
export const forgetCodeMessages = async (
  { db }: Store,
  before: number,
  limit: number,
): Promise<number> => {
  const { numDeletedRows } = await db
    .deleteFrom('subject_message')
    .where((is) =>
      is(is.refTuple('subject_id', 'key'), 'in', (of) =>
        of
          .selectFrom('subject_message')
          .select(['subject_id', 'key'])
          .where('subject_id', '>=', codeSubject(''))
          .where('subject_id', '<', codeSubject(encodeTime(before)))
          .limit(limit)
          .$asTuple('subject_id', 'key'),
      ),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
};

/**
 * Deletes proofs of browsers that are over, or of a clock that stood ahead; each is of one that somebody
 * confirmed, so they are few.
 */
export const forgetBrowsers = async ({ db }: Store, now: number): Promise<void> => {
  await db
    .deleteFrom('remembered_browser')
    .where((is) =>
      is.or([is('expires_at', '<=', now), is('expires_at', '>', now + REMEMBERED_LIFE + SKEW)]),
    )
    .execute();
};

/** Deletes links that were used up or expired before, and that no sign-in tells of. */
export const forgetLinks = ({ db }: Store, step: OldStep): Promise<Looked> =>
  db.transaction().execute(async (trx) => {
    const { old, last } = await oldRows(trx, 'link', step);
    await sql`delete from link where id in (select value from ${eachOf(old)} o)
      and expires_at < ${step.before}
      and not exists (select 1 from sign_in s where s.link_id = link.id)`.execute(trx);
    return { last };
  });

/** As `wasAccepted` of ../rules.ts counts them. */
const ACCEPTED = sql`('signed-in', 'session-conflict')`;

/**
 * Deletes tries from before that decide nothing any more: accepted ones with no person present, and
 * those that an accepted one of a person has followed at the same login.
 */
export const forgetTries = ({ db }: Store, step: OldStep): Promise<Looked> =>
  db.transaction().execute(async (trx) => {
    const { old, last } = await oldRows(trx, 'sign_in_try', step);
    await sql`delete from sign_in_try where id in (select value from ${eachOf(old)} o)
      and ((automatic = 1 and outcome in ${ACCEPTED})
        or exists (select 1 from sign_in_try n where n.source_id = sign_in_try.source_id
          and n.automatic = 0 and n.outcome in ${ACCEPTED}
          and n.seq > sign_in_try.seq))`.execute(trx);
    return { last };
  });
