import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectPortal } from '#simulator/portals/control.ts';
import { parsePortalData } from '#simulator/portals/data.ts';
import { resolveDay } from '#simulator/portals/days.ts';
import { startPortals, type Portals } from '#simulator/portals/start.ts';
import { DATA } from '#test/support/portals.ts';

let portals: Portals;
const time = { now: Date.parse('2026-11-21T15:00:00Z') };
const POLICY = '00123-4567';

beforeAll(async () => {
  portals = await startPortals({ data: DATA, clock: () => time.now });
});
afterEach(() => portals.northbridge.reset());
afterAll(() => portals.close());

const post = (url: string, path: string, body: Record<string, string>, cookie = '') =>
  fetch(new URL(path, url), {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie },
    body: new URLSearchParams(body),
  });

const signIn = async (password = 'lantern-42'): Promise<string> => {
  const answer = await post(portals.northbridge.url, '/login', { userId: 'ana.ruiz', password });
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
};

const pageOf = async (cookie: string, path: string): Promise<string> => {
  const answer = await fetch(new URL(path, portals.northbridge.url), { headers: { cookie } });
  return answer.text();
};

describe('a portal', () => {
  it('shows a policy to a login that sees it, and no other', async () => {
    const cookie = await signIn();
    expect(await pageOf(cookie, `/policies/${POLICY}`)).toContain('$41,250.75');
    expect(await pageOf(cookie, '/policies/00123-9000')).toContain('Whole Life &lt;Select&gt;');
    expect(await pageOf('', `/policies/${POLICY}`)).not.toContain('41,250');
  });

  it('writes every password into its ledger, and locks after three bad ones', async () => {
    const before = (await portals.northbridge.ledger('ana.ruiz')).length;
    for (let tries = 0; tries < 3; tries += 1) await signIn('wrong');
    expect(await signIn()).toBe('');
    const entries = (await portals.northbridge.ledger('ana.ruiz')).slice(before);
    expect(entries.map((entry) => entry.result)).toEqual([
      'bad-password',
      'bad-password',
      'bad-password',
      'locked',
    ]);
    await portals.northbridge.unlock('ana.ruiz');
    expect(await signIn()).not.toBe('');
  });

  it('ends the older session at a second sign-in, and each one when its time is over', async () => {
    const older = await signIn();
    const newer = await signIn();
    expect(await pageOf(older, '/policies')).toContain('signed in elsewhere');
    expect(await pageOf(newer, '/policies')).toContain('Sign out');
    time.now += 20 * 60_000;
    expect(await pageOf(newer, '/policies')).toContain('Your session has ended');
    expect(await portals.northbridge.sessions()).toEqual([]);
  });

  it('is steered over HTTP from another process as from its own', async () => {
    const remote = connectPortal(portals.addresses['northbridge-life'] ?? '');
    await remote.set(POLICY, { values: [{ name: 'Account Value', amount: '50000' }], asOf: '-1' });
    await remote.pause(POLICY);
    const page = pageOf(await signIn(), `/policies/${POLICY}`);
    await vi.waitUntil(async () => (await remote.held()).includes(POLICY), { timeout: 30_000 });
    await remote.release(POLICY);
    expect(await page).toContain('$50,000.00');
    expect(await page).toContain('11/19/2026');
    expect((await remote.ledger()).length).toBe((await portals.northbridge.ledger()).length);
    expect((await remote.reads(POLICY)).reads).toBeGreaterThan(0);
    await expect(remote.set('nowhere', {})).rejects.toThrow('No policy nowhere');
  });

  it('takes no control from a form that another web page could post', async () => {
    const answer = await post(portals.northbridge.url, '/control/maintenance', { on: 'true' });
    expect(answer.status).toBe(404);
    expect(await pageOf('', '/login')).toContain('User ID');
  });
});

describe('a code', () => {
  const call = async (path: string, body: object) => {
    const answer = await fetch(new URL(path, portals.meridian.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as { id?: string; token?: string; error?: string };
  };
  const start = () => call('/api/sign-in', { user: 'ana@ruiz', password: 'tulip-19' });

  it('opens a session once, and only the newest one sent', async () => {
    const { id } = await start();
    const first = await portals.meridian.lastCode('ana@ruiz');
    await call('/api/code/again', { id });
    const second = await portals.meridian.lastCode('ana@ruiz');
    const old = first === second ? 'two alike' : first;
    expect(await call('/api/code', { id, code: old })).toEqual({ error: 'wrong_code' });
    expect((await call('/api/code', { id, code: second })).token).toBeDefined();
    expect(await call('/api/code', { id, code: second })).toEqual({ error: 'code_expired' });
  });

  it('is no longer taken after five minutes', async () => {
    const { id } = await start();
    time.now += 5 * 60_000;
    const code = await portals.meridian.lastCode('ana@ruiz');
    expect(await call('/api/code', { id, code })).toEqual({ error: 'code_expired' });
  });
});

describe('portal data', () => {
  it('counts business days back from the last one', () => {
    const saturday = Date.parse('2026-11-21T15:00:00Z');
    expect(resolveDay('0', saturday)).toBe('2026-11-20');
    expect(resolveDay('-1', saturday)).toBe('2026-11-19');
    expect(resolveDay('-5', saturday)).toBe('2026-11-13');
    expect(resolveDay('2025-01-02', saturday)).toBe('2025-01-02');
    expect(resolveDay('0', Date.parse('2026-11-23T02:00:00Z'))).toBe('2026-11-20');
  });

  it('is refused with the place of what is wrong', () => {
    const [policy] = DATA.policies;
    const bad = { ...policy, values: [{ name: 'Cash Value', amount: '1,000', asOf: '0' }] };
    expect(() => parsePortalData({ logins: [], policies: [bad] })).toThrow(
      'policies[0].values[0].amount',
    );
  });
});
