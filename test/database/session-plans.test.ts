import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Lease } from '#core/logins/standing.ts';
import { endSignIn } from '#core/logins/store/link-state.ts';
import { removeSource, sourcesOf, unlinkSource } from '#core/logins/store/login-sources.ts';
import { reflectSource } from '#core/logins/store/source-changes.ts';
import { settleEndedLinks } from '#core/logins/store/source-ends.ts';
import { requestSync } from '#core/requests/request.ts';
import { finishReading } from '#core/sessions/finish.ts';
import { USUAL_PAUSE_RULE } from '#core/sessions/pause-rules.ts';
import { claimSync, type ClaimedSync } from '#core/sessions/store/claims.ts';
import { claimLease } from '#core/sessions/store/leases.ts';
import {
  adapterMended,
  pauseCarrier,
  pausesBehind,
  pauseStanding,
  probeNow,
  resumeCarrier,
} from '#features/carrier-pauses/store/notices.ts';
import { clearHold, insertHold } from '#features/holds/store.ts';
import type { PolicyReading } from '#portal/portal.ts';
import { setLinked } from '#test/support/logins.ts';
import { openPlanned, type Planned } from '#test/support/plans.ts';
import { failure, found } from '#test/support/scripted-portals.ts';

const NOW = Date.parse('2026-11-18T17:00:00Z');
const NUMBER = '00123-4567';
const CARRIER = 'northbridge-life';
const DANA = { id: 'dana', role: 'advisor', active: true } as const;

const store = () => ({ db: firm.db, clock: () => NOW });
const wake = () => Promise.resolve(true);
const none = () => Promise.resolve();

let firm: Planned;
beforeAll(async () => {
  firm = await openPlanned(
    {
      carrier: CARRIER,
      now: new Date(NOW).toISOString(),
      policy: { number: NUMBER, type: 'Annuity', plan: 'Variable', status: 'Active', values: [] },
      signIn: 'kept',
      others: [{ name: 'Omar at Northbridge', saw: 'nothing' }],
    },
    NOW,
  );
});
afterAll(() => firm[Symbol.asyncDispose]());

let claimed: { lease: Lease; sync: ClaimedSync };
beforeEach(async () => {
  await firm.db.updateTable('login_source').set({ removed_at: null }).execute();
  await firm.db.updateTable('login_lease').set({ expires_at: 0, not_before: 0 }).execute();
  await firm.db.updateTable('carrier').set({ paused_reason: null, paused_until: null }).execute();
  await firm.db.updateTable('carrier_pause').set({ ended_at: NOW }).execute();
  await firm.db.deleteFrom('request_sync').execute();
  await firm.db.deleteFrom('policy_value').execute();
  await firm.db.deleteFrom('sync').execute();
  await setLinked(firm.db, true);
  await requestSync({ store: store(), openBooks: true, mostForced: 100, wake, show: none }, DANA, {
    policyId: 'policy-0',
    sourceId: 'source',
    origin: { askedIn: 'C1', channel: 'C1' },
    dedupeKey: randomUUID(),
  });
  const by = { holder: 'worker', token: 'token', jobId: 'job', ttlMs: 60_000 };
  const lease = await claimLease(store(), 'source', by);
  const sync = lease && (await claimSync(store(), lease));
  if (lease === undefined || sync === undefined) throw new Error('Nothing waits.');
  claimed = { lease, sync };
});

const coming = (reading: PolicyReading) => () =>
  finishReading(
    {
      store: store(),
      clock: () => NOW,
      portals: { carrier: () => undefined },
      pauseRule: USUAL_PAUSE_RULE,
    },
    claimed.lease,
    claimed.sync,
    reading,
  );

const signedIn = () =>
  endSignIn(
    firm.db,
    NOW,
    { id: 'in', sourceId: 'source', linkId: 'link', personId: 'dana', storePassword: false },
    { kind: 'linked', linkEndsAt: NOW, needsNoCode: 'no', passwordEnds: null },
  );

const pauseAndGoOn = async () => {
  await pauseCarrier(store(), CARRIER, 'dana');
  const pause = (await pausesBehind(store())).at(-1) ?? '';
  await pauseStanding(store(), CARRIER);
  await probeNow(store(), pause, 'dana');
  await adapterMended(store(), CARRIER, 'hash');
  await resumeCarrier(store(), pause, 'dana');
};

const hold = async () => {
  await insertHold(store(), 'source', NOW + 1000, 'dana');
  await clearHold(store(), 'source', 'dana');
};

it.each([
  ['a success', coming(found(NUMBER, 41_281_200, '2026-11-17'))],
  ['an absence', coming({ kind: 'absent', closeNumbers: [] })],
  ['a lost link', coming(failure('session-ended'))],
  ['a carrier that shuts us out', coming(failure('blocked'))],
  ['a page that is not understood', coming(failure('portal-changed'))],
  ['a pause of a carrier, and its end', pauseAndGoOn],
  ['a hold, and its end', hold],
  ["a person's sign-in", signedIn],
  ['a link that is there again', () => reflectSource(store(), 'source')],
  ['what one may do with logins', () => sourcesOf(store(), 'dana')],
  ['unlinking a login', () => unlinkSource(store(), 'source', 'dana')],
  ['removing a login', () => removeSource(store(), 'source', 'dana')],
  [
    'the background of a login that was unlinked',
    async () => {
      await unlinkSource(store(), 'source', 'dana');
      await settleEndedLinks(store(), 300);
    },
  ],
])('%s walks over no queue and no history of a login', async (_what, act) => {
  expect(await firm.walksOf(act)).toEqual([]);
});
