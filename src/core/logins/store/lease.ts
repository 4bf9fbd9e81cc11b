import { sql, type RawBuilder } from 'kysely';
import type { Database } from '#database/connection.ts';
import { locked } from '#database/dialect.ts';
import { lockLogins } from '#database/locks.ts';
import type { Store } from '#database/store.ts';
import { MINUTE } from '#shared/clock.ts';
import type { Lease } from '../standing.ts';

/** All that writes login_lease: who may use a login now, and until when it rests. */

type Fenced = Pick<Lease, 'fence'> & { source: { id: string } };

const FREE = { expires_at: 0, holder: null, token: null, job_id: null };

/** The login is in no session's hands. */
export const isFree = (now: number, sourceId: 'l.id' | 'i.source_id' = 'l.id') =>
  sql<boolean>`(select expires_at from login_lease where source_id = ${sql.ref(sourceId)}) <= ${now}`;

/** Login `l` is in this session's hands, and the time for that is not over. */
export const isLeased = ({ fence }: Fenced, now: number): RawBuilder<boolean> => sql<boolean>`
  exists (select 1 from login_lease where source_id = l.id
    and fence = ${fence} and expires_at > ${now})`;

/** Login `l` is not resting after a failure. */
export const isRested = (now: number): RawBuilder<boolean> =>
  sql<boolean>`(select not_before from login_lease where source_id = l.id) <= ${now}`;

/** The new fence; undefined while another session has the login, or when it is removed. */
export const takeLease = async (
  trx: Database,
  now: number,
  sourceId: string,
  by: { holder: string; token: string; jobId: string; ttlMs: number },
): Promise<number | undefined> =>
  (
    await trx
      .updateTable('login_lease')
      .set((of) => ({
        fence: of('fence', '+', 1),
        holder: by.holder,
        token: by.token,
        job_id: by.jobId,
        expires_at: now + by.ttlMs,
      }))
      .where('source_id', '=', sourceId)
      .where('expires_at', '<=', now)
      .where('source_id', 'in', (of) =>
        of
          .selectFrom('login_source')
          .select('id')
          .where('id', '=', sourceId)
          .where('removed_at', 'is', null),
      )
      .returning('fence')
      .executeTakeFirst()
  )?.fence;

/** Whether this session still has the login; asked inside each writing transaction. */
export const holdsLease = async (trx: Database, { source, fence }: Fenced): Promise<boolean> => {
  await lockLogins(trx, [source.id]);
  const lease = await trx
    .selectFrom('login_lease')
    .select('fence')
    .where('source_id', '=', source.id)
    .where('fence', '=', fence)
    .executeTakeFirst();
  return lease !== undefined;
};

export const renewLease = async ({ db, clock }: Store, lease: Fenced, ttlMs: number) => {
  const { numUpdatedRows } = await db
    .updateTable('login_lease')
    .set({ expires_at: clock() + ttlMs })
    .where('source_id', '=', lease.source.id)
    .where('fence', '=', lease.fence)
    .where('expires_at', '>', 0)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
};

export const releaseLease = async ({ db }: Store, lease: Fenced): Promise<void> => {
  await db
    .updateTable('login_lease')
    .set(FREE)
    .where('source_id', '=', lease.source.id)
    .where('fence', '=', lease.fence)
    .execute();
};

/** Sessions hold a login for seconds, again and again. */
const LONGEST_LEASE = MINUTE;

/** A clock that stood ahead has given logins away, or let them rest, for longer than is ever meant. */
export const shortenLeases = async (trx: Database, now: number, rest: number): Promise<void> => {
  for (const [column, longest] of [
    ['expires_at', LONGEST_LEASE],
    ['not_before', rest],
  ] as const)
    await trx
      .updateTable('login_lease')
      .set({ [column]: now + longest })
      .where(column, '>', now + longest)
      .execute();
};

/** Until when a session has the login, epoch ms; 0 when none has, undefined of one that was removed. */
export const leaseEnd = async ({ db }: Store, sourceId: string): Promise<number | undefined> =>
  (
    await db
      .selectFrom('login_lease as k')
      .innerJoin('login_source as l', 'l.id', 'k.source_id')
      .select('k.expires_at as endsAt')
      .where('k.source_id', '=', sourceId)
      .where('l.removed_at', 'is', null)
      .executeTakeFirst()
  )?.endsAt;

/** The fence grows: the session under way writes nothing more. */
export const breakLease = async (trx: Database, sourceId: string): Promise<void> => {
  await trx
    .updateTable('login_lease')
    .set((of) => ({ ...FREE, fence: of('fence', '+', 1) }))
    .where('source_id', '=', sourceId)
    .execute();
};

export interface DeadLease {
  sourceId: string;
  jobId: string;
  token: string;
}

/** Frees what an earlier process of this name held; its jobs can then be taken back. */
export const freeLeasesOf = ({ db }: Store, holder: string): Promise<DeadLease[]> =>
  db.transaction().execute(async (trx) => {
    const rows = await trx
      .selectFrom('login_lease')
      .select(['source_id', 'job_id', 'token'])
      .where('holder', '=', holder)
      .modifyEnd(locked())
      .execute();
    await trx.updateTable('login_lease').set(FREE).where('holder', '=', holder).execute();
    return rows.map((row) => ({
      sourceId: row.source_id,
      jobId: row.job_id ?? '',
      token: row.token ?? '',
    }));
  });

/** Nothing of the login is read before then, epoch ms; 0: at once. */
export const restUntil = async (trx: Database, sourceId: string, notBefore: number) => {
  await trx
    .updateTable('login_lease')
    .set({ not_before: notBefore })
    .where('source_id', '=', sourceId)
    .execute();
};
