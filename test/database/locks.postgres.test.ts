import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seeAccounts } from '#core/logins/store/access.ts';
import { unlinkSource } from '#core/logins/store/login-sources.ts';
import { addRequest, insertSyncs, type RequestItem } from '#core/requests/store/requests.ts';
import { claimSync, takeYield } from '#core/sessions/store/claims.ts';
import { finishSync, type SyncEnd } from '#core/sessions/store/finishes.ts';
import { claimLease } from '#core/sessions/store/leases.ts';
import { noteAdapterFailure } from '#core/sessions/store/pauses.ts';
import { keepState } from '#core/sign-in/store/kept-state.ts';
import { recordSignInEnd } from '#core/sign-in/store/runs.ts';
import { insertAutomaticTry } from '#core/sign-in/store/tries.ts';
import type { Database } from '#database/connection.ts';
import { createOpener, createSealer, generateKey } from '#database/sealing.ts';
import { setStatus } from '#features/corrections/store.ts';
import { recordRejected } from '#features/unconfirmed-values/store.ts';
import { Secret } from '#shared/secret.ts';
import { atOnce, someWait } from '#test/support/at-once.ts';
import { openTestDatabase } from '#test/support/database.ts';
import { insertPlainFirm } from '#test/support/scene-firm.ts';

/** What SQLite's one writer gives by itself, on Postgres by a lock that each check names. */

const NOW = Date.parse('2026-11-18T17:00:00Z');

let db: Database;
let store: { db: Database; clock: () => number };
beforeEach(async () => {
  db = await openTestDatabase();
  store = { db, clock: () => NOW };
  await insertPlainFirm(db, NOW, { beside: [{ number: '2' }] });
  const { carrier_id } = await db
    .selectFrom('login_source')
    .select('carrier_id')
    .executeTakeFirstOrThrow();
  await db
    .insertInto('login_source')
    .values({ id: 'other', carrier_id, name: 'Other', holder_id: 'dana' })
    .execute();
  await db.updateTable('login_link').set({ linked: 1 }).execute();
});
afterEach(() => db.destroy());

const lease = async (sourceId = 'source') => {
  const by = { holder: 'one', token: 'one', jobId: 'one', ttlMs: 60_000 };
  const claimed = await claimLease(store, sourceId, by);
  if (claimed === undefined) throw new Error('Somebody has the login.');
  return claimed;
};

const queue = (policyId: string, priority: 1 | 100 = 1, sourceId = 'source') =>
  insertSyncs(store, [{ policyId, sourceId, runId: null }], { priority, linked: true });

const ask = (
  personId: string,
  policyId: string,
  sourceId: string,
  mostForced: number,
  beside: readonly RequestItem[] = [],
) =>
  addRequest(store, {
    personId,
    origin: { askedIn: 'C1', channel: 'C1' },
    dedupeKey: `${personId} ${policyId}`,
    items: [{ policyId, sourceId }, ...beside],
    mostForced,
  });

const FAILED: SyncEnd = { status: 'failed', reason: 'carrier-down', detail: {}, values: [] };

/** A sync that this login reads: what ends it. */
const read = async (sourceId: string) => {
  const held = await lease(sourceId);
  const sync = await claimSync(store, held);
  if (sync === undefined) throw new Error('Nothing waits at the login.');
  return (end: SyncEnd) => finishSync(store, sync, held, end);
};

/** What gives a policy a status that is not synced. */
const closing = async (policyId: string) => {
  const to = { name: 'Ended at last', indicator: 'closed' };
  await db.insertInto('product_status').values(to).execute();
  const { status: from } = await db
    .selectFrom('policy')
    .select('status')
    .where('id', '=', policyId)
    .executeTakeFirstOrThrow();
  return () => setStatus(store, { policyId, personId: 'dana', from, to: to.name });
};

const standings = () =>
  db.selectFrom('sync').select(['source_id', 'status', 'priority']).orderBy('id').execute();

const valueOf = <T>(result: PromiseSettledResult<T>): T => {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
};

const anotherPerson = async (): Promise<string> => {
  await db
    .insertInto('person')
    .values({ id: 'noor', slack_user_id: 'UNOOR', name: 'Noor Haddad', role: 'advisor' })
    .execute();
  return 'noor';
};

describe('a password', () => {
  it('leaves once, though two sessions look for its tries in the same moment', async () => {
    const { fence } = await lease();
    const submit = (id: string) => () =>
      insertAutomaticTry(store, id, 'source', fence, (tries) => tries.length === 0);
    const [one, other] = await atOnce(db, 'sign_in_try', submit('t1'), submit('t2'));
    expect([valueOf(one), valueOf(other)]).toEqual([true, false]);
    expect(await db.selectFrom('sign_in_try').select('id').execute()).toHaveLength(1);
  });

  it('is kept by nobody who has left while their sign-in came to its end', async () => {
    const personId = await anotherPerson();
    const signIn = { id: 'i', source_id: 'source', link_id: 'l', person_id: personId };
    await db
      .insertInto('sign_in')
      .values({ ...signIn, state: 'signing-in', store_password: 1, fence: 1, created_at: NOW })
      .execute();
    await db.deleteFrom('login_consent').execute();
    const end = {
      kind: 'linked',
      linkEndsAt: NOW + 1,
      needsNoCode: 'no',
      passwordEnds: null,
    } as const;
    await atOnce(
      db,
      'login_consent',
      () => recordSignInEnd(store, 'i', 1, end),
      () => seeAccounts(store, [{ slackId: 'UNOOR', standing: 'deactivated' }], 'event'),
    );
    expect(await db.selectFrom('login_consent').select('person_id').execute()).toEqual([]);
  });
});

describe('a login', () => {
  it('keeps nothing of a session whose login is unlinked in the same moment', async () => {
    const held = await lease();
    const keys = [await generateKey()];
    const keeper = { store, sealer: createSealer(keys), opener: createOpener(keys) };
    await atOnce(
      db,
      'sealed_secret',
      () => unlinkSource(store, 'source', 'dana'),
      () => keepState(keeper, held, new Secret('cookies')),
    );
    expect(await db.selectFrom('sealed_secret').select('kind').execute()).toEqual([]);
  });

  it('is one session’s, whoever claims it in the same moment', async () => {
    const claim = (holder: string) => () =>
      claimLease(store, 'source', { holder, token: holder, jobId: holder, ttlMs: 60_000 });
    await queue('policy-0');
    await db.updateTable('sync').set({ status: 'in-progress' }).execute();
    const [one, other] = await atOnce(db, 'sync', claim('one'), claim('other'));
    expect([valueOf(one)?.fence, valueOf(other)?.fence]).toEqual([expect.any(Number), undefined]);
  });

  it('gives its turn away once for a force that waits', async () => {
    await queue('policy-0');
    const first = await db.startTransaction().execute();
    expect(await takeYield({ ...store, db: first }, 'other')).toBe('source');
    const second = takeYield(store, 'third');
    await someWait(db, 1);
    await first.commit().execute();
    expect(await second).toBeUndefined();
  });
});

describe('a sync', () => {
  it('is claimed once', async () => {
    const held = await lease();
    const { requestId } = (await ask('dana', 'policy-0', 'source', 9)) as { requestId: string };
    expect(requestId).toBeDefined();
    const claim = () => claimSync(store, held);
    const [one, other] = await atOnce(db, 'request', claim, claim);
    expect([valueOf(one)?.policy.id, valueOf(other)?.policy.id]).toEqual(['policy-0', undefined]);
  });

  it('is not begun once it is cancelled in the same moment', async () => {
    const held = await lease();
    await ask('dana', 'policy-0', 'source', 9);
    const close = await closing('policy-0');
    const [, claimed] = await atOnce(db, 'request', close, () => claimSync(store, held));
    expect(valueOf(claimed)).toBeUndefined();
    const syncs = await db.selectFrom('sync').select('status').execute();
    expect(syncs).toEqual([{ status: 'cancelled' }]);
  });

  it('is one for two people who ask for the same policy in the same moment', async () => {
    const noor = await anotherPerson();
    const [one, other] = await atOnce(
      db,
      'sync',
      () => ask('dana', 'policy-0', 'source', 9),
      () => ask(noor, 'policy-0', 'source', 9),
    );
    expect([valueOf(one), valueOf(other)]).toMatchObject([{ already: false }, { already: false }]);
    expect(await db.selectFrom('sync').select('id').execute()).toHaveLength(1);
    expect(await db.selectFrom('request_sync').select('sync_id').execute()).toHaveLength(2);
  });

  it('is a new one for whoever asks while a change of the policy cancels the one that waits', async () => {
    await queue('policy-0', 100);
    const [, asked] = await atOnce(db, 'audit', await closing('policy-0'), () =>
      ask('dana', 'policy-0', 'source', 9),
    );
    expect(valueOf(asked)).toMatchObject({ already: false, askedBefore: undefined });
    expect(await standings()).toEqual([
      { source_id: 'source', status: 'cancelled', priority: 100 },
      { source_id: 'source', status: 'queued', priority: 1 },
    ]);
  });

  it('is a new one for whoever asks while the success of another login cancels the one that waits', async () => {
    await queue('policy-0', 100);
    const end = await read('source');
    await queue('policy-0', 100, 'other');
    // The success is held at its last writes, and has cancelled what waits by then.
    const [, asked] = await atOnce(
      db,
      'source_policy',
      () => end({ ...FAILED, status: 'success', reason: 'unchanged' }),
      () => ask('dana', 'policy-0', 'other', 9),
    );
    expect(valueOf(asked)).toMatchObject({ already: false, askedBefore: undefined });
    expect(await standings()).toEqual([
      { source_id: 'source', status: 'success', priority: 100 },
      { source_id: 'other', status: 'cancelled', priority: 100 },
      { source_id: 'other', status: 'queued', priority: 1 },
    ]);
  });

  it('is not one more than a person may have, by two requests in the same moment', async () => {
    const [one, other] = await atOnce(
      db,
      'request',
      () => ask('dana', 'policy-0', 'source', 1),
      () => ask('dana', 'policy-1', 'other', 1),
    );
    expect(valueOf(one)).toMatchObject({ already: false });
    expect(valueOf(other)).toEqual({ kind: 'limit-reached', waiting: 1, most: 1 });
  });
});

it('a request ends, though two carriers’ logins end its last syncs in the same moment', async () => {
  await db.insertInto('carrier').values({ id: 'harbor-trust', name: 'Harbor Trust' }).execute();
  const there = { carrier_id: 'harbor-trust' };
  await db.updateTable('login_source').set(there).where('id', '=', 'other').execute();
  await db.updateTable('policy').set(there).where('id', '=', 'policy-1').execute();
  await ask('dana', 'policy-0', 'source', 9, [{ policyId: 'policy-1', sourceId: 'other' }]);
  const [one, other] = [await read('source'), await read('other')];
  const ends = await atOnce(
    db,
    'support_case',
    () => one(FAILED),
    () => other(FAILED),
  );
  ends.forEach(valueOf);
  const requests = await db.selectFrom('request').select('ended_at').execute();
  expect(requests).toEqual([{ ended_at: NOW }]);
});

it('a doubtful reading is set aside anew where the one before is rejected in the same moment', async () => {
  const reading = (minor: number): SyncEnd => ({
    ...FAILED,
    reason: 'implausible',
    held: {
      carrierStatus: 'Active',
      values: [{ name: 'Account Value', amount: { minor, currency: 'USD' } }],
      missing: [],
      doubts: [],
    },
  });
  await queue('policy-0');
  await (
    await read('source')
  )(reading(100));
  await queue('policy-0', 1, 'other');
  const end = await read('other');
  const held = await db
    .selectFrom('held_value')
    .select(['id', 'version'])
    .executeTakeFirstOrThrow();
  const results = await atOnce(
    db,
    'audit',
    () => recordRejected(store, { ...held, personId: 'dana' }),
    () => end(reading(999)),
  );
  results.forEach(valueOf);
  const rows = await db
    .selectFrom('held_value')
    .select(['reading', 'settled'])
    .orderBy('reading')
    .execute();
  expect(rows).toEqual([
    { reading: expect.stringContaining('"minor":100') as string, settled: 'rejected' },
    { reading: expect.stringContaining('"minor":999') as string, settled: null },
  ]);
});

it('a carrier is paused once, whoever sees that its pages changed in the same moment', async () => {
  const held = await lease();
  const ids = [...(await queue('policy-0')), ...(await queue('policy-1'))];
  await db
    .updateTable('sync')
    .set({ status: 'failed', reason: 'portal-changed', finished_at: NOW - 1 })
    .where('id', 'in', ids)
    .execute();
  const rule = { failures: 1, policies: 1, windowMs: 60_000 };
  const note = () => noteAdapterFailure(store, held, rule);
  const results = await atOnce(db, 'carrier_pause', note, note);
  results.forEach(valueOf);
  expect(await db.selectFrom('carrier_pause').select('id').execute()).toHaveLength(1);
});
