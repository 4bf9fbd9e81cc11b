import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Secret } from '#shared/secret.ts';
import type { PortalSession, SignInHooks } from '#portal/portal.ts';
import { credentials, MERIDIAN, openHouse } from '#test/support/portals.ts';

let house: Awaited<ReturnType<typeof openHouse>>;
const never = new AbortController().signal;
const USER = 'ana@ruiz';
const POLICY = 'MA-88-1204';
const ana = credentials(USER, 'tulip-19');

beforeAll(async () => {
  house = await openHouse();
});
afterEach(() => house.meridian.reset());
afterAll(() => house[Symbol.asyncDispose]());

const answering = (code: SignInHooks['code']): SignInHooks => ({
  beforeSubmit: () => Promise.resolve(),
  code,
});

const phone = answering(async () => {
  const code = await house.meridian.lastCode(USER);
  return code === undefined ? undefined : new Secret(code);
});

const open = (kept?: Secret, portals = house.portals) => portals.open(MERIDIAN, kept, never);

const signedIn = async (portals = house.portals): Promise<PortalSession> => {
  const session = await open(undefined, portals);
  expect(await session.signIn(ana, phone)).toEqual({ kind: 'signed-in' });
  return session;
};

const newEntries = async (act: () => Promise<void>): Promise<string[]> => {
  const before = (await house.meridian.ledger()).length;
  await act();
  return (await house.meridian.ledger())
    .slice(before)
    .map(({ step, result }) => `${step} ${result}`);
};

it('signs in with the code that was sent, tells where it went, and reads', async () => {
  await using session = await open();
  const hints: (string | undefined)[] = [];
  const entries = await newEntries(async () => {
    const result = await session.signIn(
      ana,
      answering((hint) => {
        hints.push(hint);
        return phone.code(hint);
      }),
    );
    expect(result).toEqual({ kind: 'signed-in' });
  });
  expect(hints).toEqual(['Sent to ***-***-**17']);
  expect(entries).toEqual(['password accepted', 'code accepted']);
  expect(await session.read(POLICY)).toMatchObject({
    kind: 'found',
    snapshot: { number: POLICY, status: 'Active', productName: 'Meridian Flex VA', missing: [] },
  });
  expect(await session.read('MA-88-1240')).toEqual({ kind: 'absent', closeNumbers: [POLICY] });
});

/** A code that the portal has not sent: six of this digit, or of the next one. */
const wrong = async (digit: number): Promise<Secret> => {
  const code = `${digit}`.repeat(6);
  return new Secret(
    (await house.meridian.lastCode(USER)) === code ? `${digit + 1}`.repeat(6) : code,
  );
};

/** A person who gives these in turn, and then no more. */
const giving = (...given: (() => ReturnType<SignInHooks['code']>)[]): SignInHooks =>
  answering(async () => given.shift()?.());

it('takes another code after a mistyped one, the password submitted once', async () => {
  await using session = await open();
  const entries = await newEntries(async () => {
    const person = giving(
      () => wrong(0),
      () => phone.code(undefined),
    );
    expect(await session.signIn(ana, person)).toEqual({ kind: 'signed-in' });
  });
  expect(entries).toEqual(['password accepted', 'code code-rejected', 'code accepted']);
});

it('ends with code rejected after as many wrong ones as the carrier allows', async () => {
  await using session = await open();
  const entries = await newEntries(async () => {
    const person = giving(
      () => wrong(0),
      () => wrong(2),
      () => phone.code(undefined),
    );
    expect(await session.signIn(ana, person)).toMatchObject({
      kind: 'failure',
      reason: 'code-rejected',
    });
  });
  expect(entries).toEqual(['password accepted', 'code code-rejected', 'code code-rejected']);
});

it('keeps a code from the portal that it has refused', async () => {
  await using session = await open();
  const entries = await newEntries(async () => {
    const person = giving(
      () => wrong(0),
      () => wrong(0),
      () => phone.code(undefined),
    );
    expect(await session.signIn(ana, person)).toEqual({ kind: 'signed-in' });
  });
  expect(entries).toEqual(['password accepted', 'code code-rejected', 'code accepted']);
});

it('ends with code timed out when nobody answers', async () => {
  await using session = await open();
  const entries = await newEntries(async () => {
    const nobody = answering(() => Promise.resolve(undefined));
    expect(await session.signIn(ana, nobody)).toEqual({
      kind: 'failure',
      reason: 'code-timed-out',
    });
  });
  expect(entries).toEqual(['password accepted']);
});

it('ends with code timed out when the code came too late for the portal', async () => {
  await using session = await open();
  const late = answering((hint) => {
    house.time.now += 6 * 60_000;
    return phone.code(hint);
  });
  expect(await session.signIn(ana, late)).toMatchObject({
    kind: 'failure',
    reason: 'code-timed-out',
  });
});

it('asks the portal for another code, and keeps what cannot be one from it', async () => {
  await using session = await open();
  const answers: (() => ReturnType<SignInHooks['code']>)[] = [
    () => Promise.resolve('send-again'),
    () => Promise.resolve(new Secret('not a code')),
    () => phone.code(undefined),
  ];
  const entries = await newEntries(async () => {
    const person = answering(() => (answers.shift() ?? (() => Promise.resolve(undefined)))());
    expect(await session.signIn(ana, person)).toEqual({ kind: 'signed-in' });
  });
  expect(entries).toEqual(['password accepted', 'code accepted']);
});

it('submits a wrong password once and asks for no code', async () => {
  await using session = await open();
  const entries = await newEntries(async () => {
    const result = await session.signIn(credentials(USER, 'wrong'), phone);
    expect(result).toMatchObject({ kind: 'failure', reason: 'bad-credentials' });
  });
  expect(entries).toEqual(['password bad-password']);
});

it('submits once though the connection ends without an answer', async () => {
  await using session = await open(undefined, house.hasty);
  await house.meridian.setLogin(USER, { dropped: true });
  const entries = await newEntries(async () => {
    expect(await session.signIn(ana, phone)).toMatchObject({ reason: 'carrier-down' });
  });
  expect(entries).toEqual(['password accepted']);
});

it('goes on in another browser context from the token of the tab', async () => {
  const first = await signedIn();
  const kept = await first.keep();
  await first[Symbol.asyncDispose]();
  const entries = await newEntries(async () => {
    await using second = await open(kept);
    expect(await second.resume()).toEqual({ kind: 'alive' });
    expect((await second.read(POLICY)).kind).toBe('found');
  });
  expect(entries).toEqual([]);
});

it('says ended of a token that the portal ended, and of one past its time without asking', async () => {
  const first = await signedIn();
  const kept = await first.keep();
  await first[Symbol.asyncDispose]();
  await house.meridian.endSessions();
  await using second = await open(kept);
  expect(await second.resume()).toEqual({ kind: 'ended' });
  house.time.now += 21 * 60_000;
  await using third = await open(kept);
  expect(await third.resume()).toEqual({ kind: 'ended' });
});

it.each([
  ['session-ended', () => house.meridian.endSessions()],
  ['carrier-down', () => house.meridian.set(POLICY, { error: 502 })],
  ['carrier-down', () => house.meridian.set(POLICY, { slowMs: 60_000 })],
  ['portal-changed', () => house.meridian.set(POLICY, { changedPage: true })],
  ['carrier-down', () => house.meridian.maintenance(true)],
  ['blocked', () => house.meridian.robotCheck(true)],
  ['session-conflict', async () => (await signedIn())[Symbol.asyncDispose]()],
])('ends a read as %s when that is what happened', async (reason, arrange) => {
  await using session = await signedIn(house.hasty);
  await arrange();
  expect(await session.read(POLICY)).toMatchObject({ kind: 'failure', reason });
});

it('reads the next contract after one that took too long', async () => {
  await using session = await signedIn(house.hasty);
  await house.meridian.set(POLICY, { slowMs: 60_000 });
  expect(await session.read(POLICY)).toMatchObject({ reason: 'carrier-down' });
  await house.meridian.set(POLICY, { slowMs: 0 });
  expect((await session.read(POLICY)).kind).toBe('found');
});
