import type { Store } from '#database/store.ts';
import { fieldOf, indexedBy, isOpen, isQueued } from '#database/dialect.ts';
import { lockCarrier, lockLoginsOf } from '#database/locks.ts';
import { sql } from 'kysely';
import {
  isBroken,
  MOST_RETURNS,
  nextProbe,
  PROBE_AGAIN_MS,
  type PauseEnd,
  type PauseRule,
} from '../pause-rules.ts';
import type { SyncDetail } from '#core/policies/sync-detail.ts';
import type { Database } from '#database/connection.ts';
import { encodeTime, ulid } from 'ulid';
import { settleBackgroundLater } from '#core/logins/store/waiting.ts';
import { touchRequestsOf } from '#database/touch.ts';
import type { PauseReason, Reason } from '#shared/outcome.ts';
import type { ClaimedSync } from './claims.ts';
import type { Lease } from '#core/logins/standing.ts';
import { HOUR } from '#shared/clock.ts';

/** What waits at a carrier and a person asked for: their cards say why. */
const waitingAt = async (trx: Database, carrierId: string): Promise<string[]> =>
  (
    await trx
      .selectFrom('sync as s')
      .innerJoin('login_source as l', 'l.id', 's.source_id')
      .select('s.id')
      .where('l.carrier_id', '=', carrierId)
      .where(isQueued('s'))
      .where('s.priority', '=', 1)
      .execute()
  ).map(({ id }) => id);

/**
 * What a carrier shut out waits for hours of its own, until after `after`: those are over, or end at
 * `at`. The index of open syncs has the time, so that of the rest of the queue no row is looked up.
 */
export const freeShutOut = async (
  trx: Database,
  carrierId: string,
  { after, at, reason }: { after: number; at: number; reason: 'blocked' | 'waiting' },
): Promise<void> => {
  await sql`update sync ${indexedBy('sync_open')} set not_before = ${at}, reason = ${reason}
    where source_id in (select id from login_source where carrier_id = ${carrierId})
      and ${isQueued()} and not_before > ${after} and reason = 'blocked'`.execute(trx);
};

/** From its beginning to its end, ms: codes are waited for, and their ways changed. Ids begin with the time. */
const LONGEST_SIGN_IN = 2 * HOUR;

export interface NewPause {
  carrierId: string;
  reason: PauseReason;
  /** When one sync may try again; null: only a person ends it. */
  until: number | null;
  personId?: string;
  seen?: { failures: number; policies: number; detail?: SyncDetail };
}

/** Begins a pause, or goes on with the one there is; the syncs whose cards change. */
export const beginPause = async (
  trx: Database,
  now: number,
  { carrierId, reason, until, personId, seen }: NewPause,
) => {
  await lockCarrier(trx, carrierId);
  const open = await trx
    .selectFrom('carrier_pause')
    .select(['id', 'reason'])
    .where('carrier_id', '=', carrierId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  // What a session under way has found since does not end what a person has said.
  if (open?.reason === 'by-hand') return [];
  const rests = { paused_until: until, probe_sync_id: null, probe_until: null };
  if (open !== undefined) {
    // Shut out on the way of a probe: the pause is the same, and lasts longer.
    await trx
      .updateTable('carrier')
      .set((of) => ({ ...rests, paused_reason: of.fn.coalesce('paused_reason', of.val(reason)) }))
      .where('id', '=', carrierId)
      .execute();
    await trx
      .updateTable('carrier_pause')
      .set((of) => ({ version: of('version', '+', 1) }))
      .where('id', '=', open.id)
      .execute();
    return [];
  }
  const { note = null, picture = null, trace = null } = seen?.detail ?? {};
  await trx
    .insertInto('carrier_pause')
    .values({
      id: ulid(now),
      carrier_id: carrierId,
      reason,
      began_at: now,
      paused_by: personId ?? null,
      failures: seen?.failures ?? 0,
      policies: seen?.policies ?? 0,
      note,
      picture,
      trace,
    })
    .execute();
  await trx
    .updateTable('carrier')
    .set({ ...rests, paused_reason: reason })
    .where('id', '=', carrierId)
    .execute();
  return waitingAt(trx, carrierId);
};

/** Ends the open pause: everything waiting may run, and who asked is told; the syncs to show. */
export const endPause = async (
  trx: Database,
  now: number,
  pause: { id: string; carrier_id: string },
  end: { how: PauseEnd; personId?: string; probeId?: string },
) => {
  await trx
    .updateTable('carrier_pause')
    .set((of) => ({
      ended_at: now,
      ended_how: end.how,
      ended_by: end.personId ?? null,
      version: of('version', '+', 1),
    }))
    .where('id', '=', pause.id)
    .execute();
  await trx
    .updateTable('carrier')
    .set({ paused_reason: null, paused_until: null, probe_sync_id: null, probe_until: null })
    .where('id', '=', pause.carrier_id)
    .execute();
  await freeShutOut(trx, pause.carrier_id, { after: 0, at: 0, reason: 'waiting' });
  const waiting = await waitingAt(trx, pause.carrier_id);
  const told = end.probeId === undefined ? waiting : [...waiting, end.probeId];
  if (told.length > 0)
    await trx
      .insertInto('pause_wait')
      .columns(['request_id', 'pause_id'])
      .expression((of) =>
        of
          .selectFrom('request_sync as rs')
          .innerJoin('sync as s', 's.id', 'rs.sync_id')
          .select(['rs.request_id', of.val(pause.id).as('pause_id')])
          .distinct()
          .where('rs.sync_id', 'in', told)
          .where('rs.cancelled_at', 'is', null)
          .where('s.reason', '<>', 'waiting-for-link'),
      )
      .execute();
  return told;
};

export const openPauseOf = (db: Database, carrierId: string) =>
  db
    .selectFrom('carrier_pause')
    .select(['id', 'carrier_id', 'reason', 'probes'])
    .where('carrier_id', '=', carrierId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();

interface Failed {
  id: string;
  policy_id: string;
  detail: string | null;
  tries: number;
  finished_at: number;
}

/** Goes back to the queue, but for what nobody wants any more, or what failed so too often. */
const putBack = async (trx: Database, failed: readonly Failed[]): Promise<string[]> => {
  const ids = failed.filter(({ tries }) => tries < MOST_RETURNS).map(({ id }) => id);
  if (ids.length === 0) return [];
  const back = await trx
    .updateTable('sync')
    .set((of) => ({
      status: 'queued',
      reason: 'waiting',
      detail: null,
      finished_at: null,
      fence: null,
      not_before: 0,
      tries: of('tries', '+', 1),
    }))
    .where('id', 'in', ids)
    .where((is) =>
      is.or([
        is('run_id', 'is not', null),
        is.exists(
          is
            .selectFrom('request_sync as rs')
            .select('rs.sync_id')
            .whereRef('rs.sync_id', '=', 'sync.id')
            .where('rs.cancelled_at', 'is', null),
        ),
      ]),
    )
    // Asked for again since: that one stands.
    .where((is) =>
      is.not(
        is.exists(
          is
            .selectFrom('sync as again')
            .select('again.id')
            .whereRef('again.policy_id', '=', 'sync.policy_id')
            .whereRef('again.source_id', '=', 'sync.source_id')
            .where((of) => of.or([of('again.id', '>', of.ref('sync.id')), isOpen('again')])),
        ),
      ),
    )
    .returning(['id', 'source_id'])
    .execute();
  // The link of a login may have ended since.
  await settleBackgroundLater(
    trx,
    back.map(({ source_id }) => source_id),
  );
  return back.map(({ id }) => id);
};

/**
 * Counts the failures of the adapter's making at this carrier, sign-ins of persons and listings too; pauses it
 * when the rule says so, and puts back what failed on the way, also what failed since. `detail` is of
 * a failure that is no sync's.
 */
export const noteAdapterFailure = (
  { db, clock }: Store,
  lease: Lease,
  rule: PauseRule,
  told?: SyncDetail,
) =>
  db.transaction().execute(async (trx) => {
    const now = clock();
    const { carrierId } = lease.source;
    // What goes back to the queue is of any of them.
    await lockLoginsOf(trx, carrierId);
    await lockCarrier(trx, carrierId);
    const paused = await openPauseOf(trx, carrierId);
    const { last } = await trx
      .selectFrom('carrier_pause')
      .select(({ fn }) => fn.max<number | null>('ended_at').as('last'))
      .where('carrier_id', '=', carrierId)
      .executeTakeFirstOrThrow();
    const since = Math.max(now - rule.windowMs, last ?? 0);
    const { rows: failed } = await sql<Failed>`
        select s.id, s.policy_id, s.detail, s.tries, s.finished_at
        from sync s ${indexedBy('sync_portal_changed')}
          join login_source l on l.id = s.source_id
        where s.reason = 'portal-changed' and s.finished_at > ${since}
          and s.status = 'failed' and l.carrier_id = ${carrierId}
        order by s.finished_at, s.id`.execute(trx);
    const { rows: signIns } = await sql<{ source_id: string }>`
        select i.source_id from sign_in i join login_source l on l.id = i.source_id
        where i.id > ${encodeTime(Math.max(0, since - LONGEST_SIGN_IN))}
          and i.reason = 'portal-changed' and i.finished_at > ${since}
          and l.carrier_id = ${carrierId}`.execute(trx);
    const { rows: listings } = await sql<{ source_id: string }>`
        select b.source_id from book_reading b join login_source l on l.id = b.source_id
        where b.trouble is not null and b.read_at > ${since}
          and ${fieldOf(sql`b.trouble`, 'what')} = 'not-understood'
          and l.carrier_id = ${carrierId}`.execute(trx);
    const of = [
      ...failed.map(({ policy_id }) => policy_id),
      ...[...signIns, ...listings].map(({ source_id }) => source_id),
    ];
    const seen = { failures: of.length, policies: new Set(of).size };
    const changed: string[] = [];
    if (paused === undefined) {
      if (!isBroken({ ...seen, listings: listings.length }, rule)) return [];
      const ofSyncs = failed
        .map((each) => (each.detail === null ? {} : (JSON.parse(each.detail) as SyncDetail)))
        .findLast(({ picture, trace }) => picture !== undefined || trace !== undefined);
      const detail = told ?? ofSyncs;
      changed.push(
        ...(await beginPause(trx, now, {
          carrierId,
          reason: 'portal-changed',
          until: nextProbe(0, now),
          seen: { ...seen, ...(detail === undefined ? {} : { detail }) },
        })),
      );
    }
    changed.push(...(await putBack(trx, failed)));
    return touchRequestsOf(trx, [...new Set(changed)], now);
  });

/** A person's sign-in was understood where pages were not: one sync may try at once. */
export const probeAfterSignIn = async ({ db, clock }: Store, carrierId: string): Promise<void> => {
  await db
    .updateTable('carrier')
    .set({ paused_until: clock() })
    .where('id', '=', carrierId)
    .where('paused_reason', '=', 'portal-changed')
    .where('paused_until', '>', clock())
    .where('probe_sync_id', 'is', null)
    .execute();
};

/** Ends the pause, or says when the next probe is due. Nothing when this sync was no probe. */
export const endProbe = (
  { db, clock }: Store,
  sync: ClaimedSync,
  carrierId: string,
  came: 'understood' | Reason,
) =>
  db.transaction().execute(async (trx) => {
    await lockCarrier(trx, carrierId);
    const now = clock();
    const carrier = await trx
      .selectFrom('carrier')
      .select('paused_until')
      .where('id', '=', carrierId)
      .where('probe_sync_id', '=', sync.id)
      .executeTakeFirst();
    const pause = await openPauseOf(trx, carrierId);
    if (pause === undefined) return [];
    // Shut out again, the pause was given its longer end already, and the probe with it.
    if (carrier === undefined) return [];
    if (came === 'understood') {
      const shown = await endPause(trx, now, pause, { how: 'probe', probeId: sync.id });
      return touchRequestsOf(trx, shown, now);
    }
    const failed = came === 'portal-changed' || came === 'carrier-down' || came === 'blocked';
    const probes = pause.probes + (failed ? 1 : 0);
    await trx
      .updateTable('carrier')
      .set({
        paused_until: failed ? nextProbe(probes, now) : now + PROBE_AGAIN_MS,
        probe_sync_id: null,
        probe_until: null,
      })
      .where('id', '=', carrierId)
      .execute();
    await trx
      .updateTable('carrier_pause')
      .set((of) => ({ probes, version: of('version', '+', 1) }))
      .where('id', '=', pause.id)
      .execute();
    return [];
  });
