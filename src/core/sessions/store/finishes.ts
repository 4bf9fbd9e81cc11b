import type { Store } from '#database/store.ts';
import { lockLogins, lockPolicies } from '#database/locks.ts';
import type { AbsenceFacts, KnownValue } from '#core/policies/verdict.ts';
import type { Reason, EndedStatus } from '#shared/outcome.ts';
import { normalizeNumber } from '#shared/policy-number.ts';
import { sql } from 'kysely';
import type { SyncDetail } from '#core/policies/sync-detail.ts';
import { beginPause } from './pauses.ts';
import type { Database } from '#database/connection.ts';
import { indexedBy, isOpen, isQueued } from '#database/dialect.ts';
import { nextLogin, passOn } from './homeless.ts';
import { nextId } from '#database/ids.ts';
import { policiesNear } from '#core/policies/store/policies.ts';
import { noteStatusWord } from '#core/policies/store/status-words.ts';
import { keepValues } from '#core/policies/store/values.ts';
import { touchRequestsOf } from '#database/touch.ts';
import { overtakeUnconfirmed, setAside } from '#core/policies/store/unconfirmed-values.ts';
import { cancelElsewhere } from '#core/policies/store/elsewhere.ts';
import { freeProbes, putBackIn, type ClaimedSync } from './claims.ts';
import { holdsLease, restUntil } from '#core/logins/store/lease.ts';
import { loseLink, useLink } from '#core/logins/store/link.ts';
import { waitForLink } from '#core/logins/store/source-ends.ts';
import type { UnconfirmedReading } from '#core/policies/unconfirmed-values.ts';
import type { Lease } from '#core/logins/standing.ts';

export interface SyncEnd {
  status: EndedStatus;
  reason: Reason;
  detail: SyncDetail;
  /** Values read, to be kept as history and as the newest. */
  values: readonly KnownValue[];
  /** What was read and is not believed: kept apart until a person decides. */
  held?: UnconfirmedReading;
}

export interface RetryLater {
  reason: Reason;
  notBefore: number;
  whole: 'sync' | 'source' | 'carrier';
  detail: SyncDetail;
  /** False where the carrier was not tried. */
  counted?: boolean;
}

/** Another login did it: what waits in the background for the same policy is not read a second time. */
const DONE: SyncDetail = { cancelledBy: 'done-elsewhere' };
const supersede = async (trx: Database, now: number, sync: { id: string; policyId: string }) => {
  await sql`update sync ${indexedBy('sync_open_pair')}
    set status = 'cancelled', reason = 'cancelled', detail = ${JSON.stringify(DONE)},
      finished_at = ${now}
    where policy_id = ${sync.policyId} and ${isOpen()}
      and status = 'queued' and priority = 100 and id <> ${sync.id}`.execute(trx);
};

/** Whoever waits at the same login moves up by one, and their cards say so. */
const waitingAt = async (trx: Database, sourceId: string): Promise<string[]> => {
  const waiting = await trx
    .selectFrom('sync')
    .select('id')
    .where('source_id', '=', sourceId)
    .where(isQueued())
    .where('priority', '=', 1)
    .limit(50)
    .execute();
  return waiting.map(({ id }) => id);
};

/** Those that a login has found: that the CRM has a number does not say that the carrier does. */
const seenAmong = async ({ db }: Store, policyIds: readonly string[]): Promise<Set<string>> => {
  if (policyIds.length === 0) return new Set();
  const seen = await db
    .selectFrom('source_policy')
    .select('policy_id')
    .where('policy_id', 'in', policyIds)
    .where('last_success_at', 'is not', null)
    .where('last_absent_at', 'is', null)
    .execute();
  return new Set(seen.map(({ policy_id }) => policy_id));
};

export const absenceFacts = async (
  store: Store,
  sync: ClaimedSync,
  lease: Lease,
): Promise<
  Omit<AbsenceFacts, 'closeNumbers'> & { nearNumbers: readonly string[]; isAsked: boolean }
> => {
  const seen = await store.db
    .selectFrom('login_source as l')
    .leftJoin('source_policy as sp', (on) =>
      on.onRef('sp.source_id', '=', 'l.id').on('sp.policy_id', '=', sync.policy.id),
    )
    .select(['l.id', 'l.name', 'sp.last_success_at', 'sp.last_absent_at'])
    .where('l.carrier_id', '=', sync.policy.carrierId)
    .where('l.removed_at', 'is', null)
    .execute();
  const here = seen.find(({ id }) => id === lease.source.id)?.last_success_at ?? undefined;
  const asked = await store.db
    .selectFrom('request_sync')
    .select('request_id')
    .where('sync_id', '=', sync.id)
    .where('cancelled_at', 'is', null)
    .executeTakeFirst();
  const { contactId, carrierId, number } = sync.policy;
  const of = { contactId, carrierId };
  const near = await policiesNear(store, normalizeNumber(number), { kind: 'all' }, of);
  const nearSeen = await seenAmong(
    store,
    near.map(({ id }) => id),
  );
  return {
    ...(here === undefined ? {} : { lastSeenHere: here }),
    otherSources: seen
      .filter(({ id, last_absent_at }) => id !== lease.source.id && last_absent_at === null)
      .map(({ id, name, last_success_at }) => ({ id, name, sawIt: last_success_at !== null })),
    nearNumbers: near.filter(({ id }) => nearSeen.has(id)).map((policy) => policy.number),
    isAsked: asked !== undefined,
  };
};

/** Whether the policy, which the caller has, still is the contract that was claimed to be read. */
const asClaimed = async (
  trx: Database,
  { policy }: ClaimedSync,
  { source }: Lease,
): Promise<'same' | 'renumbered' | 'elsewhere'> => {
  const now = await trx
    .selectFrom('policy')
    .select(['number', 'carrier_id'])
    .where('id', '=', policy.id)
    .executeTakeFirstOrThrow();
  if (now.carrier_id !== source.carrierId) return 'elsewhere';
  const isSame = normalizeNumber(now.number) === normalizeNumber(policy.number);
  return isSame ? 'same' : 'renumbered';
};

/**
 * The requests to show it to; undefined when nothing was written. The session is not this worker's any
 * more, or what was read is another contract's. A policy that got another number meanwhile waits to be read
 * by that one; at another carrier this login has nothing to read.
 */
export const finishSync = (store: Store, sync: ClaimedSync, lease: Lease, end: SyncEnd) =>
  store.db.transaction().execute(async (trx) => {
    if (!(await holdsLease(trx, lease))) return undefined;
    await lockPolicies(trx, [sync.policy.id]);
    const now = store.clock();
    const claimed = await asClaimed(trx, sync, lease);
    if (claimed !== 'same') {
      await putBackIn(trx, now, sync, lease);
      if (claimed === 'elsewhere')
        await touchRequestsOf(trx, await cancelElsewhere(trx, now, sync.policy.id), now);
      return undefined;
    }
    const { numUpdatedRows } = await trx
      .updateTable('sync')
      .set({
        status: end.status,
        reason: end.reason,
        detail: JSON.stringify(end.detail),
        finished_at: now,
      })
      .where('id', '=', sync.id)
      .where('status', '=', 'in-progress')
      .where('fence', '=', lease.fence)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return undefined;
    const about = { policyId: sync.policy.id, syncId: sync.id };
    const others: string[] = [];
    if (end.held !== undefined)
      others.push(...(await setAside(trx, now, { ...about, reading: end.held })));
    if (end.status === 'success') {
      others.push(...(await overtakeUnconfirmed(trx, now, sync.policy.id)));
      await keepValues(
        trx,
        { nextId: () => nextId(store.clock), now },
        sync.policy.id,
        sync.id,
        end.values,
      );
      const { carrierId } = sync.policy;
      await noteStatusWord(trx, { ...about, carrierId }, end.detail);
      await supersede(trx, now, { id: sync.id, policyId: sync.policy.id });
      await trx
        .updateTable('policy')
        .set({ home_source_id: lease.source.id })
        .where('id', '=', sync.policy.id)
        .where('home_source_id', 'is', null)
        .execute();
    }
    if (end.status === 'success' || end.status === 'not-found') {
      await useLink(trx, now, lease.source.id);
      const seen =
        end.status === 'success'
          ? { last_success_at: now, last_absent_at: null }
          : { last_success_at: undefined, last_absent_at: now };
      await trx
        .insertInto('source_policy')
        .values({ source_id: lease.source.id, policy_id: sync.policy.id, ...seen })
        .onConflict((on) => on.columns(['source_id', 'policy_id']).doUpdateSet(seen))
        .execute();
    }
    // At once: two that end here and there would each hold what the other wants next.
    const touched = new Set([sync.id, ...others, ...(await waitingAt(trx, lease.source.id))]);
    return touchRequestsOf(trx, [...touched], now);
  });

/**
 * A background sync of a policy without a home goes on to the next login that may see it; the
 * requests to show it to. Undefined when none is left today, or when it is no such sync.
 */
export const askNextLogin = async (
  { db, clock }: Store,
  sync: ClaimedSync,
  lease: Lease,
): Promise<string[] | undefined> => {
  for (;;) {
    const next = await nextLogin({ db, clock }, sync, lease);
    if (next === undefined) return undefined;
    const passed = await db.transaction().execute(async (trx) => {
      await lockLogins(trx, [lease.source.id, next.sourceId]);
      if (!(await holdsLease(trx, lease))) return 'lost';
      await lockPolicies(trx, [sync.policy.id]);
      // An absence of the number before says nothing of this one, and `finishSync` reads it anew.
      if ((await asClaimed(trx, sync, lease)) !== 'same') return 'lost';
      return passOn({ db: trx, clock }, sync, lease, next);
    });
    if (passed === 'lost') return undefined;
    // Else who is next is another one now.
    if (passed !== undefined) return passed;
  }
};

/** Back to the queue until `notBefore`, with the reason why; undefined as for `finishSync`. */
export const retryLater = (
  { db, clock }: Store,
  sync: ClaimedSync,
  lease: Lease,
  later: RetryLater,
) =>
  db.transaction().execute(async (trx) => {
    if (!(await holdsLease(trx, lease))) return undefined;
    await trx
      .updateTable('sync')
      .set((of) => ({
        status: 'queued',
        reason: later.reason,
        detail: JSON.stringify(later.detail),
        tries: of('tries', '+', later.counted === false ? 0 : 1),
        not_before: later.notBefore,
        fence: null,
      }))
      .where('id', '=', sync.id)
      .where('status', '=', 'in-progress')
      .where('fence', '=', lease.fence)
      .execute();
    if (later.counted === false) await freeProbes(trx, [sync.id]);
    if (later.whole === 'source') await restUntil(trx, lease.source.id, later.notBefore);
    const waiting =
      later.whole === 'carrier'
        ? await beginPause(trx, clock(), {
            carrierId: lease.source.carrierId,
            reason: 'blocked',
            until: later.notBefore,
            seen: { failures: 1, policies: 1, detail: later.detail },
          })
        : [];
    return touchRequestsOf(trx, [...new Set([sync.id, ...waiting])], clock());
  });

/**
 * The login needs a person: it becomes unlinked, this sync and every forced one of it wait as
 * "needs link" with the reason; background rows wait silently. Undefined as for `finishSync`.
 */
export const unlink = ({ db, clock }: Store, lease: Lease, reason: Reason, detail: SyncDetail) =>
  db.transaction().execute(async (trx) => {
    if (!(await holdsLease(trx, lease))) return undefined;
    const now = clock();
    const sourceId = lease.source.id;
    await loseLink(trx, now, sourceId, reason);
    const forced = await trx
      .updateTable('sync')
      .set({
        status: 'needs-link',
        reason,
        detail: JSON.stringify(detail),
        finished_at: now,
        fence: null,
      })
      .where('source_id', '=', sourceId)
      .where(isOpen())
      .where('priority', '=', 1)
      .returning('id')
      .execute();
    await waitForLink(trx, now, sourceId);
    return touchRequestsOf(
      trx,
      forced.map(({ id }) => id),
      now,
    );
  });
