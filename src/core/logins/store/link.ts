import { sql, type RawBuilder } from 'kysely';
import type { Database } from '#database/connection.ts';
import { settleBackgroundLater } from './waiting.ts';
import { SKEW } from '#shared/clock.ts';

/** All that writes login_link: whether the portal lets us in with a login, and what is known of that. */

/** Login `l` is linked. */
export const isLinked: RawBuilder<boolean> = sql<boolean>`
  (select linked from login_link where source_id = l.id) = 1`;

/** After these the login cannot be used, whatever session it had. */
const UNLINKING = new Set(['bad-credentials', 'password-expired', 'locked']);

export const linkOf = (db: Database, sourceId: string) =>
  db
    .selectFrom('login_link')
    .selectAll()
    .where('source_id', '=', sourceId)
    .executeTakeFirstOrThrow();

/** Of these logins, those that are linked as it is asked. */
export const linkedAmong = async (
  db: Database,
  sourceIds: readonly string[],
): Promise<ReadonlySet<string>> => {
  if (sourceIds.length === 0) return new Set();
  const rows = await db
    .selectFrom('login_link')
    .select('source_id')
    .where('source_id', 'in', sourceIds)
    .where('linked', '=', 1)
    .execute();
  return new Set(rows.map(({ source_id }) => source_id));
};

/** Linked from now on; the change then queues what waited for it. */
export const linkNow = async (
  trx: Database,
  now: number,
  sourceId: string,
  { linkEndsAt, passwordEnds }: { linkEndsAt: number; passwordEnds: string | null },
): Promise<void> => {
  await trx
    .updateTable('login_link')
    .set({
      linked: 1,
      linked_at: now,
      ends_at: linkEndsAt,
      unlinked_reason: null,
      used_at: now,
      unlinked_told: 1,
      password_ends: passwordEnds,
    })
    .where('source_id', '=', sourceId)
    .execute();
};

/**
 * A sign-in failed. A link that stands goes with it only where the login itself is no good any more; its
 * holder is told of that, unless they were there to see it.
 */
export const failLink = async (
  trx: Database,
  now: number,
  sourceId: string,
  { reason, seen }: { reason: string; seen: boolean },
): Promise<void> => {
  if (UNLINKING.has(reason)) {
    await settleBackgroundLater(trx, [sourceId]);
    await loseLink(trx, now, sourceId, reason, !seen);
    return;
  }
  await trx
    .updateTable('login_link')
    .set({ unlinked_reason: reason })
    .where('source_id', '=', sourceId)
    .where('linked', '=', 0)
    .execute();
};

/** The portal lets us in no more; its holder is told once of each time, unless they know. */
export const loseLink = async (
  trx: Database,
  now: number,
  sourceId: string,
  reason: string,
  tell = true,
): Promise<void> => {
  const told = tell ? 0 : 1;
  await trx
    .updateTable('login_link')
    .set((of) => ({
      linked: 0,
      unlinked_reason: reason,
      ends_at: null,
      unlinked_at: of.case().when('linked', '=', 1).then(now).else(of.ref('unlinked_at')).end(),
      unlinked_told: of
        .case()
        .when('linked', '=', 1)
        .then(told)
        .else(of.ref('unlinked_told'))
        .end(),
    }))
    .where('source_id', '=', sourceId)
    .execute();
};

/** Somebody ended it; its holder is to be told where that is not who did it. */
export const cutLink = async (
  trx: Database,
  now: number,
  sourceId: string,
  tell: boolean,
): Promise<void> => {
  await trx
    .updateTable('login_link')
    .set({
      linked: 0,
      ends_at: null,
      unlinked_reason: null,
      unlinked_at: now,
      password_ends: null,
      unlinked_told: tell ? 0 : 1,
    })
    .where('source_id', '=', sourceId)
    .execute();
};

/** The holders of these know that they lost their link, or nobody can be told. */
export const markTold = async (db: Database, sourceIds: readonly string[]): Promise<void> => {
  if (sourceIds.length === 0) return;
  await db
    .updateTable('login_link')
    .set({ unlinked_told: 1 })
    .where('source_id', 'in', sourceIds)
    .execute();
};

/** Its signed-in session was used. */
export const useLink = async (trx: Database, now: number, sourceId: string): Promise<void> => {
  await trx
    .updateTable('login_link')
    .set({ used_at: now })
    .where('source_id', '=', sourceId)
    .execute();
};

/** The portal ended its session soon after it was used. */
export const noteEarlyEnd = async (trx: Database, now: number, sourceId: string): Promise<void> => {
  await trx
    .updateTable('login_link')
    .set({ ended_early_at: now })
    .where('source_id', '=', sourceId)
    .execute();
};

/**
 * False when a code of this step of the authenticator, or of a later one, was given before. One of a
 * step that is far ahead was given by a wrong clock, and is none of those to come.
 */
export const takeCodeStep = async (trx: Database, sourceId: string, until: number) => {
  const { numUpdatedRows } = await trx
    .updateTable('login_link')
    .set({ code_step: until })
    .where('source_id', '=', sourceId)
    .where((is) =>
      is.or([
        is('code_step', 'is', null),
        is('code_step', '<', until),
        is('code_step', '>', until + SKEW),
      ]),
    )
    .executeTakeFirst();
  return numUpdatedRows > 0n;
};

/** The day of these has begun, and the next session of each queues it; those of them that are linked. */
export const wantDay = async (
  trx: Database,
  at: number,
  sourceIds: readonly string[],
): Promise<ReadonlySet<string>> => {
  const linked = await trx
    .updateTable('login_link')
    .set({ day_wanted_at: at })
    .where('source_id', 'in', sourceIds)
    .where('linked', '=', 1)
    .returning('source_id')
    .execute();
  return new Set(linked.map(({ source_id }) => source_id));
};

/** Its day is queued, unless it was linked once more since `at`. */
export const dayQueued = async (db: Database, sourceId: string, at: number): Promise<void> => {
  await db
    .updateTable('login_link')
    .set({ day_wanted_at: null })
    .where('source_id', '=', sourceId)
    .where('day_wanted_at', '=', at)
    .execute();
};
