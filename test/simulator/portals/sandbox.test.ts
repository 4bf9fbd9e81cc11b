import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX, SANDBOX_NUMBERS } from '#simulator/portals/sandbox.ts';
import { startPortals, type Portals } from '#simulator/portals/start.ts';

let portals: Portals;

beforeAll(async () => {
  portals = await startPortals({
    data: { logins: [], policies: [] },
    only: ['northbridge-life', 'meridian-annuity'],
  });
});
afterAll(() => portals.close());

const signIn = (user: string) =>
  fetch(new URL('/login', portals.northbridge.url), {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ userId: user, password: SANDBOX.password }),
  });

const seenBy = async (user: string, number: string): Promise<Response> => {
  const cookie = (await signIn(user)).headers.get('set-cookie')?.split(';')[0] ?? '';
  return fetch(new URL(`/policies/${number}`, portals.northbridge.url), { headers: { cookie } });
};

describe('a sandbox user', () => {
  it.each([
    ['sandbox-wrong-password', /not correct/],
    ['sandbox-locked', /has been locked/],
    ['sandbox-password-expired', /has expired/],
    ['sandbox-terms', /accept the terms/],
    ['sandbox-maintenance', /scheduled maintenance/],
    ['sandbox-robot-check', /verify that you are a human/],
    ['sandbox-second-session', /already signed in/],
  ])('%s is told so at every sign-in, and after a reset too', async (user, says) => {
    for (let tries = 0; tries < 4; tries += 1)
      expect(await (await signIn(user)).text()).toMatch(says);
    await portals.northbridge.unlock(user);
    await portals.northbridge.reset();
    expect(await (await signIn(user)).text()).toMatch(says);
  });

  it('is sent round and round', async () => {
    const first = (await signIn('sandbox-endless-redirect')).headers.get('location') ?? '';
    const next = await fetch(new URL(first, portals.northbridge.url), { redirect: 'manual' });
    expect([first, next.headers.get('location')]).toEqual(['/around/1', '/around/2']);
  });

  it('sees its policies with what they were made to show', async () => {
    expect(await (await seenBy('sandbox', SANDBOX_NUMBERS.fine)).text()).toContain('$41,250.75');
    expect(await (await seenBy('sandbox', SANDBOX_NUMBERS.closed)).text()).toContain('Surrendered');
    expect(await (await seenBy('sandbox', SANDBOX_NUMBERS.partial)).text()).toContain(
      'Not available',
    );
    expect((await seenBy('sandbox-error-page', SANDBOX_NUMBERS.errorPage)).status).toBe(500);
    expect(
      await (await seenBy('sandbox-changed-page', SANDBOX_NUMBERS.changedPage)).text(),
    ).toContain('Contract overview');
  });

  it('is signed out by another one once it looked for a policy', async () => {
    const cookie = (await signIn('sandbox-signed-in-elsewhere')).headers.get('set-cookie') ?? '';
    const look = async () => {
      const address = new URL('/policies?number=SB-1001', portals.northbridge.url);
      return (await fetch(address, { headers: { cookie: cookie.split(';')[0] ?? '' } })).text();
    };
    expect(await look()).toContain('SB-1001');
    expect(await look()).toContain('signed in elsewhere');
  });

  it.each([
    ['sandbox', undefined],
    ['sandbox-wrong-code', 'wrong_code'],
    ['sandbox-late-code', 'code_expired'],
  ])('%s is sent the sandbox code, and told what it is to be told of it', async (user, error) => {
    const call = async (path: string, body: object) => {
      const answer = await fetch(new URL(path, portals.meridian.url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return (await answer.json()) as { id?: string; error?: string };
    };
    const { id } = await call('/api/sign-in', { user, password: SANDBOX.password });
    expect((await call('/api/code', { id, code: SANDBOX.code })).error).toBe(error);
  });
});
