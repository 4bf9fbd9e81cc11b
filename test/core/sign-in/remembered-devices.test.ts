import { beginHold, endHold } from '#core/logins/store/hold.ts';
import { loginRow } from '#test/support/logins.ts';
import { keepState } from '#core/sign-in/store/kept-state.ts';
import { setupKeyOf, forgetSetupKey } from '#core/sign-in/store/sign-ins.ts';
import { describe, expect, it } from 'vitest';
import { createOpener, createSealer, generateKey } from '#database/sealing.ts';
import { Secret } from '#shared/secret.ts';
import { timeCode } from '#core/sign-in/time-code.ts';
import { seeAccounts } from '#core/logins/store/access.ts';
import type { PortalSession, Portals, SignInResult } from '#portal/portal.ts';
import { linkByPerson } from '#core/sessions/person-link.ts';
import { keepSessionsAlive } from '#core/sessions/keep-alive.ts';
import { openSignedIn } from '#core/sessions/signed-in.ts';
import { beginSignIn } from '#core/sign-in/sign-in.ts';
import {
  accepts,
  addWaitingSync,
  openLinkFirm,
  portalThat,
  TYPED,
  type LinkFirm,
} from '#test/support/link-firm.ts';
import { readyLink } from '#test/support/ready-link.ts';

const DAY = 24 * 60 * 60_000;
const DANA_LEFT = { slackId: 'UDANA', standing: 'deactivated' } as const;
const KEY = new Secret('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
const LEASE = {
  fence: 1,
  source: { id: 'source', name: 'Dana', carrierId: 'northbridge', holderId: 'dana' },
};
const PERMIT = {
  scarce: () => false,
  wanted: () => false,
  whileParked: <T>(wait: () => Promise<T>) => wait(),
  resume: () => Promise.resolve(),
};

/** Each portal is opened once, in order; what it was opened with is kept. */
const deps = (firm: LinkFirm, ...sessions: PortalSession[]) => {
  const opened: (string | undefined)[] = [];
  const portals: Portals = {
    carrier: firm.carrier,
    open: (_source, kept) => {
      opened.push(kept?.reveal());
      const next = sessions.shift();
      return next === undefined
        ? Promise.reject(new Error('no more portals'))
        : Promise.resolve(next);
    },
  };
  return { ...firm.runner, portals, opened };
};

const keeping = (portal: PortalSession, state: string): PortalSession => ({
  ...portal,
  keep: () => Promise.resolve(new Secret(state)),
});

const signal = (): AbortSignal => new AbortController().signal;

/** Dana links and agrees to keep the password, with or without her set-up key. */
const link = async (
  firm: LinkFirm,
  portal: PortalSession,
  { keep = true, key }: { keep?: boolean; key?: Secret } = {},
  ...more: PortalSession[]
) => {
  const ready = await readyLink(firm);
  await beginSignIn(firm, ready, TYPED, keep, key);
  const all = deps(firm, portal, ...more);
  await linkByPerson(all, LEASE, signal(), PERMIT, () => undefined);
  return all.opened;
};

const ends = (firm: LinkFirm, ...sessions: PortalSession[]) =>
  openSignedIn(deps(firm, ...sessions), LEASE, undefined, signal());

const source = (firm: LinkFirm) => loginRow(firm.db);
const kinds = async (firm: LinkFirm) =>
  (await firm.db.selectFrom('sealed_secret').select('kind').orderBy('kind').execute()).map(
    ({ kind }) => kind,
  );

/** The portal remembers the device for so many days, once a code was given. */
const remembers = (firm: LinkFirm, days: number) =>
  portalThat(async (_hooks, submit): Promise<SignInResult> => {
    await submit();
    return { kind: 'signed-in', trustedUntil: firm.time.now + days * DAY };
  });

const asksForCode = () => {
  const given: (string | undefined)[] = [];
  const portal = portalThat(async (hooks, submit): Promise<SignInResult> => {
    await submit();
    const way = await hooks.timeCode?.();
    const code = way ?? (await hooks.code('Sent'));
    given.push(code instanceof Secret ? code.reveal() : code);
    return code === undefined
      ? { kind: 'failure', reason: 'code-timed-out' }
      : { kind: 'signed-in' };
  });
  return Object.assign(portal, { given });
};

/** The same firm once its private key is lost, and another is made. */
const withAnotherKey = async (firm: LinkFirm): Promise<LinkFirm> => {
  const key = await generateKey();
  const keys = { opener: createOpener([key]), sealer: createSealer([key]) };
  return { ...firm, ...keys, runner: { ...firm.runner, ...keys } };
};

describe('what no key here opens', () => {
  const facts = { codes: 'sometimes', trustDays: 30 } as const;

  it('counts as not kept: its person is needed, and links in a fresh browser', async () => {
    await using firm = await openLinkFirm({ facts });
    await link(firm, keeping(remembers(firm, 30), 'trusted cookies'));
    const anew = await withAnotherKey(firm);
    const untouched = accepts();
    expect(await ends(anew, untouched)).toEqual({ kind: 'failure', reason: 'session-ended' });
    expect(untouched.submitted).toEqual([]);
    expect(await link(anew, keeping(remembers(firm, 30), 'newer cookies'))).toEqual([undefined]);
    const all = deps(anew, accepts());
    expect((await openSignedIn(all, LEASE, undefined, signal())).kind).toBe('signed-in');
    expect(all.opened).toEqual(['newer cookies']);
  });

  it('was typed for nobody: the sign-in ends, and its page does not wait', async () => {
    await using firm = await openLinkFirm({ facts });
    await beginSignIn(firm, await readyLink(firm), TYPED, false);
    const all = deps(await withAnotherKey(firm), accepts());
    await linkByPerson(all, LEASE, signal(), PERMIT, () => undefined);
    const signIns = await firm.db.selectFrom('sign_in').select(['state', 'reason']).execute();
    expect(signIns).toEqual([{ state: 'failed', reason: 'not-started' }]);
  });
});

describe('a remembered device', () => {
  const facts = { codes: 'sometimes', trustDays: 30 } as const;

  it('outlives its session, and signs in without a person until its days are over', async () => {
    await using firm = await openLinkFirm({ facts });
    await link(firm, keeping(remembers(firm, 30), 'trusted cookies'));
    expect(await source(firm)).toMatchObject({ trusted_until: firm.time.now + 30 * DAY });
    const again = accepts();
    expect((await ends(firm, again)).kind).toBe('signed-in');
    expect(again.submitted).toHaveLength(1);

    firm.time.now += 30 * DAY;
    const late = accepts();
    expect(await ends(firm, late)).toEqual({ kind: 'failure', reason: 'session-ended' });
    expect(late.submitted).toEqual([]);
    expect(await kinds(firm)).toEqual(['password']);
  });

  it('is opened with what was kept, though the session in it has ended', async () => {
    await using firm = await openLinkFirm({ facts });
    await link(firm, keeping(remembers(firm, 30), 'trusted cookies'));
    // The first time the end of the session is met, no sign-in may follow: it is capped for the day.
    await firm.db
      .insertInto('sign_in_try')
      .values(
        [1, 2].map((nth) => ({
          id: `try-${nth}`,
          source_id: 'source',
          automatic: 1,
          submitted_at: firm.time.now + nth,
          outcome: 'signed-in',
        })),
      )
      .execute();
    firm.time.now += 10;
    expect((await ends(firm, accepts())).kind).toBe('failure');
    expect(await kinds(firm)).toEqual(['device', 'password']);
    firm.time.now += DAY;
    const all = deps(firm, keeping(accepts(), 'newer cookies'));
    expect((await openSignedIn(all, LEASE, undefined, signal())).kind).toBe('signed-in');
    expect(all.opened).toEqual(['trusted cookies']);
    expect(await kinds(firm)).toEqual(['password', 'session']);
  });

  it('that the portal asks for a code all the same needs its person, and nothing is guessed', async () => {
    await using firm = await openLinkFirm({ facts });
    await link(firm, remembers(firm, 30));
    const portal = asksForCode();
    expect(await ends(firm, portal)).toMatchObject({ kind: 'failure', reason: 'code-asked' });
    expect(portal.given).toEqual([undefined]);
    expect(await source(firm)).toMatchObject({ trusted_until: null });
    firm.time.now += DAY;
    const untouched = accepts();
    expect((await ends(firm, untouched)).kind).toBe('failure');
    expect(untouched.submitted).toEqual([]);
  });

  it('is used when its person links again, and renewed by a code in its last week', async () => {
    await using firm = await openLinkFirm({ facts });
    const first = keeping(remembers(firm, 30), 'trusted cookies');
    expect(await link(firm, first)).toEqual([undefined]);
    firm.time.now += DAY;
    expect(await link(firm, keeping(accepts(), 'still trusted'))).toEqual(['trusted cookies']);
    expect(await source(firm)).toMatchObject({ trusted_until: firm.time.now + 29 * DAY });
    firm.time.now += 23 * DAY;
    expect(await link(firm, remembers(firm, 30))).toEqual([undefined]);
    expect(await source(firm)).toMatchObject({ trusted_until: firm.time.now + 30 * DAY });
  });

  it('that is still signed in lets no unseen password pass: a fresh browser tries it', async () => {
    await using firm = await openLinkFirm({ facts });
    await link(firm, keeping(remembers(firm, 30), 'trusted cookies'));
    firm.time.now += DAY;
    const open = portalThat(() => Promise.resolve({ kind: 'signed-in' }));
    const fresh = accepts();
    expect(await link(firm, open, {}, fresh)).toEqual(['trusted cookies', undefined]);
    expect(fresh.submitted).toHaveLength(1);
    expect(await source(firm)).toMatchObject({ trusted_until: null });
  });

  it('is forgotten with the consent to keep the password, or without one', async () => {
    await using firm = await openLinkFirm({ facts });
    await link(firm, remembers(firm, 30), { keep: false });
    expect(await source(firm)).toMatchObject({ trusted_until: null, linked: 1 });
    expect((await ends(firm, accepts())).kind).toBe('failure');
    expect(await kinds(firm)).toEqual([]);
  });
});

it('a session under way when its person is deactivated keeps no cookies, and what it read waits again', async () => {
  await using firm = await openLinkFirm();
  await link(firm, remembers(firm, 30));
  await addWaitingSync(firm);
  await firm.db
    .updateTable('sync')
    .set({ status: 'in-progress', reason: 'reading', fence: 1 })
    .execute();
  await firm.db
    .updateTable('person')
    .set({ slack_user_id: 'UDANA' })
    .where('id', '=', 'dana')
    .execute();
  expect(await seeAccounts(firm.store, [DANA_LEFT], 'event')).toEqual(['source']);
  await keepState(firm, LEASE, new Secret('cookies of somebody who left'));
  expect(await kinds(firm)).toEqual([]);
  expect(await source(firm)).toMatchObject({ linked: 0, trusted_until: null, unlinked_told: 1 });
  const sync = firm.db.selectFrom('sync').select(['status', 'reason']);
  expect(await sync.execute()).toEqual([{ status: 'queued', reason: 'waiting-for-link' }]);
});

it("a login whose kept password was somebody else's tells its holder when that one leaves", async () => {
  await using firm = await openLinkFirm();
  await link(firm, accepts());
  await firm.db.updateTable('login_source').set({ holder_id: 'omar' }).execute();
  await firm.db
    .updateTable('person')
    .set({ slack_user_id: 'UDANA' })
    .where('id', '=', 'dana')
    .execute();
  await seeAccounts(firm.store, [DANA_LEFT], 'event');
  expect(await source(firm)).toMatchObject({ linked: 0, consent_by: null, unlinked_told: 0 });
});

describe('a session that the portal would end for idleness', () => {
  const facts = { codes: 'always', keepAliveMinutes: 7 } as const;
  const MINUTE = 60_000;

  /** A portal whose session says how it is; how often it was used. */
  const session = (how: 'alive' | 'ended') => {
    const used: string[] = [];
    const portal: PortalSession = {
      ...accepts(),
      resume: () => {
        used.push('resume');
        return Promise.resolve({ kind: how });
      },
      keepAlive: () => {
        used.push('keep-alive');
        return Promise.resolve({ kind: how });
      },
      signIn: () => Promise.reject(new Error('a password was about to be submitted')),
      keep: () => Promise.resolve(new Secret('newer cookies')),
    };
    return Object.assign(portal, { used });
  };

  const round = async (firm: LinkFirm, ...sessions: PortalSession[]) => {
    const all = deps(firm, ...sessions);
    const shown: string[] = [];
    const show = (id: string): Promise<void> => Promise.resolve(void shown.push(id));
    await keepSessionsAlive(
      {
        ...all,
        holder: 'w',
        show,
        wake: () => Promise.resolve(true),
        onError: () => expect.unreachable(),
      },
      signal(),
    );
    return all.opened;
  };

  const linked = async (firm: LinkFirm) => link(firm, keeping(accepts(), 'cookies'));

  it('is used in time, and not before, as long as the carrier lets it live', async () => {
    await using firm = await openLinkFirm({ facts });
    await linked(firm);
    firm.time.now += 5 * MINUTE;
    expect(await round(firm)).toEqual([]);
    for (const state of ['cookies', 'newer cookies', 'newer cookies']) {
      firm.time.now += 6 * MINUTE;
      const alive = session('alive');
      expect(await round(firm, alive)).toEqual([state]);
      expect(alive.used).toEqual(['resume', 'keep-alive']);
      expect(await round(firm)).toEqual([]);
    }
    expect(await source(firm)).toMatchObject({ linked: 1, used_at: firm.time.now });
    firm.time.now += 60 * MINUTE;
    expect(await round(firm)).toEqual([]);
  });

  it('that has ended needs its person, where a code is asked for', async () => {
    await using firm = await openLinkFirm({ facts });
    await linked(firm);
    await addWaitingSync(firm);
    firm.time.now += 6 * MINUTE;
    await firm.db.updateTable('sync').set({ priority: 100 }).execute();
    await round(firm, session('ended'));
    expect(await source(firm)).toMatchObject({
      linked: 0,
      unlinked_reason: 'session-ended',
      unlinked_told: 0,
    });
    expect(await round(firm)).toEqual([]);
  });

  it('that has ended is left to the next session, where that needs nobody', async () => {
    await using firm = await openLinkFirm({ facts: { ...facts, codes: 'never' } });
    await linked(firm);
    firm.time.now += 6 * MINUTE;
    // Nothing is left to do, and anybody could sign in again: it may end.
    expect(await round(firm)).toEqual([]);
    await addWaitingSync(firm);
    await firm.db.updateTable('sync').set({ priority: 100 }).execute();
    expect(await round(firm, session('ended'))).toEqual(['cookies']);
    expect(await source(firm)).toMatchObject({ linked: 1 });
    expect(await kinds(firm)).toEqual(['password']);
  });

  it('is used in time while the day of its login waits for a session', async () => {
    await using firm = await openLinkFirm({ facts: { ...facts, codes: 'never' } });
    await linked(firm);
    firm.time.now += 6 * MINUTE;
    expect(await round(firm)).toEqual([]);
    await firm.db
      .insertInto('work_day')
      .values({ day: '2026-11-19', starts_at: firm.time.now, open_books: 0 })
      .execute();
    expect(await round(firm, session('alive'))).toEqual(['cookies']);
  });

  it('is left alone while a session has the login, it is held, or a force is about to use it', async () => {
    await using firm = await openLinkFirm({ facts });
    await linked(firm);
    firm.time.now += 6 * MINUTE;
    const leaseTo = (expires_at: number) =>
      firm.db.updateTable('login_lease').set({ expires_at }).execute();
    await leaseTo(firm.time.now + MINUTE);
    expect(await round(firm)).toEqual([]);
    await leaseTo(0);
    await beginHold(firm.db, 'source', { until: firm.time.now + MINUTE, personId: 'dana' });
    expect(await round(firm)).toEqual([]);
    await endHold(firm.db, 'source');
    await addWaitingSync(firm);
    await firm.db.updateTable('sync').set({ reason: 'waiting' }).execute();
    expect(await round(firm)).toEqual([]);
  });
});

describe('a set-up key', () => {
  const facts = { codes: 'always', authenticatorChannel: 'app' } as const;

  it('gives the code of a link and of what follows, kept sealed beside the password', async () => {
    await using firm = await openLinkFirm({ facts });
    const portal = asksForCode();
    await link(firm, portal, { key: KEY });
    expect(portal.given).toEqual([timeCode(KEY, firm.time.now).code.reveal()]);
    expect(await kinds(firm)).toEqual(['password', 'seed', 'session']);
    expect(await source(firm)).toMatchObject({ automatic: 1 });
    firm.time.now += 60_000;
    const later = asksForCode();
    expect((await ends(firm, later)).kind).toBe('signed-in');
    expect(later.given).toEqual([timeCode(KEY, firm.time.now).code.reveal()]);
  });

  it('never gives the same code twice, also when the worker died right after it was given', async () => {
    await using firm = await openLinkFirm({ facts });
    await link(firm, asksForCode(), { key: KEY });
    const { until } = timeCode(KEY, firm.time.now);
    const died = portalThat(async (hooks, submit) => {
      await submit();
      await hooks.timeCode?.();
      throw new Error('The worker died.');
    });
    firm.time.now = until;
    await expect(ends(firm, died)).rejects.toThrow('The worker died.');
    expect((await source(firm)).code_step).toBe(until + 30_000);
    // A person links again, within the same step: the clock goes on only after the code was wanted.
    const next = asksForCode();
    const linked = link(firm, next, { key: KEY });
    await expect.poll(() => next.submitted).toHaveLength(1);
    expect(next.given).toEqual([]);
    firm.time.now = until + 30_000;
    await linked;
    expect(next.given).toEqual([timeCode(KEY, until + 30_000).code.reveal()]);
  });

  it('of which a code was refused gives none until it is entered anew', async () => {
    await using firm = await openLinkFirm({ facts });
    await link(firm, asksForCode(), { key: KEY });
    firm.time.now += 60_000;
    const refuses = portalThat(async (hooks, submit) => {
      await submit();
      await hooks.timeCode?.();
      return { kind: 'failure', reason: 'code-rejected' };
    });
    expect((await ends(firm, refuses)).kind).toBe('failure');
    expect(await setupKeyOf(firm.store, 'source', 'dana')).toBe('refused');
    firm.time.now += 60_000;
    const untouched = accepts();
    expect((await ends(firm, untouched)).kind).toBe('failure');
    const byHand = portalThat(async (hooks, submit) => {
      await submit();
      expect(hooks.timeCode).toBeUndefined();
      return { kind: 'signed-in' };
    });
    await link(firm, byHand);
    expect(await source(firm)).toMatchObject({ automatic: 0 });
    expect((await ends(firm, untouched)).kind).toBe('failure');
    expect(untouched.submitted).toEqual([]);
    firm.time.now += 60_000;
    await link(firm, asksForCode(), { key: KEY });
    expect(await source(firm)).toMatchObject({ automatic: 1, seed_refused: 0 });
  });

  it('ends when it is removed, when the password is typed without consent, with another person', async () => {
    await using firm = await openLinkFirm({ facts });
    await link(firm, asksForCode(), { key: KEY });
    await forgetSetupKey(firm.store, 'source', 'mona');
    expect(await setupKeyOf(firm.store, 'source', 'dana')).toBe('kept');
    await forgetSetupKey(firm.store, 'source', 'dana');
    expect(await kinds(firm)).toEqual(['password', 'session']);
    expect(await source(firm)).toMatchObject({ automatic: 0 });
    firm.time.now += 60_000;
    await link(firm, asksForCode(), { key: KEY });
    firm.time.now += 60_000;
    await link(firm, accepts(), { keep: false });
    expect(await kinds(firm)).toEqual(['session']);
    expect(JSON.stringify(await firm.db.selectFrom('audit').selectAll().execute())).not.toContain(
      'GEZD',
    );
  });
});
