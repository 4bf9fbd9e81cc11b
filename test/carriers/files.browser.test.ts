import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PortalHandle } from '#simulator/portals/handle.ts';
import { SANDBOX_NUMBERS } from '#simulator/portals/sandbox.ts';
import { openHouse } from '#test/support/portals.ts';
import { sandboxSession, screensOf } from '#test/support/sandbox.ts';

/** The two portals whose values are in files: a report of the book as CSV, a statement as PDF. */
let house: Awaited<ReturnType<typeof openHouse>>;
const { fine, closed, partial, absent, badRow } = SANDBOX_NUMBERS;

beforeAll(async () => {
  house = await openHouse();
});
afterEach(async () => {
  await house.of('prairie-states').reset();
  await house.of('summit-fidelity').reset();
});
afterAll(() => house[Symbol.asyncDispose]());

const FINE = {
  kind: 'found',
  snapshot: {
    number: fine,
    status: 'In Force',
    productName: 'Sandbox Variable Annuity',
    values: [
      { name: 'Account Value', amount: { minor: 4125075, currency: 'USD' }, asOf: '2026-11-20' },
      { name: 'Surrender Value', amount: { minor: -12000, currency: 'USD' }, asOf: '2026-11-20' },
      { name: 'Death Benefit', amount: { minor: 25000000, currency: 'USD' }, asOf: '2026-11-20' },
    ],
    missing: [],
  },
};

describe.each(['prairie-states', 'summit-fidelity'])('%s', (carrierId) => {
  it('reads policies of every kind after signing in', async () => {
    await using session = await sandboxSession(house.portals, carrierId, 'sandbox');
    expect(await session.read(fine)).toEqual(FINE);
    expect(await session.read(closed)).toMatchObject({
      snapshot: { status: 'Surrendered', values: [{ amount: { minor: 0 } }] },
    });
    expect(await session.read(partial)).toMatchObject({
      snapshot: { values: [{}, {}], missing: ['Surrender Value'] },
    });
    expect(await session.read(absent)).toMatchObject({
      kind: 'absent',
      closeNumbers: expect.arrayContaining([fine]) as string[],
    });
  });

  it.each([
    ['sandbox-session-ended', fine, 'session-ended'],
    ['sandbox-signed-in-elsewhere', fine, 'session-conflict'],
    ['sandbox-changed-page', SANDBOX_NUMBERS.changedPage, 'portal-changed'],
    ['sandbox-error-page', SANDBOX_NUMBERS.errorPage, 'carrier-down'],
    ['sandbox-hanging', SANDBOX_NUMBERS.hanging, 'carrier-down'],
  ])('tells what is wrong for %s', async (user, number, reason) => {
    await using session = await sandboxSession(house.hasty, carrierId, user);
    expect(await session.read(number)).toMatchObject({ kind: 'failure', reason });
  });

  it('waits for an answer that is slow', async () => {
    await using session = await sandboxSession(house.portals, carrierId, 'sandbox-slow');
    expect((await session.read(SANDBOX_NUMBERS.slow)).kind).toBe('found');
  });
});

describe('the report of Prairie States', () => {
  let portal: PortalHandle;
  beforeAll(() => {
    portal = house.of('prairie-states');
  });
  const listed = async (number: string): Promise<number> => (await portal.reads(number)).listed;

  it('is ordered once for forty policies, and once more for all that are doubted', async () => {
    await using session = await sandboxSession(house.portals, 'prairie-states', 'sandbox');
    const before = await listed(fine);
    for (let index = 0; index < 40; index += 1)
      expect((await session.read(`SB-${1001 + index}`)).kind).toBe('found');
    expect((await listed(fine)) - before).toBe(1);
    for (const number of ['SB-7001', 'SB-7002', 'SB-7003'])
      for (let look = 0; look < 2; look += 1)
        expect(await session.read(number)).toMatchObject({ kind: 'absent' });
    expect((await listed(fine)) - before).toBe(2);
  });

  it('is the book, and serves the policies that are read after it', async () => {
    await using session = await sandboxSession(house.portals, 'prairie-states', 'sandbox');
    const before = await listed(fine);
    const screens = await screensOf(session);
    expect(screens).toMatchObject([{ kind: 'page', total: 40, unreadable: [] }]);
    expect(screens[0]?.kind === 'page' && screens[0].entries).toHaveLength(40);
    expect(await session.read(fine)).toEqual(FINE);
    expect((await listed(fine)) - before).toBe(1);
  });

  it('without policies says so', async () => {
    await using session = await sandboxSession(
      house.portals,
      'prairie-states',
      'sandbox-empty-book',
    );
    expect(await screensOf(session)).toEqual([
      { kind: 'page', entries: [], unreadable: [], total: 0 },
    ]);
    expect(await session.read(fine)).toEqual({ kind: 'absent', closeNumbers: [] });
  });

  it('gives the others when the lines of one policy cannot be read', async () => {
    await using session = await sandboxSession(house.portals, 'prairie-states', 'sandbox-bad-row');
    expect(await screensOf(session)).toMatchObject([
      { entries: [{ number: fine }, { number: closed }], unreadable: [{ row: 2 }], total: 3 },
    ]);
    expect(await session.read(badRow)).toMatchObject({ reason: 'portal-changed' });
    expect((await session.read(closed)).kind).toBe('found');
  });

  it('finds on a fresh look what an earlier report lacked', async () => {
    await using session = await sandboxSession(house.portals, 'prairie-states', 'sandbox');
    await portal.set(fine, { gone: true });
    expect((await session.read(fine)).kind).toBe('absent');
    await portal.reset();
    expect(await session.read(fine)).toEqual(FINE);
  });
});
