import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Secret } from '#shared/secret.ts';
import type { PortalSession } from '#portal/portal.ts';
import type { PortalHandle } from '#simulator/portals/handle.ts';
import { SANDBOX, SANDBOX_NUMBERS } from '#simulator/portals/sandbox.ts';
import { credentials, openHouse, quietly } from '#test/support/portals.ts';

const GRANITE = { id: 'S3', carrierId: 'granite-mutual', name: 'Ana' };
const USER = 'aruiz01';
const POLICY = 'GM-0400-117';
const CLOSED = 'GM-0400-118';
const MINUTE = 60_000;
const never = new AbortController().signal;
const ana = credentials(USER, 'ledger-88');

let house: Awaited<ReturnType<typeof openHouse>>;
let granite: PortalHandle;
beforeAll(async () => {
  const value = (name: string, amount: string) => ({ name, amount, asOf: '2026-11-20' });
  const policy = (number: string, status: string, values: ReturnType<typeof value>[]) => ({
    carrier: 'granite-mutual',
    number,
    product: 'Granite Universal Life',
    status,
    owner: 'Margaret Chen',
    values,
  });
  house = await openHouse({
    sessionMinutes: 60,
    data: {
      logins: [
        {
          carrier: 'granite-mutual',
          user: USER,
          password: 'ledger-88',
          policies: [POLICY, CLOSED],
        },
      ],
      policies: [
        policy(POLICY, 'In Force', [value('Account Value', '41250.75'), value('Loan', '-120.00')]),
        policy(CLOSED, 'Surrendered', [value('Account Value', '0')]),
      ],
    },
  });
  granite = house.of('granite-mutual');
});
afterEach(() => granite.reset());
afterAll(() => house[Symbol.asyncDispose]());

const signedIn = async (portals = house.portals, kept?: Secret): Promise<PortalSession> => {
  const session = await portals.open(GRANITE, kept, never);
  expect(await session.signIn(ana, quietly)).toEqual({ kind: 'signed-in' });
  return session;
};

it('reads from the window that the work frame opens, one policy after the other', async () => {
  await using session = await signedIn();
  expect(await session.read(POLICY)).toEqual({
    kind: 'found',
    snapshot: {
      number: POLICY,
      status: 'In Force',
      productName: 'Granite Universal Life',
      values: [
        {
          name: 'Account Value',
          amount: { minor: 4_125_075, currency: 'USD' },
          asOf: '2026-11-20',
        },
        { name: 'Loan', amount: { minor: -12_000, currency: 'USD' }, asOf: '2026-11-20' },
      ],
      missing: [],
    },
  });
  expect(await session.read(POLICY)).toMatchObject({ kind: 'found' });
});

it('finds a closed policy, which the portal hides unless it is asked for all', async () => {
  await using session = await signedIn();
  expect(await session.read(CLOSED)).toMatchObject({
    kind: 'found',
    snapshot: { number: CLOSED, status: 'Surrendered' },
  });
});

it('says absent, with the numbers that look alike', async () => {
  await using session = await signedIn();
  expect(await session.read('GM-0400-171')).toEqual({
    kind: 'absent',
    closeNumbers: [POLICY, CLOSED],
  });
});

it('is told in a frame, the address unchanged, that the login signed on elsewhere', async () => {
  await using first = await signedIn();
  await using second = await signedIn();
  expect(await first.read(POLICY)).toMatchObject({ kind: 'failure', reason: 'session-conflict' });
  expect(await second.read(POLICY)).toMatchObject({ kind: 'found' });
});

it.each([
  ['sandbox-signed-in-elsewhere', 'session-conflict'],
  ['sandbox-session-ended', 'session-ended'],
])('is told it in the window of a policy alone: %s', async (user, reason) => {
  await using session = await house.portals.open(GRANITE, undefined, never);
  const sandbox = credentials(user, SANDBOX.password);
  expect(await session.signIn(sandbox, quietly)).toEqual({ kind: 'signed-in' });
  expect(await session.read(SANDBOX_NUMBERS.fine)).toMatchObject({ kind: 'failure', reason });
});

it('keeps a session past its idle limit by using it in time', async () => {
  await using session = await signedIn();
  for (let times = 0; times < 3; times += 1) {
    house.time.now += 7 * MINUTE;
    expect(await session.keepAlive?.()).toEqual({ kind: 'alive' });
  }
  expect(await session.read(POLICY)).toMatchObject({ kind: 'found' });
});

it('says ended of a session that nobody used for too long, kept alive too late', async () => {
  await using session = await signedIn();
  house.time.now += 11 * MINUTE;
  expect(await session.keepAlive?.()).toEqual({ kind: 'ended' });
  expect(await session.read(POLICY)).toMatchObject({ reason: 'session-ended' });
});

it('says ended of a kept session that idled out, though its address still opens', async () => {
  const first = await signedIn();
  const kept = await first.keep();
  await first[Symbol.asyncDispose]();
  await using second = await house.portals.open(GRANITE, kept, never);
  expect(await second.resume()).toEqual({ kind: 'alive' });
  house.time.now += 11 * MINUTE;
  await using third = await house.portals.open(GRANITE, kept, never);
  expect(await third.resume()).toEqual({ kind: 'ended' });
});

it.each([
  ['carrier-down', () => granite.set(POLICY, { error: 502 })],
  ['carrier-down', () => granite.set(POLICY, { slowMs: 60_000 })],
  ['portal-changed', () => granite.set(POLICY, { changedPage: true })],
  ['carrier-down', () => granite.maintenance(true)],
  ['blocked', () => granite.robotCheck(true)],
  ['session-ended', () => granite.endSessions()],
])('ends a read as %s when that is what happened', async (reason, arrange) => {
  await using session = await signedIn(house.hasty);
  await arrange();
  expect(await session.read(POLICY)).toMatchObject({ kind: 'failure', reason });
  await granite.reset();
});
