import { expect, it } from 'vitest';
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
import { addWaitingSync, openLinkFirm } from '#test/support/link-firm.ts';
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
  const row = async <T extends 'policy' | 'request' | 'sync'>(table: T) =>
    db
      .selectFrom(table as 'policy')
      .selectAll()
      .executeTakeFirstOrThrow() as Promise<never>;
  const copies = {
    policy: await row('policy'),
    request: await row('request'),
    sync: await row('sync'),
  };
  const other = { id: 'other', external_id: 'other', number: '9', number_key: '9' };
  await db
    .insertInto('policy')
    .values(Object.assign({}, copies.policy, other))
    .execute();
  await db
    .insertInto('request')
    .values(Object.assign({}, copies.request, { id: 'a-request', policy_id: 'other' }))
    .execute();
  const waits = { id: 'z-sync', policy_id: 'other' };
  await db
    .insertInto('sync')
    .values(Object.assign({}, copies.sync, waits))
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
  for (const id of ['request', 'a-request'])
    expect(after.get(id), id).toBeGreaterThan(before.get(id) ?? 0);
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
