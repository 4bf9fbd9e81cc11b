import { expect, it } from 'vitest';
import { setNumber } from '#features/corrections/store.ts';
import { createImportStore } from '#features/import/store/import.ts';
import type { SyncDetail } from '#core/policies/sync-detail.ts';
import { finishReading } from '#core/sessions/finish.ts';
import type { Notice } from '#core/sessions/notice.ts';
import { USUAL_PAUSE_RULE } from '#core/sessions/pause-rules.ts';
import { claimSync } from '#core/sessions/store/claims.ts';
import { absenceFacts } from '#core/sessions/store/finishes.ts';
import { claimLease } from '#core/sessions/store/leases.ts';
import { endLeftOpen } from '#core/sessions/store/sweeps.ts';
import type { PolicyReading } from '#portal/portal.ts';
import { normalizeNumber } from '#shared/policy-number.ts';
import {
  addWaitingSync,
  openLinkFirm,
  POLICY_FACTS,
  type LinkFirm,
} from '#test/support/link-firm.ts';
import { found } from '#test/support/scripted-portals.ts';

it('finds numbers close to one with a letter beyond A to Z, as the CRM search does', async () => {
  await using firm = await openLinkFirm();
  const numbers = ['Ñ1-23456', 'Ñ1-23987'];
  const template = await firm.db.selectFrom('policy').selectAll().executeTakeFirstOrThrow();
  await firm.db
    .insertInto('policy')
    .values(
      numbers.map((number, index) => ({
        ...template,
        id: `spanish-${index}`,
        external_id: `s${index}`,
        number,
        number_key: normalizeNumber(number),
      })),
    )
    .execute();
  const seen = { source_id: 'source', policy_id: 'spanish-1', last_success_at: 1 };
  await firm.db.insertInto('source_policy').values(seen).execute();
  const source = { id: 'source', carrierId: template.carrier_id, name: 'Dana at Northbridge' };
  const near = async (): Promise<readonly string[]> => {
    const { nearNumbers } = await absenceFacts(
      { db: firm.db, clock: firm.clock },
      {
        id: 'sync',
        policy: {
          id: 'spanish-0',
          number: 'Ñ1-23456',
          contactId: template.contact_id,
          carrierId: template.carrier_id,
        },
      } as unknown as Parameters<typeof absenceFacts>[1],
      { source, fence: 1 } as unknown as Parameters<typeof absenceFacts>[2],
    );
    return nearNumbers;
  };
  expect(await near()).toEqual(['Ñ1-23987']);
  await firm.db.updateTable('source_policy').set({ last_absent_at: 2 }).execute();
  expect(await near(), 'one that is not found itself').toEqual([]);
});

const READINGS: readonly (readonly [of: string, reading: PolicyReading, told: Partial<Notice>])[] =
  [
    [
      'a value',
      found('00123-4567', 41_281_200, '2026-11-17'),
      { kind: 'sync-ended', status: 'success' },
    ],
    [
      'an absence',
      { kind: 'absent', closeNumbers: [] },
      { kind: 'sync-ended', status: 'not-found' },
    ],
    ['a lost link', { kind: 'failure', reason: 'session-ended' }, { status: 'needs-link' }],
    [
      'a portal that is down',
      { kind: 'failure', reason: 'carrier-down' },
      { kind: 'sync-put-off' },
    ],
  ];

it.each(READINGS)(
  'tells of %s once, and not where another worker has the session by then',
  async (_of, reading, told) => {
    await using firm = await openLinkFirm();
    const { store, clock, time } = firm;
    await addWaitingSync(firm);
    await firm.db.updateTable('login_link').set({ linked: 1 }).execute();
    await firm.db.updateTable('sync').set({ reason: 'waiting' }).execute();
    const claim = async (holder: string) => {
      const by = { holder, token: holder, jobId: holder, ttlMs: 1000 };
      const lease = await claimLease(store, 'source', by);
      if (lease === undefined) throw new Error('The login is busy.');
      const sync = await claimSync(store, lease);
      if (sync === undefined) throw new Error('Nothing waits.');
      return { lease, sync };
    };
    const notices: Notice[] = [];
    const finish = ({ lease, sync }: Awaited<ReturnType<typeof claim>>) =>
      finishReading(
        {
          store,
          clock,
          portals: { carrier: firm.carrier },
          pauseRule: USUAL_PAUSE_RULE,
          notice: (of) => void notices.push(of),
        },
        lease,
        sync,
        reading,
      );
    const slow = await claim('slow');
    time.now += 2000;
    await firm.db.updateTable('sync').set({ status: 'queued', fence: null }).execute();
    const next = await claim('next');
    await finish(slow);
    expect(notices).toEqual([]);
    await finish(next);
    expect(notices).toEqual([expect.objectContaining({ ...told, syncId: 'sync' })]);
  },
);

it.each([
  ['a person asked for', 1],
  ['nobody asked for', 0],
])('a Not Found that %s keeps %i other logins for its card', async (_who, kept) => {
  await using firm = await openLinkFirm();
  const { store, clock } = firm;
  await addWaitingSync(firm);
  const login = await firm.db.selectFrom('login_source').selectAll().executeTakeFirstOrThrow();
  const other = { ...login, id: 'other', external_id: null, name: 'Omar at Northbridge' };
  await firm.db.insertInto('login_source').values(other).execute();
  await firm.db.updateTable('login_link').set({ linked: 1 }).execute();
  await firm.db.updateTable('sync').set({ reason: 'waiting' }).execute();
  if (kept === 0) await firm.db.deleteFrom('request_sync').execute();
  const by = { holder: 'worker', token: 'token', jobId: 'job', ttlMs: 1000 };
  const lease = await claimLease(store, 'source', by);
  const sync = lease && (await claimSync(store, lease));
  if (lease === undefined || sync === undefined) throw new Error('Nothing waits.');
  const deps = { store, clock, portals: { carrier: firm.carrier }, pauseRule: USUAL_PAUSE_RULE };
  await finishReading(deps, lease, sync, { kind: 'absent', closeNumbers: [] });
  const { detail } = await firm.db.selectFrom('sync').select('detail').executeTakeFirstOrThrow();
  const { otherSources = [] } = JSON.parse(detail ?? '{}') as SyncDetail;
  expect(otherSources).toHaveLength(kept);
});

it('who waits at the login of a sync that ends is shown with it, whoever asked first', async () => {
  await using firm = await openLinkFirm();
  const { db, store, clock } = firm;
  await addWaitingSync(firm);
  const policy = await db.selectFrom('policy').selectAll().executeTakeFirstOrThrow();
  const request = await db.selectFrom('request').selectAll().executeTakeFirstOrThrow();
  const first = await db.selectFrom('sync').selectAll().executeTakeFirstOrThrow();
  const other = { id: 'other', external_id: 'other', number: '9', number_key: '9' };
  await db
    .insertInto('policy')
    .values({ ...policy, ...other })
    .execute();
  await db
    .insertInto('request')
    .values({ ...request, id: 'a-request', policy_id: 'other' })
    .execute();
  const waits = { id: 'z-sync', policy_id: 'other' };
  await db
    .insertInto('sync')
    .values({ ...first, ...waits })
    .execute();
  const shown = { request_id: 'a-request', sync_id: 'z-sync' };
  await db.insertInto('request_sync').values(shown).execute();
  await db.updateTable('login_link').set({ linked: 1 }).execute();
  await db.updateTable('sync').set({ reason: 'waiting' }).execute();
  const by = { holder: 'worker', token: 'token', jobId: 'job', ttlMs: 1000 };
  const lease = await claimLease(store, 'source', by);
  const sync = lease && (await claimSync(store, lease));
  if (lease === undefined || sync === undefined) throw new Error('Nothing waits.');
  expect(sync.id).toBe('sync');
  const versions = async () => {
    const rows = await db.selectFrom('request').select(['id', 'version']).execute();
    return new Map(rows.map(({ id, version }) => [id, version]));
  };
  const before = await versions();
  const deps = { store, clock, portals: { carrier: firm.carrier }, pauseRule: USUAL_PAUSE_RULE };
  await finishReading(deps, lease, sync, found('00123-4567', 41_281_200, '2026-11-17'));
  const after = await versions();
  const moved = [...after].filter(([id, version]) => version > (before.get(id) ?? version));
  expect(moved.map(([id]) => id).toSorted()).toEqual(['a-request', 'request']);
});

it('a request that was left open by ends in the same moment ends with the next sweep', async () => {
  await using firm = await openLinkFirm();
  await addWaitingSync(firm);
  const ended = async () =>
    (await firm.db.selectFrom('request').select('ended_at').executeTakeFirstOrThrow()).ended_at;
  expect(await endLeftOpen(firm.store), 'what waits stays open').toEqual([]);
  await firm.db.updateTable('sync').set({ status: 'failed', finished_at: 1 }).execute();
  expect(await ended()).toBeNull();
  expect(await endLeftOpen(firm.store)).toEqual(['request']);
  expect(await ended()).toBe(firm.time.now);
  expect(await endLeftOpen(firm.store)).toEqual([]);
});

const OLD = '00123-4567';

const beginReading = async (firm: LinkFirm) => {
  const { store, clock } = firm;
  await addWaitingSync(firm);
  await firm.db.updateTable('login_link').set({ linked: 1 }).execute();
  await firm.db.updateTable('sync').set({ reason: 'waiting' }).execute();
  const by = { holder: 'worker', token: 'token', jobId: 'job', ttlMs: 60_000 };
  const lease = await claimLease(store, 'source', by);
  const deps = { store, clock, portals: { carrier: firm.carrier }, pauseRule: USUAL_PAUSE_RULE };
  const claim = async () => {
    const sync = lease && (await claimSync(store, lease));
    if (lease === undefined || sync === undefined) throw new Error('Nothing waits.');
    return {
      number: sync.policy.number,
      finish: (reading: PolicyReading) => finishReading(deps, lease, sync, reading),
    };
  };
  return { claim, ...(await claim()) };
};

const correctTo = ({ store }: LinkFirm, to: string) =>
  setNumber(store, { policyId: 'policy', personId: 'dana', from: OLD, to });

const importAs = async (
  { db, clock }: LinkFirm,
  changed: { number?: string; carrier?: string },
): Promise<void> => {
  const { product_name, carrier_id, product_type, plan_type, status } = POLICY_FACTS;
  const of = { policy_id: 'p1', contact_id: 'c1', product: product_name, product_type, plan_type };
  const line = { ...of, status, number: OLD, carrier: carrier_id, changed_at: null, ...changed };
  await createImportStore(db, { now: clock }).savePolicies([line]);
};

const WAYS = [
  ['a person', (firm: LinkFirm) => correctTo(firm, '00987-6543')],
  ['a file', (firm: LinkFirm) => importAs(firm, { number: '00987-6543' })],
] as const;

const syncNow = ({ db }: LinkFirm) =>
  db.selectFrom('sync').select(['status', 'reason', 'detail', 'fence']).executeTakeFirstOrThrow();

const written = async ({ db }: LinkFirm) => ({
  values: await db.selectFrom('policy_value').selectAll().execute(),
  seen: await db.selectFrom('source_policy').selectAll().execute(),
  held: await db.selectFrom('held_value').select('id').where('settled', 'is', null).execute(),
  home: (await db.selectFrom('policy').select('home_source_id').executeTakeFirstOrThrow())
    .home_source_id,
});
const NOTHING = { values: [], seen: [], held: [], home: null };

it.each(WAYS)(
  'writes nothing read under a number that %s changed meanwhile, and reads the new one',
  async (_who, change) => {
    await using firm = await openLinkFirm();
    const { claim, finish } = await beginReading(firm);
    await change(firm);
    await finish(found(OLD, 41_281_200, '2026-11-17'));
    expect(await syncNow(firm)).toMatchObject({ status: 'queued', reason: 'waiting', fence: null });
    expect(await written(firm)).toEqual(NOTHING);
    const again = await claim();
    expect(again.number).toBe('00987-6543');
    await again.finish(found(again.number, 100, '2026-11-17'));
    expect(await syncNow(firm)).toMatchObject({ status: 'success' });
  },
);

it.each(WAYS)(
  'an absence under a number that %s changed is none of the new one',
  async (_who, change) => {
    await using firm = await openLinkFirm();
    const { finish } = await beginReading(firm);
    await change(firm);
    await finish({ kind: 'absent', closeNumbers: [] });
    expect(await syncNow(firm)).toMatchObject({ status: 'queued' });
    expect(await written(firm)).toEqual(NOTHING);
  },
);

it.each(WAYS)(
  'what was set aside and seen under a number ends when %s changes it',
  async (_who, change) => {
    await using firm = await openLinkFirm();
    const { finish } = await beginReading(firm);
    await firm.db
      .insertInto('source_policy')
      .values({ source_id: 'source', policy_id: 'policy', last_success_at: 1 })
      .execute();
    await finish(found(OLD, 100, '2099-01-01'));
    expect((await written(firm)).held).toHaveLength(1);
    const version = async () =>
      (await firm.db.selectFrom('request').select('version').executeTakeFirstOrThrow()).version;
    const shown = await version();
    await change(firm);
    expect(await written(firm)).toEqual(NOTHING);
    expect(await version(), 'its card is drawn anew').toBeGreaterThan(shown);
  },
);

it.each(['before it is read', 'while it is read'])(
  'cancels what waits at the old login when a file moves the policy to another carrier %s',
  async (when) => {
    await using firm = await openLinkFirm();
    await firm.db.insertInto('carrier').values({ id: 'meridian', name: 'Meridian' }).execute();
    const isRead = when === 'while it is read';
    const session = isRead ? await beginReading(firm) : await addWaitingSync(firm);
    await importAs(firm, { carrier: 'meridian' });
    await session?.finish({ kind: 'absent', closeNumbers: [] });
    expect(await syncNow(firm)).toMatchObject({
      status: 'cancelled',
      detail: JSON.stringify({ cancelledBy: 'carrier-changed' }),
    });
    expect(await written(firm)).toEqual(NOTHING);
  },
);
