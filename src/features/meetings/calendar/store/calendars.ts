import type { ExpressionBuilder } from 'kysely';
import type { Tables } from '#database/schema.ts';
import { personalSecret, type Sealed } from '#database/sealed.ts';
import type { Store } from '#database/store.ts';
import { audit } from '#database/audit.ts';
import { addNotification } from '#features/notifications/store.ts';
import type { Problem } from '../problem.ts';

/** Among the secrets: what it is sealed for. */
export const secretOf = (personId: string): string => personalSecret('calendar', personId);

export interface Calendar {
  /** IANA zone of its person. */
  zone: string;
  readAt: number | null;
  problem: Problem | null;
}

/** Seals nothing itself: what it writes is sealed already. It is read at once. */
export const giveCalendar = (
  { db, clock }: Store,
  personId: string,
  { zone, sealed }: { zone: string; sealed: Sealed },
) =>
  db.transaction().execute(async (trx) => {
    const now = clock();
    const owner = secretOf(personId);
    const secret = { key_id: sealed.keyId, sealed: sealed.sealed, created_at: now };
    await trx
      .insertInto('sealed_secret')
      .values({ owner_id: owner, kind: 'calendar', source_id: owner, ...secret, expires_at: null })
      .onConflict((on) => on.columns(['owner_id', 'kind']).doUpdateSet(secret))
      .execute();
    const fresh = { zone, added_at: now, next_at: now, failures: 0, problem: null, told_at: null };
    await trx
      .insertInto('calendar')
      .values({ person_id: personId, ...fresh, read_at: null })
      .onConflict((on) => on.column('person_id').doUpdateSet({ ...fresh, read_at: null }))
      .execute();
    await audit(trx, now, { personId, action: 'calendar.given', subjectId: personId });
  });

/**
 * With everything that came of it; what it has planned is cancelled as what is gone from it. By the
 * person, or because they left.
 */
export const takeCalendar = (
  { db, clock }: Store,
  personId: string,
  why: 'asked' | 'left' = 'asked',
) =>
  db.transaction().execute(async (trx) => {
    const { numDeletedRows } = await trx
      .deleteFrom('calendar')
      .where('person_id', '=', personId)
      .executeTakeFirst();
    if (numDeletedRows === 0n) return;
    await trx.deleteFrom('sealed_secret').where('owner_id', '=', secretOf(personId)).execute();
    await trx.deleteFrom('calendar_choice').where('person_id', '=', personId).execute();
    await trx
      .updateTable('calendar_event')
      .set({ state: 'gone' })
      .where('person_id', '=', personId)
      .execute();
    await audit(trx, clock(), {
      personId: why === 'asked' ? personId : undefined,
      action: 'calendar.removed',
      subjectId: personId,
      ...(why === 'left' && { detail: { by: 'access-ended' } }),
    });
  });

/**
 * Ends every calendar, as in a database that came back from a copy: one that was taken back since is in
 * it. What each has planned is cancelled as above, and its person is told to add it again. How many. The
 * caller has the transaction.
 */
export const endAllCalendars = async (
  { db: trx, clock }: Store,
  notice: { title: string; text: string },
): Promise<number> => {
  const people = await trx.deleteFrom('calendar').returning('person_id').execute();
  const everybody = await trx
    .selectFrom('person')
    .select(['id', 'slack_user_id', 'deactivated_at'])
    .execute();
  const ended = new Set(people.map(({ person_id }) => person_id));
  for (const { id, slack_user_id, deactivated_at } of everybody) {
    await trx.deleteFrom('sealed_secret').where('owner_id', '=', secretOf(id)).execute();
    if (!ended.has(id)) continue;
    await trx
      .updateTable('calendar_event')
      .set({ state: 'gone' })
      .where('person_id', '=', id)
      .execute();
    await audit(trx, clock(), {
      personId: undefined,
      action: 'calendar.removed',
      subjectId: id,
      detail: { by: 'restore' },
    });
    if (slack_user_id !== null && deactivated_at === null)
      await addNotification(
        { db: trx, clock },
        {
          kind: 'notice',
          name: `calendar-ended:${id}:${clock()}`,
          channel: slack_user_id,
          about: notice,
        },
      );
  }
  return ended.size;
};

export const calendarOf = async (
  { db }: Store,
  personId: string,
): Promise<Calendar | undefined> => {
  const row = await db
    .selectFrom('calendar')
    .select(['zone', 'read_at as readAt', 'problem'])
    .where('person_id', '=', personId)
    .executeTakeFirst();
  return row && { ...row, problem: row.problem as Problem | null };
};

/**
 * Calendars whose hour has come, each given to one worker alone: the next reading is set with it. One
 * that is set much further ahead was set by a clock that stood there.
 */
export const takeDueCalendars = async (
  { db, clock }: Store,
  limit: number,
  nextMs: number,
): Promise<string[]> => {
  const now = clock();
  const isDue = (of: ExpressionBuilder<Tables, 'calendar'>) =>
    of.or([of('next_at', '<=', now), of('next_at', '>', now + 2 * nextMs)]);
  const due = await db
    .selectFrom('calendar')
    .select('person_id')
    .where(isDue)
    .orderBy('next_at')
    .limit(limit)
    .execute();
  const taken: string[] = [];
  for (const { person_id: personId } of due) {
    const { numUpdatedRows } = await db
      .updateTable('calendar')
      .set({ next_at: now + nextMs })
      .where('person_id', '=', personId)
      .where(isDue)
      .executeTakeFirst();
    if (numUpdatedRows === 1n) taken.push(personId);
  }
  return taken;
};

export const sealedCalendar = async (
  { db }: Store,
  personId: string,
): Promise<(Sealed & Pick<Calendar, 'zone'> & { addedAt: number }) | undefined> =>
  db
    .selectFrom('sealed_secret as s')
    .innerJoin('person as p', (on) => on.on('p.id', '=', personId))
    .innerJoin('calendar as k', 'k.person_id', 'p.id')
    .select(['s.key_id as keyId', 's.sealed', 'k.zone', 'k.added_at as addedAt'])
    .where('s.owner_id', '=', secretOf(personId))
    .where('s.kind', '=', 'calendar')
    .where('p.deactivated_at', 'is', null)
    .executeTakeFirst();

/** It could not be read; `tell`: often enough that its person should know. */
export const markBroken = async (
  { db }: Store,
  personId: string,
  tell: (failures: number) => Problem | null,
) => {
  const row = await db
    .selectFrom('calendar')
    .select('failures')
    .where('person_id', '=', personId)
    .executeTakeFirst();
  if (row === undefined) return;
  const failures = row.failures + 1;
  await db
    .updateTable('calendar')
    .set({ failures, problem: tell(failures) })
    .where('person_id', '=', personId)
    .execute();
};

export interface BrokenCalendar {
  personId: string;
  slackId: string | null;
  problem: Problem;
  addedAt: number;
  readAt: number | null;
}

/** Calendars that cannot be read, whose person was not told yet. */
export const brokenCalendars = async ({ db }: Store, limit: number): Promise<BrokenCalendar[]> =>
  (
    await db
      .selectFrom('calendar as k')
      .innerJoin('person as p', 'p.id', 'k.person_id')
      .select(['k.person_id as personId', 'p.slack_user_id as slackId', 'k.problem'])
      .select(['k.added_at as addedAt', 'k.read_at as readAt'])
      .where('k.problem', 'is not', null)
      .where('k.told_at', 'is', null)
      .limit(limit)
      .execute()
  ).map((row) => ({ ...row, problem: row.problem as Problem }));

export const markTold = async ({ db, clock }: Store, personId: string) => {
  await db
    .updateTable('calendar')
    .set({ told_at: clock() })
    .where('person_id', '=', personId)
    .execute();
};
