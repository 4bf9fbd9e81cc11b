import { afterEach, beforeEach, expect, it } from 'vitest';
import { addRequest, insertSyncs } from '#core/requests/store/requests.ts';
import { runsOf } from '#core/sessions/store/background-runs.ts';
import { claimSync } from '#core/sessions/store/claims.ts';
import { askNextLogin } from '#core/sessions/store/finishes.ts';
import { claimLease } from '#core/sessions/store/leases.ts';
import { noteAdapterFailure } from '#core/sessions/store/pauses.ts';
import type { Database } from '#database/connection.ts';
import { atOnce } from '#test/support/at-once.ts';
import { openTestDatabase } from '#test/support/database.ts';
import { insertPlainFirm } from '#test/support/scene-firm.ts';

/** Of a policy at a login one sync is open, whatever comes back to the queue while somebody asks for it. */

const NOW = Date.parse('2026-11-18T17:00:00Z');
const DAY = '2026-11-18';

let db: Database;
let store: { db: Database; clock: () => number };
beforeEach(async () => {
  db = await openTestDatabase();
  store = { db, clock: () => NOW };
  await insertPlainFirm(db, NOW);
  await db
    .insertInto('login_source')
    .values({ id: 'other', carrier_id: 'northbridge-life', name: 'Other', holder_id: 'dana' })
    .execute();
  await db.updateTable('login_link').set({ linked: 1 }).execute();
});
afterEach(() => db.destroy());

const ask = () =>
  addRequest(store, {
    personId: 'omar',
    origin: { askedIn: 'C1', channel: 'C1' },
    dedupeKey: 'once',
    items: [{ policyId: 'policy-0', sourceId: 'other' }],
    mostForced: 9,
  });

const lease = async () => {
  const by = { holder: 'one', token: 'one', jobId: 'one', ttlMs: 60_000 };
  const claimed = await claimLease(store, 'source', by);
  if (claimed === undefined) throw new Error('Somebody has the login.');
  return claimed;
};

const syncs = () =>
  db.selectFrom('sync').select(['source_id', 'status', 'priority']).orderBy('id').execute();

it('what goes back to the queue as a carrier pauses is shared by who asks for it then', async () => {
  const held = await lease();
  const runs = await runsOf(store, ['other'], DAY);
  const failed = { policyId: 'policy-0', sourceId: 'other', runId: runs.get('other') ?? '' };
  await insertSyncs(store, [failed], { priority: 100, linked: true });
  await db
    .updateTable('sync')
    .set({ status: 'failed', reason: 'portal-changed', finished_at: NOW - 1 })
    .execute();
  const rule = { failures: 1, policies: 1, windowMs: 60_000 };
  const results = await atOnce(db, 'sync', () => noteAdapterFailure(store, held, rule), ask);
  expect(results).toMatchObject([{ value: [] }, { value: { already: false } }]);
  expect(await syncs()).toEqual([{ source_id: 'other', status: 'queued', priority: 1 }]);
});

/** A background sync that looks for the home of its policy, and does not find it at `source`. */
const searching = async () => {
  await db
    .insertInto('work_day')
    .values({ day: DAY, starts_at: NOW - 1, open_books: 1 })
    .execute();
  const runs = await runsOf(store, ['source'], DAY);
  const search = { policyId: 'policy-0', sourceId: 'source', runId: runs.get('source') ?? '' };
  await insertSyncs(store, [search], { priority: 100, linked: true });
  const held = await lease();
  const sync = await claimSync(store, held);
  if (sync === undefined) throw new Error('There is no sync.');
  return () => askNextLogin(store, sync, held);
};

it('a search that goes on to the next login is shared by who asks for the policy there', async () => {
  const results = await atOnce(db, 'sync', await searching(), ask);
  expect(results).toMatchObject([{ value: [] }, { value: { already: false } }]);
  expect(await syncs()).toEqual([{ source_id: 'other', status: 'queued', priority: 1 }]);
});

it('a search does not go on to a login where somebody asks for the policy meanwhile', async () => {
  const results = await atOnce(db, 'sync', ask, await searching());
  expect(results).toMatchObject([{ value: { already: false } }, { value: undefined }]);
  expect(await syncs()).toEqual([
    { source_id: 'source', status: 'in-progress', priority: 100 },
    { source_id: 'other', status: 'queued', priority: 1 },
  ]);
});
