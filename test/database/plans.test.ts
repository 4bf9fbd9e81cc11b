import { afterAll, beforeAll, expect, it } from 'vitest';
import { slowStatements, type Database } from '#database/connection.ts';
import { tidy } from '#app/tidy.ts';
import { KEPT } from '#test/support/kept.ts';
import { openPlanned, type Planned } from '#test/support/plans.ts';
import type { Scene } from '#test/support/scene-firm.ts';
import { lookUpPolicy, suggestPolicies } from '#core/policies/look-up.ts';
import { requestSync } from '#core/requests/request.ts';
import { cancelOfEnded } from '#core/requests/store/ended-access.ts';
import { requestView } from '#core/requests/store/views.ts';
import { dailyOpen, forcedWaiting, waitOf } from '#core/sessions/store/open-syncs.ts';
import { addHomeless } from '#core/sessions/store/day-work.ts';
import { sweepSteps } from '#core/sessions/sweep.ts';
import { beginDay } from '#features/daily-sync/store.ts';
import { drawHome } from '#features/home/publish.ts';
import { freshState } from '#features/home/state.ts';
import { openRequests } from '#features/my-status/store.ts';
import { movingRequests } from '#slack/store.ts';

const NOW = Date.parse('2026-11-18T17:00:00Z');
const SCENE: Scene = {
  carrier: 'northbridge-life',
  now: new Date(NOW).toISOString(),
  policy: { number: '00123-4567', type: 'Annuity', plan: 'Variable', status: 'Active', values: [] },
  signIn: 'kept',
};
const DANA = { id: 'dana', role: 'advisor', active: true } as const;

let firm: Planned;
let db: Database;
beforeAll(async () => {
  firm = await openPlanned(SCENE, NOW);
  ({ db } = firm);
});
afterAll(() => firm[Symbol.asyncDispose]());

const store = () => ({ db, clock: () => NOW });
const none = () => Promise.resolve(true);
const deps = () => ({ store: store(), openBooks: true, mostForced: 100, wake: none, show: none });

const ask = async (): Promise<string> => {
  const outcome = await requestSync(deps(), DANA, {
    policyId: 'policy-0',
    sourceId: 'source',
    origin: { askedIn: 'C1', channel: 'C1' },
    dedupeKey: `${NOW}`,
  });
  return outcome.kind === 'requested' ? outcome.requestId : '';
};

const home = () =>
  drawHome(
    {
      store: store(),
      clock: () => NOW,
      openBooks: true,
      settings: { command: '/sync', publicUrl: undefined },
    },
    { ...DANA, name: 'Dana', role: 'manager' },
    freshState(NOW),
  );

const homeless = async () => {
  await beginDay(store(), { day: '2026-11-18', startsAt: NOW - 3_600_000, openBooks: true });
  await addHomeless(store(), SCENE.carrier, '', 100);
};

it.each([
  ['asking for a policy', ask],
  ['the card of a request', async () => requestView(store(), await ask())],
  ['how many cards still move', () => movingRequests(store())],
  ["what is open of a person's requests", () => openRequests(store(), DANA.id, 10)],
  ['a search', () => suggestPolicies(deps(), DANA, '00123')],
  ['a number that matches nothing', () => lookUpPolicy(deps(), DANA, '99999-1')],
  [
    'a sweep',
    async () => {
      const room = () => Promise.resolve(4);
      for (const step of sweepSteps({ ...deps(), roomForDaily: room })) await step.run();
    },
  ],
  ['what waits for whoever has left', () => cancelOfEnded(store(), 100)],
  ['a scrape of the metrics', async () => [await forcedWaiting(store()), await dailyOpen(store())]],
  ['how long a sync waited', () => waitOf(store(), 'sync')],
  ['the first page of Home', home],
  ['the day of policies that have no home', homeless],
  ['what is forgotten each night', () => tidy({ store: store(), clock: () => NOW }, KEPT)],
])('%s walks over no table that grows with each sync', async (_what, act) => {
  expect(await firm.walksOf(act)).toEqual([]);
});

it('a statement that took too long is told with how many there were', () => {
  const told: unknown[] = [];
  const on = slowStatements((slow) => void told.push(slow));
  on('select 1', 12);
  on('select 2', 60.4);
  on('select 3', 51);
  expect(told).toEqual([
    { text: 'select 2', ms: 60, count: 1 },
    { text: 'select 3', ms: 51, count: 2 },
  ]);
});
