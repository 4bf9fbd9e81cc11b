import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import type { PortalSession } from '#portal/portal.ts';
import { takePicture } from '#portal/picture.ts';
import { ana, credentials, NORTHBRIDGE, openHouse, quietly } from '#test/support/portals.ts';

let house: Awaited<ReturnType<typeof openHouse>>;
let pictures: string;
const never = new AbortController().signal;
const POLICY = '00123-4567';
const PATIENT = { timeout: 30_000 };

beforeAll(async () => {
  pictures = await mkdtemp(join(tmpdir(), 'pictures-'));
  house = await openHouse({ pictures });
});
afterEach(() => house.northbridge.reset());
afterAll(() => house[Symbol.asyncDispose]());

const signedIn = async (signal = never, portals = house.portals): Promise<PortalSession> => {
  const session = await portals.open(NORTHBRIDGE, undefined, signal);
  expect(await session.signIn(ana, quietly)).toEqual({ kind: 'signed-in' });
  return session;
};

const ledgerLength = async (user?: string) => (await house.northbridge.ledger(user)).length;

it('reads values, status and product of a policy after signing in', async () => {
  await using session = await signedIn();
  expect(await session.read('001234567')).toEqual({
    kind: 'found',
    snapshot: {
      number: POLICY,
      status: 'In Force',
      productName: 'Variable Universal Life',
      values: [
        { name: 'Account Value', amount: { minor: 4125075, currency: 'USD' }, asOf: '2026-11-20' },
        { name: 'Surrender Value', amount: { minor: -12000, currency: 'USD' }, asOf: '2026-11-20' },
      ],
      missing: [],
    },
  });
});

it('says absent, with the numbers that look alike', async () => {
  await using session = await signedIn();
  expect(await session.read('00123-4576')).toEqual({ kind: 'absent', closeNumbers: [POLICY] });
  expect(await session.read('99999')).toEqual({ kind: 'absent', closeNumbers: [] });
});

it('finds on a fresh search what a passing fault hid', async () => {
  await using session = await signedIn();
  await house.northbridge.set(POLICY, { absentTimes: 1 });
  expect((await session.read(POLICY)).kind).toBe('absent');
  expect((await session.read(POLICY)).kind).toBe('found');
});

it('tells a missing amount apart from a value', async () => {
  await using session = await signedIn();
  await house.northbridge.set(POLICY, { missing: ['Surrender Value'], status: 'Terminated' });
  expect(await session.read(POLICY)).toMatchObject({
    snapshot: {
      status: 'Terminated',
      values: [{ name: 'Account Value' }],
      missing: ['Surrender Value'],
    },
  });
});

it('calls a page that nobody has seen portal changed, and keeps a picture of it', async () => {
  await using session = await signedIn(never, house.hasty);
  await house.northbridge.set(POLICY, { changedPage: true });
  expect(await session.read(POLICY)).toMatchObject({ kind: 'failure', reason: 'portal-changed' });
  const kept = await readdir(pictures);
  expect(kept.map((file) => file.slice(-3)).sort()).toEqual(['png', 'txt']);
  const trace = await readFile(
    join(pictures, kept.find((file) => file.endsWith('.txt')) ?? ''),
    'utf8',
  );
  expect(trace).toContain('step "read"');
  expect(trace).toMatch(/GET +200 +127\.0\.0\.1/);
  expect(trace).not.toMatch(/00123-?4567|Margaret|Chen|\b41,?250\b|ana\.ruiz|lantern/i);
  await house.northbridge.reset();
  expect((await session.read(POLICY)).kind).toBe('found');
});

it('calls an error of the portal carrier down', async () => {
  await using session = await signedIn();
  await house.northbridge.set(POLICY, { error: 500 });
  expect(await session.read(POLICY)).toMatchObject({ reason: 'carrier-down' });
});

it('calls a page that does not come in time carrier down, and reads the next policy', async () => {
  await using session = await signedIn(never, house.hasty);
  await house.northbridge.set(POLICY, { slowMs: 60_000 });
  expect(await session.read(POLICY)).toMatchObject({ reason: 'carrier-down' });
  expect((await session.read('00123-9000')).kind).toBe('found');
});

it('notices that the portal ended the session', async () => {
  await using session = await signedIn();
  await house.northbridge.endSessions('ana.ruiz');
  expect(await session.read(POLICY)).toMatchObject({ kind: 'failure', reason: 'session-ended' });
});

it('notices that the login signed in elsewhere', async () => {
  await using session = await signedIn();
  await using other = await signedIn();
  expect(await session.read(POLICY)).toMatchObject({ kind: 'failure', reason: 'session-conflict' });
  expect((await other.read(POLICY)).kind).toBe('found');
  expect(await house.northbridge.sessions('ana.ruiz')).toHaveLength(1);
});

it('submits a wrong password exactly once, after it was recorded', async () => {
  const before = await ledgerLength('agency');
  await using session = await house.portals.open(NORTHBRIDGE, undefined, never);
  let recorded = -1;
  const result = await session.signIn(credentials('agency', 'wrong'), {
    ...quietly,
    beforeSubmit: async () => {
      recorded = await ledgerLength('agency');
    },
  });
  expect(result).toMatchObject({ kind: 'failure', reason: 'bad-credentials' });
  expect(recorded).toBe(before);
  expect(await ledgerLength('agency')).toBe(before + 1);
  await expect(session.signIn(credentials('agency', 'wrong'), quietly)).rejects.toThrow('once');
});

it('submits nothing when the try could not be recorded', async () => {
  const before = await ledgerLength();
  await using session = await house.portals.open(NORTHBRIDGE, undefined, never);
  const hooks = { ...quietly, beforeSubmit: () => Promise.reject(new Error('no record')) };
  await expect(session.signIn(ana, hooks)).rejects.toThrow('no record');
  expect(await ledgerLength()).toBe(before);
});

it('is told of the lock after three bad passwords', async () => {
  const reasons = [];
  for (let tries = 0; tries < 3; tries += 1) {
    await using session = await house.portals.open(NORTHBRIDGE, undefined, never);
    reasons.push(await session.signIn(credentials('agency', 'wrong'), quietly));
  }
  expect(reasons.map((result) => 'reason' in result && result.reason)).toEqual([
    'bad-credentials',
    'bad-credentials',
    'locked',
  ]);
});

it.each([
  ['password-expired', () => house.northbridge.setLogin('ana.ruiz', { passwordExpired: true })],
  ['action-needed', () => house.northbridge.setLogin('ana.ruiz', { terms: true })],
  ['locked', () => house.northbridge.lock('ana.ruiz')],
  ['carrier-down', () => house.northbridge.maintenance(true)],
  ['blocked', () => house.northbridge.robotCheck(true)],
])('ends a sign-in as %s when the portal says so', async (reason, arrange) => {
  await arrange();
  await using session = await house.portals.open(NORTHBRIDGE, undefined, never);
  expect(await session.signIn(ana, quietly)).toMatchObject({ kind: 'failure', reason });
});

it('calls a sign-in that is never answered carrier down, submitted once', async () => {
  await house.northbridge.setLogin('ana.ruiz', { slowMs: 60_000 });
  const before = await ledgerLength();
  await using session = await house.hasty.open(NORTHBRIDGE, undefined, never);
  expect(await session.signIn(ana, quietly)).toMatchObject({ reason: 'carrier-down' });
  expect(await ledgerLength()).toBe(before + 1);
});

it('submits once though the connection ends without an answer, where Chromium would send again', async () => {
  await house.northbridge.setLogin('ana.ruiz', { dropped: true });
  const before = await ledgerLength();
  await using session = await house.portals.open(NORTHBRIDGE, undefined, never);
  expect(await session.signIn(ana, quietly)).toMatchObject({ reason: 'carrier-down' });
  expect(await ledgerLength()).toBe(before + 1);
});

it('says carrier down, not ended, when the portal is in maintenance at a resume', async () => {
  const first = await signedIn();
  const kept = await first.keep();
  await first[Symbol.asyncDispose]();
  await house.northbridge.maintenance(true);
  await using second = await house.portals.open(NORTHBRIDGE, kept, never);
  expect(await second.resume()).toMatchObject({ reason: 'carrier-down' });
});

it('launches the browser anew after a crash, and calls the read that lost it carrier down', async () => {
  await using session = await signedIn();
  await house.northbridge.pause(POLICY);
  const reading = session.read(POLICY);
  await vi.waitUntil(async () => (await house.northbridge.held()).length === 1, PATIENT);
  const probe = await house.browser.newContext({});
  const devtools = await probe.browser()?.newBrowserCDPSession();
  await devtools?.send('Browser.crash').catch(() => {});
  expect(await reading).toMatchObject({ reason: 'carrier-down' });
  await house.northbridge.release(POLICY);
  await using next = await signedIn();
  expect((await next.read(POLICY)).kind).toBe('found');
});

it('calls a refused second session a conflict', async () => {
  await using first = await signedIn();
  await house.northbridge.secondSession('refuses-newer');
  await using second = await house.portals.open(NORTHBRIDGE, undefined, never);
  expect(await second.signIn(ana, quietly)).toMatchObject({ reason: 'session-conflict' });
  expect((await first.read(POLICY)).kind).toBe('found');
});

it('goes on from the kept state without a sign-in', async () => {
  const first = await signedIn();
  const kept = await first.keep();
  await first[Symbol.asyncDispose]();
  const before = await ledgerLength();
  await using second = await house.portals.open(NORTHBRIDGE, kept, never);
  expect(await second.resume()).toEqual({ kind: 'alive' });
  expect((await second.read(POLICY)).kind).toBe('found');
  expect(await ledgerLength()).toBe(before);
});

it('says ended of a kept state that the portal has forgotten', async () => {
  const first = await signedIn();
  const kept = await first.keep();
  await first[Symbol.asyncDispose]();
  await house.northbridge.endSessions();
  await using second = await house.portals.open(NORTHBRIDGE, kept, never);
  expect(await second.resume()).toEqual({ kind: 'ended' });
});

it('ends a read at once when it is aborted, and frees the context', async () => {
  const stop = new AbortController();
  await using session = await signedIn(stop.signal);
  await house.northbridge.pause(POLICY);
  const reading = session.read(POLICY);
  await vi.waitUntil(async () => (await house.northbridge.held()).length === 1, PATIENT);
  stop.abort(new Error('lease lost'));
  await expect(reading).rejects.toThrow('lease lost');
  const probe = await house.browser.newContext({});
  await vi.waitUntil(() => probe.browser()?.contexts().length === 1, PATIENT);
  await probe.close();
});

it('goes on warm under a new owner, whose signal alone ends it', async () => {
  const first = new AbortController();
  const second = new AbortController();
  await using session = await signedIn(first.signal);
  expect(await session.resume(second.signal)).toEqual({ kind: 'alive' });
  first.abort(new Error('the first owner is gone'));
  expect((await session.read(POLICY)).kind).toBe('found');
  second.abort(new Error('the second owner is gone'));
  await expect(session.read(POLICY)).rejects.toThrow('the second owner is gone');
});

it('draws the same picture whoever the page is about, and leaves the page as it was', async () => {
  const context = await house.browser.newContext({});
  const page = await context.newPage();
  const pictureOf = async (name: string, amount: string): Promise<Buffer> => {
    await page.setContent(`<style>body { font: 16px monospace } #loud { color: red !important }</style>
      <h1>Policy ${amount}</h1><p id="loud">Owner: ${name}</p><input value="${name}">
      <table><tr><td>Cash Value</td><td>${amount}</td></tr></table>`);
    const before = await page.content();
    const path = await takePicture(page, pictures, 'same', house.time.now);
    expect(await page.content()).toBe(before);
    return readFile(path ?? '');
  };
  const one = await pictureOf('Margaret Chen', '41,250.75');
  expect((await pictureOf('Aoife OBriens', '90,113.02')).equals(one)).toBe(true);
  await page.setContent('<style>body { font: 16px monospace }</style><h1>Contract</h1>');
  const other = await takePicture(page, pictures, 'other', house.time.now);
  expect((await readFile(other ?? '')).equals(one)).toBe(false);
  await context.close();
});
