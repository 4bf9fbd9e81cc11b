import { cancelSyncsOf } from '#core/requests/store/cancels.ts';
import { releaseLease } from '#core/logins/store/lease.ts';
import { claimLease } from '#core/sessions/store/leases.ts';
import { claimSync } from '#core/sessions/store/claims.ts';
import { sourcesWithDaily } from '#core/sessions/store/sweeps.ts';
import { askNextLogin, finishSync } from '#core/sessions/store/finishes.ts';
import type { Store } from '#database/store.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isDueOn } from '#core/sessions/day-rules.ts';
import { instantOf } from '#shared/schedule.ts';
import { feedDaily } from '#core/sessions/sweep.ts';
import { queueFirmsDay } from '#features/daily-sync/queue-day.ts';
import { manyPolicies } from '#test/support/many-policies.ts';
import { queueLinked, queueUnlinked } from '#core/sessions/day-queue.ts';
import type { WorkDay } from '#core/sessions/store/background-runs.ts';
import {
  policiesToCome,
  sourcesWantingDay,
  unlinkedWantingDay,
} from '#core/sessions/store/days-to-come.ts';
import { dailyOpen } from '#core/sessions/store/open-syncs.ts';
import { unservedCarriers } from '#core/sessions/store/workers.ts';
import { beginDays } from '#test/support/begin-days.ts';

const ZONE = 'America/New_York';
const at = (iso: string): number => Date.parse(iso);

describe('the hour at which a day begins', () => {
  it('is that of the firm', () => {
    expect(instantOf('2026-11-20', '02:00', ZONE)).toBe(at('2026-11-20T02:00:00-05:00'));
    expect(instantOf('2026-11-20', '02:20', 'Asia/Kathmandu')).toBe(
      at('2026-11-20T02:20:00+05:45'),
    );
  });

  it('is the next moment there is, where the clock skips it', () => {
    expect(instantOf('2026-03-08', '02:00', ZONE)).toBe(at('2026-03-08T03:00:00-04:00'));
    expect(instantOf('2026-03-08', '02:30', ZONE)).toBe(at('2026-03-08T03:00:00-04:00'));
  });

  it('is the first of two, where it comes twice', () => {
    expect(instantOf('2026-11-01', '01:30', ZONE)).toBe(at('2026-11-01T01:30:00-04:00'));
    expect(instantOf('2026-11-01', '02:00', ZONE)).toBe(at('2026-11-01T02:00:00-05:00'));
  });
});

describe('the background reads a policy', () => {
  const startsAt = at('2026-11-21T02:00:00-05:00');
  const ended = (days: number) => ({ endedAt: startsAt - days * 86_400_000, changedAt: 0 });

  it('each day, whatever came of it', () => {
    expect(isDueOn('2026-11-21', startsAt, { endedAt: 0, changedAt: 0 })).toBe(true);
    for (const reason of [
      'changed',
      'unchanged',
      'partial',
      'never-seen',
      'portal-changed',
    ] as const)
      expect(isDueOn('2026-11-21', startsAt, { reason, ...ended(1) })).toBe(true);
  });

  it('whose value was stale on the next business day, not on a weekend or holiday', () => {
    const past = { reason: 'stale', ...ended(1) } as const;
    expect(isDueOn('2026-11-21', startsAt, past)).toBe(false);
    expect(isDueOn('2026-11-26', startsAt, past)).toBe(false);
    expect(isDueOn('2026-11-23', startsAt, past)).toBe(true);
  });

  it('that has gone once more, then weekly until somebody changes it', () => {
    const once = { reason: 'gone', reasonBefore: 'changed', ...ended(1) } as const;
    const twice = { reason: 'gone', reasonBefore: 'gone', ...ended(1) } as const;
    expect(isDueOn('2026-11-21', startsAt, once)).toBe(true);
    expect(isDueOn('2026-11-21', startsAt, twice)).toBe(false);
    expect(isDueOn('2026-11-21', startsAt, { ...twice, changedAt: startsAt })).toBe(true);
    expect(isDueOn('2026-11-21', startsAt, { ...twice, ...ended(7) })).toBe(true);
    // By a clock that stood years ahead.
    expect(isDueOn('2026-11-21', startsAt, { ...twice, ...ended(-1000) })).toBe(true);
  });
});

describe("a firm's day", () => {
  let firm: Awaited<ReturnType<typeof manyPolicies>>;
  let now: number;
  let store: Store;

  /** The day begins at two in the morning of New York. */
  const dayOf = (day: string): WorkDay & { openBooks: boolean } => ({
    day,
    startsAt: instantOf(day, '02:00', ZONE),
    openBooks: false,
  });
  const beginAlone = (day: string): Promise<number> => {
    now = dayOf(day).startsAt + 1000;
    return queueFirmsDay(store, dayOf(day));
  };
  /** The same, and a session of each linked login has begun. */
  const begin = async (day: string): Promise<number> =>
    (await beginAlone(day)) + (await beginDays(store));
  const queuedOf = (policyId: string) =>
    firm.db
      .selectFrom('sync')
      .selectAll()
      .where('policy_id', '=', policyId)
      .where('priority', '=', 100)
      .where('status', '=', 'queued')
      .execute();
  const setHome = (policyId: string, home: string | null) =>
    firm.db
      .updateTable('policy')
      .set({ home_source_id: home })
      .where('id', '=', policyId)
      .execute();
  const setLinked = (id: string, linked: number) =>
    firm.db
      .updateTable('login_link')
      .set({ linked, linked_at: now })
      .where('source_id', '=', id)
      .execute();
  /** A session of the login that claims its most urgent sync and reads what is given. */
  const work = async (sourceId: string) => {
    const lease = await claimLease(store, sourceId, {
      holder: 'test',
      token: 'token',
      jobId: 'job',
      ttlMs: 60_000,
    });
    if (lease === undefined) throw new Error('the login is busy');
    const sync = await claimSync(store, lease);
    return { lease, sync, [Symbol.asyncDispose]: () => releaseLease(store, lease) };
  };

  beforeEach(async () => {
    firm = await manyPolicies(400);
    now = dayOf('2026-11-19').startsAt;
    store = { db: firm.db, clock: () => now };
    // Every policy has a home of its own carrier; source-00, -05, -10 and -15 are unlinked.
    for (const carrier of ['north', 'meri'])
      await firm.db
        .updateTable('policy')
        .set({ home_source_id: carrier === 'north' ? 'source-02' : 'source-01' })
        .where('carrier_id', '=', carrier)
        .execute();
  });
  afterEach(() => firm[Symbol.asyncDispose]());

  it('queues every syncable policy once, however often it is begun', async () => {
    const { n } = await firm.db
      .selectFrom('policy')
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .where('status', '=', 'Active')
      .where('home_source_id', 'is not', null)
      .executeTakeFirstOrThrow();
    expect(await begin('2026-11-19')).toBe(n);
    expect(await begin('2026-11-19')).toBe(0);
  });

  const atHome = (home: string) =>
    firm.db
      .selectFrom('policy')
      .select('id')
      .where('status', '=', 'Active')
      .where('home_source_id', '=', home)
      .execute();
  const rowsOfToday = () =>
    firm.db.selectFrom('sync').select('reason').where('status', '=', 'queued').execute();

  it('leaves the policies of a linked login to its session, and counts and feeds them before', async () => {
    const n = (await atHome('source-01')).length + (await atHome('source-02')).length;
    expect(await beginAlone('2026-11-19')).toBe(0);
    expect(await rowsOfToday()).toEqual([]);
    expect(await policiesToCome(store, { most: 1000 })).toBe(n);
    expect(await policiesToCome(store, { most: 7 })).toBe(7);
    expect(await policiesToCome(store, { carrierId: 'north', most: 1000 })).toBe(
      (await atHome('source-02')).length,
    );
    expect(await dailyOpen(store)).toBe(n);
    expect(await sourcesWithDaily(store, 9)).toEqual(
      expect.arrayContaining(['source-01', 'source-02']),
    );
    now += 3_600_000;
    expect((await unservedCarriers(store)).map(({ id }) => id).toSorted()).toEqual([
      'meri',
      'north',
    ]);

    await queueLinked(store, 'source-02');
    expect(await dailyOpen(store)).toBe(n);
    expect(await rowsOfToday()).toHaveLength((await atHome('source-02')).length);
    expect((await sourcesWithDaily(store, 9))[0]).toBe('source-02');
    await beginDays(store);
    expect(await policiesToCome(store, { most: 1000 })).toBe(0);
    expect(await dailyOpen(store)).toBe(n);
  });

  it('counts all of a login that has more policies than others wait for', async () => {
    await using large = await manyPolicies(2400);
    await large.db
      .updateTable('policy')
      .set({ home_source_id: 'source-02' })
      .where('carrier_id', '=', 'north')
      .execute();
    const there = { db: large.db, clock: store.clock };
    now += 1000;
    await queueFirmsDay(there, dayOf('2026-11-19'));
    const { n } = await large.db
      .selectFrom('policy')
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .where('status', '=', 'Active')
      .where('carrier_id', '=', 'north')
      .executeTakeFirstOrThrow();
    expect(n).toBeGreaterThan(1000);
    expect(await policiesToCome(there, { carrierId: 'north', most: 9999 })).toBe(n);
    expect(await policiesToCome(there, { most: 1001 })).toBe(1001);
  });

  it('shows what waits at a login that lost its link before its session began', async () => {
    await beginAlone('2026-11-19');
    await setLinked('source-02', 0);
    expect(await sourcesWithDaily(store, 9)).not.toContain('source-02');
    await queueUnlinked(store);
    const rows = await rowsOfToday();
    expect(rows).toHaveLength((await atHome('source-02')).length);
    expect(new Set(rows.map(({ reason }) => reason))).toEqual(new Set(['waiting-for-link']));
    expect(await unlinkedWantingDay(store, 9)).toEqual([]);
    await setLinked('source-02', 1);
    expect(await queueLinked(store, 'source-02')).toBe(0);
  });

  it('reads in the background what nobody waits for any more since a session began the day', async () => {
    await beginAlone('2026-11-19');
    const forced = { source_id: 'source-02', status: 'queued', reason: 'waiting', priority: 1 };
    await firm.db
      .insertInto('sync')
      .values([
        { id: 'own', policy_id: 'policy-000002', created_at: now, ...forced },
        { id: 'others', policy_id: 'policy-000001', created_at: now, ...forced },
      ])
      .execute();
    await firm.db
      .insertInto('request')
      .values({
        id: 'asked',
        person_id: 'manager',
        kind: 'policy',
        asked_in: 'C1',
        channel: 'C1',
        created_at: now,
      })
      .execute();
    await firm.db
      .insertInto('request_sync')
      .values(['own', 'others'].map((sync_id) => ({ request_id: 'asked', sync_id })))
      .execute();
    await queueLinked(store, 'source-02');
    expect(await queuedOf('policy-000002')).toEqual([]);
    expect(await cancelSyncsOf(store, 'asked', 'manager')).toBe(true);
    expect(await queuedOf('policy-000002')).toMatchObject([{ id: 'own' }]);
    // Its home is another login, whose day it is part of.
    expect((await queuedOf('policy-000001')).filter(({ id }) => id === 'others')).toEqual([]);
  });

  it('reads in the background what a person cancelled before a session began the day', async () => {
    await beginAlone('2026-11-19');
    await firm.db
      .insertInto('sync')
      .values({
        id: 'forced',
        policy_id: 'policy-000002',
        source_id: 'source-02',
        priority: 1,
        status: 'cancelled',
        reason: 'cancelled',
        created_at: now,
        finished_at: now,
      })
      .execute();
    await queueLinked(store, 'source-02');
    expect(await queuedOf('policy-000002')).toHaveLength(1);
  });

  it('takes the day before along instead of doubling it, and drops what is not syncable now', async () => {
    const first = await begin('2026-11-19');
    await firm.db
      .updateTable('policy')
      .set({ status: 'Surrendered' })
      .where('id', '=', 'policy-000002')
      .execute();
    expect(await begin('2026-11-20')).toBe(0);
    const { rows, runs } = await firm.db
      .selectFrom('sync as s')
      .innerJoin('background_run as r', 'r.id', 's.run_id')
      .select(({ fn }) => [fn.countAll<number>().as('rows'), fn.min<string>('r.day').as('runs')])
      .where('s.status', '=', 'queued')
      .executeTakeFirstOrThrow();
    expect({ rows, runs }).toEqual({ rows: first - 1, runs: '2026-11-20' });
    expect(await queuedOf('policy-000002')).toEqual([]);
  });

  it('leaves out what succeeded since it began, through whatever login', async () => {
    now = dayOf('2026-11-19').startsAt + 500;
    for (const status of ['in-progress', 'success'])
      await firm.db
        .updateTable('sync')
        .set({ status, finished_at: now })
        .where('id', '=', 'sync-000002')
        .execute();
    await begin('2026-11-19');
    expect(await queuedOf('policy-000002')).toEqual([]);
    expect(await queuedOf('policy-000004')).toHaveLength(1);
  });

  it('lets what an unlinked login sees wait for its link, and adds what came in meanwhile', async () => {
    await setLinked('source-02', 0);
    const setStatus = (status: string) =>
      firm.db.updateTable('policy').set({ status }).where('id', '=', 'policy-000004').execute();
    await setStatus('Surrendered');
    await begin('2026-11-19');
    expect(await queuedOf('policy-000002')).toMatchObject([{ reason: 'waiting-for-link' }]);
    expect(await sourcesWithDaily(store, 9)).not.toContain('source-02');
    expect(await queueLinked(store, 'source-02')).toBe(0);
    await setStatus('Active');
    await setLinked('source-02', 1);
    expect(await sourcesWantingDay(store)).toEqual(['source-02']);
    expect(await queueLinked(store, 'source-02')).toBe(1);
    expect(await sourcesWantingDay(store)).toEqual([]);
    expect(await sourcesWithDaily(store, 9)).toContain('source-02');
    expect(await queueLinked(store, 'source-02')).toBe(0);
  });

  it('before the first day has begun a link queues nothing', async () => {
    await setLinked('source-02', 0);
    await setLinked('source-02', 1);
    expect(await queueLinked(store, 'source-02')).toBe(0);
    expect(await queuedOf('policy-000002')).toEqual([]);
  });

  it('asks one login after another for a policy without a home, and says Not Found once', async () => {
    // Its contact is in the book of advisor-000, who holds source-00; a manager holds source-04.
    await setHome('policy-000002', null);
    await firm.db.deleteFrom('source_policy').execute();
    await setLinked('source-00', 1);
    await firm.db
      .updateTable('login_source')
      .set({ holder_id: 'manager' })
      .where('id', '=', 'source-04')
      .execute();
    await begin('2026-11-19');
    const asked: string[] = [];
    for (;;) {
      const [row] = await queuedOf('policy-000002');
      if (row === undefined) break;
      asked.push(row.source_id);
      await firm.db.updateTable('sync').set({ priority: 50 }).where('id', '=', row.id).execute();
      await using session = await work(row.source_id);
      const { sync, lease } = session;
      expect(sync?.policy.id).toBe('policy-000002');
      if (sync === undefined) break;
      await firm.db.updateTable('sync').set({ priority: 100 }).where('id', '=', row.id).execute();
      if ((await askNextLogin(store, sync, lease)) !== undefined) continue;
      await finishSync(store, sync, lease, {
        status: 'not-found',
        reason: 'never-seen',
        detail: {},
        values: [],
      });
    }
    expect(asked).toEqual(['source-00', 'source-04']);
    const ended = await firm.db
      .selectFrom('sync')
      .select(['status', 'source_id'])
      .where('policy_id', '=', 'policy-000002')
      .where('run_id', 'is not', null)
      .execute();
    expect(ended).toEqual([{ status: 'not-found', source_id: 'source-04' }]);
    expect(await begin('2026-11-19')).toBe(0);
  });

  it('asks another login for a policy without a home when the first one lost its link', async () => {
    await setHome('policy-000002', null);
    await firm.db
      .updateTable('login_source')
      .set({ holder_id: 'manager' })
      .where('id', 'in', ['source-04', 'source-06'])
      .execute();
    await setLinked('source-06', 0);
    await begin('2026-11-19');
    expect(await queuedOf('policy-000002')).toMatchObject([{ source_id: 'source-04' }]);
    await setLinked('source-04', 0);
    await setLinked('source-06', 1);
    expect(await queueLinked(store, 'source-06')).toBe(1);
    expect(await queuedOf('policy-000002')).toMatchObject([{ source_id: 'source-06' }]);
  });

  it('does not read in the background what a person’s sync has just read through another login', async () => {
    await begin('2026-11-19');
    const [background] = await queuedOf('policy-000002');
    await firm.db
      .insertInto('sync')
      .values({
        id: 'forced',
        policy_id: 'policy-000002',
        source_id: 'source-04',
        priority: 1,
        status: 'queued',
        reason: 'waiting',
        created_at: now,
      })
      .execute();
    await using own = await work('source-02');
    expect(own.sync?.policy.id).not.toBe('policy-000002');
    await using other = await work('source-04');
    if (other.sync === undefined) throw new Error('the forced sync was not claimed');
    await finishSync(store, other.sync, other.lease, {
      status: 'success',
      reason: 'unchanged',
      detail: {},
      values: [],
    });
    const { status } = await firm.db
      .selectFrom('sync')
      .select('status')
      .where('id', '=', background?.id ?? '')
      .executeTakeFirstOrThrow();
    expect(status).toBe('cancelled');
  });

  /** A beat and the sessions after it, by a clock that stands years ahead; one policy is read. */
  const yearsAhead = async () => {
    await begin('2029-11-19');
    await using session = await work('source-02');
    if (session.sync === undefined) throw new Error('nothing was queued');
    const { sync, lease } = session;
    const read = { status: 'success', reason: 'unchanged', detail: {}, values: [] } as const;
    await finishSync(store, sync, lease, read);
    return sync.policy.id;
  };
  const openOf = (policyId: string) =>
    firm.db
      .selectFrom('sync as s')
      .innerJoin('background_run as b', 'b.id', 's.run_id')
      .select('b.day')
      .where('s.policy_id', '=', policyId)
      .where('s.status', '=', 'queued')
      .execute();
  const readAll = async (): Promise<void> => {
    await firm.db
      .updateTable('sync')
      .set({ status: 'success', reason: 'unchanged', started_at: now, finished_at: now + 1 })
      .where('status', '=', 'queued')
      .where('reason', '=', 'waiting')
      .execute();
  };

  it('is read each day when a clock that stood years ahead for a beat is right again', async () => {
    await begin('2026-11-18');
    await readAll();
    const readAhead = await yearsAhead();
    for (const day of ['2026-11-19', '2026-11-20', '2026-11-21']) {
      await begin(day);
      expect(await openOf(readAhead)).toEqual([{ day }]);
      for (const { id } of await atHome('source-01')) expect(await openOf(id)).toEqual([{ day }]);
      expect(await policiesToCome(store, { most: 1000 })).toBe(0);
      await readAll();
      expect(await beginDays(store)).toBe(0);
      expect(await openOf(readAhead)).toEqual([]);
    }
  });

  it('goes on with what a clock that stood years ahead queued, and doubles none of it', async () => {
    await begin('2026-11-19');
    await readAll();
    await setLinked('source-01', 0);
    await begin('2029-11-19');
    await setLinked('source-01', 1);
    const [one] = await atHome('source-01');
    const id = one?.id ?? '';
    expect(await openOf(id)).toEqual([{ day: '2029-11-19' }]);
    await begin('2026-11-20');
    expect(await openOf(id)).toEqual([{ day: '2026-11-20' }]);
    await readAll();
    expect(await begin('2026-11-21')).toBeGreaterThan(0);
    expect(await openOf(id)).toEqual([{ day: '2026-11-21' }]);
  });

  it('is the one that has just begun also for a worker whose clock is behind', async () => {
    await begin('2026-11-18');
    await readAll();
    await beginAlone('2026-11-19');
    now -= 60_000;
    const [one] = await atHome('source-02');
    await beginDays(store);
    expect(await openOf(one?.id ?? '')).toEqual([{ day: '2026-11-19' }]);
  });

  it('feeds the logins that wait longest first, and only those that may run', async () => {
    await begin('2026-11-19');
    const woken: string[] = [];
    await feedDaily({
      store,
      wake: async (id) => woken.push(id) > 0,
      roomForDaily: async () => 4,
    });
    expect(woken).toEqual(['source-01', 'source-02']);
    await setLinked('source-01', 0);
    expect(await sourcesWithDaily(store, 4)).toEqual(['source-02']);
  });
});
