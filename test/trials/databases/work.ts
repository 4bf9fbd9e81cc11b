import { sql } from 'kysely';
import { endLinkWaits, reflectSource } from '#core/logins/store/source-changes.ts';
import { settleEndedLinks } from '#core/logins/store/source-ends.ts';
import { unlinkSource } from '#core/logins/store/login-sources.ts';
import { releaseLease } from '#core/logins/store/lease.ts';
import type { Lease } from '#core/logins/standing.ts';
import { cancelSyncsOf } from '#core/requests/store/cancels.ts';
import { addRequest } from '#core/requests/store/requests.ts';
import { forgetRequests, forgetSyncs } from '#core/requests/store/retention.ts';
import { runsOf } from '#core/sessions/store/background-runs.ts';
import { claimSync, putBack, type ClaimedSync } from '#core/sessions/store/claims.ts';
import { addHomeless, addToRuns, takeOver } from '#core/sessions/store/day-work.ts';
import { finishSync, retryLater, unlink } from '#core/sessions/store/finishes.ts';
import { claimLease } from '#core/sessions/store/leases.ts';
import { noteAdapterFailure } from '#core/sessions/store/pauses.ts';
import { repairLinkWaits } from '#core/sessions/store/sweeps.ts';
import { answerTry, finishAutomaticSignIn, insertAutomaticTry } from '#core/sign-in/store/tries.ts';
import { type Database } from '#database/connection.ts';
import { setNumber, setStatus } from '#features/corrections/store.ts';
import { clearHold, insertHold } from '#features/holds/store.ts';
import { insertFirm } from '#test/support/scene-firm.ts';

/** Work of every kind that the stores do, drawn at random and done on any database. */

export const NOW = Date.parse('2026-11-18T17:00:00Z');
const DAY = '2026-11-18';
const CARRIER = 'northbridge-life';
const POLICIES = Array.from({ length: 6 }, (_, nth) => `policy-${nth}`);
const SOURCES = ['source', 'other'];

export interface Side {
  db: Database;
  store: { db: Database; clock: () => number };
  requests: string[];
  leases: Map<string, Lease>;
  running: { sync: ClaimedSync; lease: Lease }[];
}

export const time = { now: NOW };

export const side = async (db: Database): Promise<Side> => {
  await insertFirm(
    db,
    {
      carrier: CARRIER,
      now: new Date(NOW).toISOString(),
      policy: { number: '00123-4567', type: 'Annuity', plan: 'V', status: 'Active', values: [] },
      beside: POLICIES.slice(1).map((_, nth) => ({ number: `00123-99${nth}7` })),
      signIn: 'kept',
    },
    NOW,
  );
  await db
    .insertInto('login_source')
    .values({ id: 'other', carrier_id: CARRIER, name: 'Other', holder_id: 'omar' })
    .execute();
  await db.insertInto('work_day').values({ day: DAY, starts_at: NOW, open_books: 1 }).execute();
  await sql`insert into webhook_target (id) values (1)`.execute(db);
  await db.updateTable('deletion').set({ made: 0, wiped: 0 }).execute();
  await db
    .updateTable('policy')
    .set({ home_source_id: 'other' })
    .where('id', 'in', ['policy-2', 'policy-3'])
    .execute();
  const store = { db, clock: () => time.now };
  return { db, store, requests: [], leases: new Map(), running: [] };
};

/** Of an id the moment it was made: what follows is random. */
export const plain = (value: unknown): string =>
  JSON.stringify(value ?? null).replace(/([0-9A-HJKMNP-TV-Z]{10})[0-9A-HJKMNP-TV-Z]{16}/g, '$1');

export type Random = (below: number) => number;

/** Draws what is to be done, once for both. */
export const drawn = (random: Random): ((on: Side) => Promise<unknown>) => {
  const one = <T>(of: readonly T[]): T => of[random(of.length)] as T;
  const [source, policy, personId] = [one(SOURCES), one(POLICIES), one(['dana', 'omar'])];
  const [nth, dice, amount] = [random(1000), random(4), random(90_000) + 10_000];
  const at = time.now;
  const last = (on: Side) => on.running.at(-1);
  const act = random(22);
  switch (act) {
    case 0:
    case 1:
    case 2:
      return async (on) => {
        const items = [...new Set([policy, POLICIES[nth % POLICIES.length] ?? policy])];
        const added = await addRequest(on.store, {
          personId,
          origin: { askedIn: `C${dice}`, channel: `C${dice}` },
          dedupeKey: `${at}`,
          items: items.map((policyId) => ({ policyId, sourceId: source })),
          mostForced: 8,
        });
        if ('requestId' in added) on.requests.push(added.requestId);
        return added;
      };
    case 3:
      return async (on) => {
        const id = on.requests[nth % Math.max(1, on.requests.length)];
        return id === undefined ? undefined : cancelSyncsOf(on.store, id, personId);
      };
    case 4:
    case 5:
      return async (on) => {
        const by = { holder: 'w', token: 't', jobId: 'j', ttlMs: 500 };
        const lease = await claimLease(on.store, source, by);
        if (lease !== undefined) on.leases.set(source, lease);
        return lease;
      };
    case 6:
    case 7:
    case 8:
      return async (on) => {
        const lease = on.leases.get(source);
        const sync = lease && (await claimSync(on.store, lease));
        if (lease !== undefined && sync !== undefined) on.running.push({ sync, lease });
        return sync && { ...sync, requests: sync.requests.length };
      };
    case 9:
    case 10:
    case 11:
      return async (on) => {
        const it = last(on);
        if (it === undefined) return undefined;
        on.running.pop();
        const value = { amount: { minor: amount, currency: 'USD' }, asOf: `2026-11-1${dice}` };
        return finishSync(on.store, it.sync, it.lease, {
          status: (['success', 'success', 'not-found', 'failed'] as const)[dice] ?? 'failed',
          reason: (['changed', 'status-drift', 'gone', 'portal-changed'] as const)[dice] ?? 'gone',
          detail: {},
          values: dice < 2 ? [{ name: 'Account Value', ...value }] : [],
        });
      };
    case 12:
      return async (on) => {
        const it = on.running.pop();
        if (it === undefined) return undefined;
        if (dice === 0) return putBack(on.store, it.sync, it.lease);
        if (dice === 1) return unlink(on.store, it.lease, 'bad-credentials', {});
        const whole = dice === 2 ? 'sync' : 'source';
        const later = { reason: 'carrier-down', notBefore: at + 300, whole, detail: {} } as const;
        return retryLater(on.store, it.sync, it.lease, later);
      };
    case 13:
      return async (on) => {
        const lease = on.leases.get(source);
        if (lease !== undefined && dice === 0) await releaseLease(on.store, lease);
        return (
          lease && noteAdapterFailure(on.store, lease, { failures: 9, policies: 3, windowMs: 900 })
        );
      };
    case 14:
    case 15:
      return async (on) => {
        const lease = on.leases.get(source);
        if (lease === undefined) return undefined;
        const end = { linkEndsAt: at + 90_000, needsNoCode: 'no', passwordEnds: null } as const;
        const made = await finishAutomaticSignIn(
          on.store,
          source,
          lease.fence,
          { tried: `try-${at}`, outcome: dice === 3 ? 'locked' : 'signed-in' },
          dice === 3 ? { kind: 'failed', reason: 'locked' } : { kind: 'linked', ...end },
        );
        return [made, await reflectSource(on.store, source)];
      };
    case 16:
      return (on) =>
        dice < 2
          ? insertHold(on.store, source, at + 100, personId)
          : clearHold(on.store, source, personId);
    case 17:
      return async (on) => {
        const { status: from, number } = await on.db
          .selectFrom('policy')
          .select(['status', 'number'])
          .where('id', '=', policy)
          .executeTakeFirstOrThrow();
        const to = from === 'Active' ? 'Surrendered' : 'Active';
        return dice === 0
          ? setStatus(on.store, { policyId: policy, personId, from, to })
          : setNumber(on.store, {
              policyId: policy,
              personId,
              from: number,
              to: `7${amount % 7}-A`,
            });
      };
    case 18:
      return async (on) => {
        await runsOf(on.store, SOURCES, DAY);
        const moved = await takeOver(on.store, SOURCES, DAY, 10);
        const sources = SOURCES.toSorted();
        const added = await addToRuns(on.store, sources, DAY, { home: '', id: '' }, 10);
        return [moved, added, await addHomeless(on.store, CARRIER, '', 10)];
      };
    case 19:
      return async (on) => {
        const lease = on.leases.get(source);
        const may = () => dice > 0;
        const made =
          lease && (await insertAutomaticTry(on.store, `try-${at}`, source, lease.fence, may));
        if (made === true)
          await answerTry(on.store, { id: `try-${at}`, sourceId: source }, 'signed-in');
        return made;
      };
    case 20:
      return async (on) => {
        if (dice === 0) return unlinkSource(on.store, source, personId);
        const step = { before: at - 900, after: '', limit: 50 };
        const [requests, syncs] = [
          await forgetRequests(on.store, step),
          await forgetSyncs(on.store, step),
        ];
        return plain([requests, syncs]);
      };
    default:
      return async (on) => [
        await settleEndedLinks(on.store, 3),
        await endLinkWaits(on.store, 9),
        await repairLinkWaits(on.store),
      ];
  }
};
