import { expect, it } from 'vitest';
import { keepSessionsAlive } from '#core/sessions/keep-alive.ts';
import { openSignedIn } from '#core/sessions/signed-in.ts';
import { keepState, keptState } from '#core/sign-in/store/kept-state.ts';
import { beginSignIn } from '#core/sign-in/sign-in.ts';
import { nextSignIn, runSignIn, startSignIn } from '#core/sign-in/sign-in-run.ts';
import { openSignInOf, recordSignInEnd, resetSignIn } from '#core/sign-in/store/runs.ts';
import type { PortalSession, Portals } from '#portal/portal.ts';
import { Secret } from '#shared/secret.ts';
import {
  accepts,
  addWaitingSync,
  openLinkFirm,
  portalThat,
  sessionOf,
  TYPED,
  type LinkFirm,
} from '#test/support/link-firm.ts';
import { readyLink } from '#test/support/ready-link.ts';

/** A worker stands still for longer than its lease lasts, and another session has the login since. */

const MINUTE = 60_000;
const leaseOf = (fence: number) => ({
  fence,
  source: { id: 'source', name: 'Dana', carrierId: 'northbridge', holderId: 'dana' },
});
const signal = (): AbortSignal => new AbortController().signal;

/** The login goes to another session; its fence. */
const goesToAnother = async (firm: LinkFirm): Promise<number> => {
  const { fence } = await firm.db
    .updateTable('login_lease')
    .set((of) => ({ fence: of('fence', '+', 1) }))
    .returning('fence')
    .executeTakeFirstOrThrow();
  return fence;
};

const only = (firm: LinkFirm, portal: PortalSession): Portals => ({
  carrier: firm.carrier,
  open: () => Promise.resolve(portal),
});

/** The portal ends the session, and before that is known here another one signs in. */
const endsAsAnotherSignsIn = (firm: LinkFirm): PortalSession => ({
  ...accepts(),
  resume: async () => {
    await keepState(firm.runner, leaseOf(await goesToAnother(firm)), new Secret('newer cookies'));
    return { kind: 'ended' };
  },
});

it.each(['a session', 'what keeps sessions alive'])(
  'the end of a session, met late by %s, leaves the cookies of the next one',
  async (who) => {
    await using firm = await openLinkFirm({ facts: { codes: 'always', keepAliveMinutes: 7 } });
    await keepState(firm.runner, leaseOf(1), new Secret('cookies'));
    const { now } = firm.time;
    await firm.db
      .updateTable('login_link')
      .set({ linked: 1, used_at: now, ends_at: now + 60 * MINUTE })
      .execute();
    await addWaitingSync(firm);
    await firm.db.updateTable('sync').set({ priority: 100 }).execute();
    firm.time.now += 6 * MINUTE;
    const portals = only(firm, endsAsAnotherSignsIn(firm));
    const deps = {
      ...firm.runner,
      portals,
      holder: 'w',
      wake: () => Promise.resolve(true),
      onError: () => expect.unreachable(),
    };
    if (who === 'a session') await openSignedIn(deps, leaseOf(1), undefined, signal());
    else await keepSessionsAlive(deps, signal());
    const kept = await keptState(firm.runner, 'source');
    expect([kept?.signedIn, kept?.state.reveal()]).toEqual([true, 'newer cookies']);
  },
);

const begin = async (firm: LinkFirm) => {
  await beginSignIn(firm, await readyLink(firm), TYPED, false);
  const signIn = await nextSignIn(firm.runner, 'source', 1);
  if (signIn === undefined) throw new Error('There is no sign-in.');
  return signIn;
};

it('a password is not submitted by a session whose login went to another', async () => {
  await using firm = await openLinkFirm();
  const signIn = await begin(firm);
  const portal = portalThat(async (_hooks, submit) => {
    await goesToAnother(firm);
    await submit();
    return { kind: 'signed-in' };
  });
  expect(await runSignIn(firm.runner, signIn, sessionOf(firm, portal))).toEqual({ kind: 'gone' });
  expect(portal.submitted).toEqual([]);
});

it('a sign-in is not taken by a session whose login went to another, and stays for that one', async () => {
  await using firm = await openLinkFirm();
  const signIn = await begin(firm);
  const fence = await goesToAnother(firm);
  const late = accepts();
  expect(await runSignIn(firm.runner, signIn, sessionOf(firm, late))).toEqual({ kind: 'gone' });
  const next = accepts();
  const session = sessionOf(firm, next, fence);
  expect(await runSignIn(firm.runner, signIn, session)).toEqual({ kind: 'signed-in' });
  expect([late.submitted.length, next.submitted.length]).toEqual([0, 1]);
});

it('a sign-in that another session has started since is not put back to its start', async () => {
  await using firm = await openLinkFirm();
  const dead = await begin(firm);
  await startSignIn(firm.runner, dead, 1);
  const seen = await openSignInOf(firm.store, 'source');
  const fence = await goesToAnother(firm);
  const again = await nextSignIn(firm.runner, 'source', fence);
  if (again === undefined || seen === undefined) throw new Error('There is no sign-in.');
  await startSignIn(firm.runner, again, fence);
  await resetSignIn(firm.store, seen);
  expect(await openSignInOf(firm.store, 'source')).toMatchObject({ state: 'signing-in', fence });
});

it('a sign-in that another session has begun since is not ended as one that nobody began', async () => {
  await using firm = await openLinkFirm();
  const seen = await begin(firm);
  await startSignIn(firm.runner, seen, 1);
  const end = { kind: 'failed', reason: 'not-started' } as const;
  expect(await recordSignInEnd(firm.store, seen.id, seen.fence, end)).toBe(false);
  expect(await openSignInOf(firm.store, 'source')).toMatchObject({ state: 'signing-in', fence: 1 });
  expect(await recordSignInEnd(firm.store, seen.id, 1, end)).toBe(true);
});
