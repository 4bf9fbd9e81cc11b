import type { Store } from '#database/store.ts';
import { lockCarrier, lockLogins } from '#database/locks.ts';
import { sql, type RawBuilder } from 'kysely';
import { PROBE_LIFE_MS } from '../pause-rules.ts';
import type { Database } from '#database/connection.ts';
import { indexedBy, isOpen, lockedFree } from '#database/dialect.ts';
import { touchRequestsOf } from '#database/touch.ts';
import { REST, type Lane } from '#queue/sessions.ts';
import { inLane } from './lanes.ts';
import type { Deaths } from '../death-rules.ts';
import { DEATHS_ALONE, deathsIn } from './deaths.ts';
import type { PolicyBrief } from '#core/policies/policies.ts';
import type { Lease } from '#core/logins/standing.ts';
import { isNotHeld } from '#core/logins/store/hold.ts';
import { isFree, isLeased, isRested } from '#core/logins/store/lease.ts';
import { isLinked } from '#core/logins/store/link.ts';
import { briefs } from '#core/policies/store/briefs.ts';

export interface ClaimedSync {
  id: string;
  policy: PolicyBrief;
  forced: boolean;
  tries: number;
  /** Its carrier is paused, and this one tries whether it may go on. */
  probe?: boolean;
  /** The sessions right before that ended with their process at it. */
  died?: Deaths;
  /** Requests whose card shows it. */
  requests: readonly string[];
}

export type RunningStep = 'signing-in' | 'reading' | 'searching-again';

/**
 * What must hold of source `l` and carrier `c` before any of its syncs may run. At a paused carrier,
 * that a probe is due and nobody is at it.
 */
export const runnable = (now: number): RawBuilder<boolean> => sql<boolean>`
  ${isLinked} and l.removed_at is null and ${isRested(now)} and ${isNotHeld(now)}
  and (c.paused_reason is null or (
    c.paused_until <= ${now} and (c.probe_until is null or c.probe_until <= ${now})))`;

/** A person's sync of the same policy through another login goes first, and may make this one needless. */
const waitsForAnother = sql`s.priority <> 1 and exists (
  select 1 from sync o ${indexedBy('sync_open_pair')}
  where o.policy_id = s.policy_id and o.id <> s.id and ${isOpen('o')}
    and (o.status = 'in-progress' or (o.priority = 1 and o.reason <> 'waiting-for-link')))`;

/**
 * Open syncs (`s`) that may run now, with their source and carrier. What is queued is open: said
 * twice, because SQLite takes the small index of open syncs only where it reads its very words.
 */
export const claimable = (now: number): RawBuilder<unknown> => sql`
  sync s join login_source l on l.id = s.source_id join carrier c on c.id = l.carrier_id
  where ${isOpen('s')} and s.status = 'queued' and s.not_before <= ${now}
    and ${runnable(now)}
    and not (${waitsForAnother})`;

/** A probe that came to no end is another session's at once. */
export const freeProbes = async (trx: Database, syncIds: readonly string[]): Promise<void> => {
  if (syncIds.length === 0) return;
  await trx
    .updateTable('carrier')
    .set({ probe_sync_id: null, probe_until: null })
    .where('probe_sync_id', 'in', syncIds)
    .execute();
};
/** A session that never came back for its token frees the next one to give way after this long. */
const YIELD_LIFE_MS = 30_000;

/**
 * Claims the most urgent open sync that may run now (source linked, not held, `not_before`
 * passed), as in progress; the requests to show it to come along.
 */
export const claimSync = ({ db, clock }: Store, lease: Lease): Promise<ClaimedSync | undefined> =>
  db.transaction().execute(async (trx): Promise<ClaimedSync | undefined> => {
    await lockLogins(trx, [lease.source.id]);
    const now = clock();
    const { carrierId } = lease.source;
    const { paused } = await trx
      .selectFrom('carrier')
      .select('paused_reason as paused')
      .where('id', '=', carrierId)
      .executeTakeFirstOrThrow();
    if (paused !== null) await lockCarrier(trx, carrierId);
    // A probe is none of those that failed last time, where there are others.
    const order = paused === null ? sql`s.priority, s.id` : sql`s.tries, s.priority, s.id`;
    const { rows } = await sql<{
      id: string;
      policy_id: string;
      priority: number;
      tries: number;
      detail: string | null;
    }>`
        update sync set status = 'in-progress', reason = 'reading', fence = ${lease.fence},
          detail = ${DEATHS_ALONE}, started_at = ${now}
        where id = (
          select s.id from ${claimable(now)}
            and s.source_id = ${lease.source.id}
            and ${isLeased(lease, now)}
          order by ${order} limit 1 ${lockedFree('s')})
        returning id, policy_id, priority, tries, detail`.execute(trx);
    const [row] = rows;
    if (row === undefined) return undefined;
    if (paused !== null)
      await trx
        .updateTable('carrier')
        .set({ probe_sync_id: row.id, probe_until: now + PROBE_LIFE_MS })
        .where('id', '=', carrierId)
        .execute();
    const policy = await briefs(trx).where('p.id', '=', row.policy_id).executeTakeFirstOrThrow();
    const requests = await touchRequestsOf(trx, [row.id], now);
    const { id, priority, tries } = row;
    const probe = paused === null ? {} : { probe: true };
    const died = deathsIn(row.detail);
    return { id, policy, forced: priority === 1, tries, requests, ...probe, ...(died && { died }) };
  });

/** Whether claimSync would find one, asked before a browser is opened. */
export const hasClaimable = async ({ db, clock }: Store, sourceId: string): Promise<boolean> => {
  const { rows } = await sql`
      select 1 from ${claimable(clock())} and s.source_id = ${sourceId} limit 1`.execute(db);
  return rows.length > 0;
};

export const hasForced = async ({ db, clock }: Store, sourceId: string): Promise<boolean> => {
  const { rows } = await sql`
      select 1 from ${claimable(clock())} and s.source_id = ${sourceId} and s.priority = 1
      union select 1 from sign_in where source_id = ${sourceId} and state = 'waiting'
      limit 1`.execute(db);
  return rows.length > 0;
};

/** A claimed sync that was not finished goes back to the queue. */
export const putBack = ({ db, clock }: Store, sync: ClaimedSync, lease: Lease): Promise<void> =>
  db.transaction().execute((trx) => putBackIn(trx, clock(), sync, lease));

/** The same in a transaction of the caller's. */
export const putBackIn = async (
  trx: Database,
  now: number,
  sync: ClaimedSync,
  lease: Lease,
): Promise<void> => {
  await trx
    .updateTable('sync')
    .set({ status: 'queued', reason: 'waiting', fence: null })
    .where('id', '=', sync.id)
    .where('status', '=', 'in-progress')
    .where('fence', '=', lease.fence)
    .execute();
  await freeProbes(trx, [sync.id]);
  await touchRequestsOf(trx, [sync.id], now);
};

/** Records the step of a running sync; the requests to show it to. */
export const stepSync = (
  { db, clock }: Store,
  sync: ClaimedSync,
  lease: Lease,
  step: RunningStep,
) =>
  db.transaction().execute(async (trx) => {
    await trx
      .updateTable('sync')
      .set({ reason: step })
      .where('id', '=', sync.id)
      .where('status', '=', 'in-progress')
      .where('fence', '=', lease.fence)
      .execute();
    return touchRequestsOf(trx, [sync.id], clock());
  });

/**
 * A waiting force of another source that no other session has given way to yet; taking it is a
 * token, so that exactly one session gives way for each waiting force. None does for a force that
 * workers of another lane are there for. The login of that force, or undefined.
 */
export const takeYield = async (
  { db, clock }: Store,
  sourceId: string,
  lane: Lane = REST,
): Promise<string | undefined> => {
  const now = clock();
  const { rows } = await sql<{ source_id: string }>`
      insert into yield_token (source_id, yielded_source_id, created_at)
      select w.id, ${sourceId}, ${now} from (
        select s.source_id as id from ${claimable(now)}
          and s.priority = 1 and ${isFree(now)} and ${inLane(lane)}
        union
        select i.source_id as id from sign_in i join login_source l on l.id = i.source_id
          where ${inLane(lane)} and i.finished_at is null and i.state = 'waiting' and ${isFree(now, 'i.source_id')}
      ) w
      where w.id <> ${sourceId} and not exists (
        select 1 from yield_token y
        where y.source_id = w.id and y.created_at > ${now - YIELD_LIFE_MS})
      limit 1
      on conflict (source_id) do update
        set yielded_source_id = excluded.yielded_source_id, created_at = excluded.created_at
        where yield_token.created_at <= ${now - YIELD_LIFE_MS}
      returning source_id`.execute(db);
  return rows[0]?.source_id;
};
