import { expect, it } from 'vitest';
import { keepSessionsAlive } from '#core/sessions/keep-alive.ts';
import { openSignedIn } from '#core/sessions/signed-in.ts';
import { keepState, keptState } from '#core/sign-in/store/kept-state.ts';
import type { PortalSession, Portals } from '#portal/portal.ts';
import { Secret } from '#shared/secret.ts';
import { accepts, addWaitingSync, openLinkFirm, type LinkFirm } from '#test/support/link-firm.ts';

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
    const deps = { ...firm.runner, portals, holder: 'w', wake: () => Promise.resolve(true) };
    if (who === 'a session') await openSignedIn(deps, leaseOf(1), undefined, signal());
    else await keepSessionsAlive(deps, signal());
    const kept = await keptState(firm.runner, 'source');
    expect([kept?.signedIn, kept?.state.reveal()]).toEqual([true, 'newer cookies']);
  },
);
