import { refuseSeed } from '#core/logins/store/consent.ts';
import { untilWritten } from '#database/patience.ts';
import { openedIfHere } from '#database/sealing.ts';
import {
  recordCodeWanted,
  readCode,
  forgetCode,
  wantChannel,
  takeChannel,
  seedFor,
} from './store/codes.ts';
import {
  openSignInOf,
  recordSignInEnd,
  resetSignIn,
  giveBack,
  takeCredentials,
  endDeadRuns,
} from './store/runs.ts';
import { insertTry, answerTry } from './store/tries.ts';
import { expireLinksAhead } from './store/links.ts';
import { type SignIn } from './store/sign-ins.ts';
import type { Store } from '#database/store.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { ulid } from 'ulid';
import { CODE_LIFE, deadAt, isDead } from './rules.ts';
import type { Secret } from '#shared/secret.ts';
import type { Clock } from '#shared/clock.ts';
import type {
  CarrierFacts,
  CodeChannel,
  Credentials,
  PortalSession,
  SignInResult,
} from '#portal/portal.ts';
import type { Opener } from '#database/sealed.ts';
import { seedCode } from './seed-code.ts';
import { unpackCredentials } from './sign-in.ts';
import type { SignInEnd } from '#core/logins/store/link-state.ts';

export interface SignInRunner {
  store: Store;
  opener: Opener;
  clock: Clock;
  /** Whoever shows this source or what waits for it should look again. */
  changed: (sourceId: string) => Promise<void>;
  /** Told that a password leaves; what it gives is called once the answer is written down. */
  submitted?: (() => () => void) | undefined;
}

/** What one session holds: the browser, the lease's fence, and the signal that ends both. */
export interface SignInSession {
  portal: Pick<PortalSession, 'signIn'>;
  facts: CarrierFacts;
  fence: number;
  signal: AbortSignal;
  /** The browser holds what an earlier sign-in left there, the remembered device with it. */
  knownDevice?: boolean;
  /** Wraps the wait for a person's code, so that the session can lend its slot meanwhile. */
  whileWaiting?: <T>(wait: () => Promise<T>) => Promise<T>;
}

/** Nothing was submitted: the fence is old, or the rule against lock-outs says no. */
export class NotSubmitted extends Error {
  override name = 'NotSubmitted';
}

/**
 * The sign-in a person asked for, for a session that holds the source's lease under `fence`. What
 * an earlier worker left behind is settled first: it starts again if nothing was submitted, and
 * fails if something was, for a password is never submitted twice.
 */
export const nextSignIn = async (
  { store, clock, changed }: Pick<SignInRunner, 'store' | 'clock' | 'changed'>,
  sourceId: string,
  fence: number,
): Promise<SignIn | undefined> => {
  const signIn = await openSignInOf(store, sourceId);
  if (signIn === undefined || signIn.fence === fence) return undefined;
  if (isDead(signIn, deadAt(clock()))) {
    const reason = signIn.submitted ? 'interrupted' : 'not-started';
    await recordSignInEnd(store, signIn.id, signIn.fence, { kind: 'failed', reason });
    await changed(sourceId);
    return undefined;
  }
  if (signIn.state === 'waiting') return signIn;
  if (signIn.submitted) {
    await recordSignInEnd(store, signIn.id, signIn.fence, {
      kind: 'failed',
      reason: 'interrupted',
    });
    await changed(sourceId);
    return undefined;
  }
  await resetSignIn(store, signIn);
  return { ...signIn, state: 'waiting' };
};

/** Undefined when the sign-in is no longer there to be started, or ends here: no key opens what was typed. */
export const startSignIn = async (
  runner: SignInRunner,
  signIn: SignIn,
  fence: number,
): Promise<Credentials | undefined> => {
  const { store, opener, changed } = runner;
  const sealed = await takeCredentials(store, signIn.id, fence);
  if (sealed === undefined) return undefined;
  await changed(signIn.sourceId);
  const typed = await openedIfHere(opener, sealed, signIn.sourceId);
  if (typed !== undefined) return unpackCredentials(typed);
  const end = { kind: 'failed', reason: 'not-started' } as const;
  await untilWritten(() => recordSignInEnd(store, signIn.id, fence, end));
  await changed(signIn.sourceId);
  return undefined;
};

/** Written before the password is submitted. Throws NotSubmitted when it must not be. */
export const recordTry = async (
  { store, clock }: Pick<SignInRunner, 'store' | 'clock'>,
  signIn: SignIn,
  fence: number,
): Promise<string> => {
  const id = ulid(clock());
  if (!(await untilWritten(() => insertTry(store, id, signIn.id, fence))))
    throw new NotSubmitted('Another session has taken this sign-in over.');
  return id;
};

/** Each later than the one before, so that each names one thing. */
const moments = (clock: Clock): (() => number) => {
  let last = 0;
  return () => (last = Math.max(clock(), last + 1));
};

export const wantCode = async (
  { store, changed }: Pick<SignInRunner, 'store' | 'changed'>,
  signIn: SignIn,
  fence: number,
  hint: string | undefined,
  at: number,
): Promise<void> => {
  if (!(await untilWritten(() => recordCodeWanted(store, signIn.id, fence, hint, at))))
    throw new NotSubmitted('Another session has taken this sign-in over.');
  await untilWritten(() => changed(signIn.sourceId));
};

/** Looks up to five minutes for what the person is to give; undefined when nothing came. */
const awaitPerson = async <T>(
  clock: Clock,
  signal: AbortSignal,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> => {
  const deadline = clock() + CODE_LIFE;
  while (clock() < deadline) {
    const given = await untilWritten(look);
    if (given !== undefined) return given;
    await sleep(300, undefined, { signal });
  }
  return undefined;
};

/**
 * The person's code, which leaves the database once taken, or the wish that the portal sends another
 * or lets them choose its way again.
 */
export const takeCode = async (
  { store, opener, clock }: Pick<SignInRunner, 'store' | 'opener' | 'clock'>,
  signIn: SignIn,
  signal: AbortSignal,
): Promise<Secret | 'send-again' | 'another-way' | undefined> => {
  const taken = await awaitPerson(clock, signal, () => readCode(store, signIn.id));
  if (typeof taken !== 'object') return taken;
  // A code lives seconds: it waits for no database.
  void forgetCode(store, signIn.id, taken).catch(() => undefined);
  return opener.open(taken, signIn.sourceId);
};

/** A single way leaves no choice, so nobody is asked. */
export const askChannel = async (
  { store, changed, clock }: Pick<SignInRunner, 'store' | 'changed' | 'clock'>,
  signIn: SignIn,
  { fence, signal, whileWaiting = (wait) => wait() }: Omit<SignInSession, 'portal' | 'facts'>,
  offered: readonly CodeChannel[],
  at: number,
): Promise<string | undefined> => {
  if (offered.length < 2) return offered[0]?.id;
  if (!(await untilWritten(() => wantChannel(store, signIn.id, fence, offered, at))))
    throw new NotSubmitted('Another session has taken this sign-in over.');
  await untilWritten(() => changed(signIn.sourceId));
  return whileWaiting(() => awaitPerson(clock, signal, () => takeChannel(store, signIn.id)));
};

/** False when this session no longer speaks for the sign-in. Whatever was sealed for it is gone. */
export const finishSignIn = async (
  { store, clock, changed }: Pick<SignInRunner, 'store' | 'clock' | 'changed'>,
  signIn: SignIn,
  fence: number,
  outcome: SignInResult | { kind: 'interrupted' },
  facts: CarrierFacts,
  knownDevice = false,
): Promise<boolean> => {
  const end = endOf(outcome, facts, clock(), knownDevice);
  const finished = await untilWritten(() => recordSignInEnd(store, signIn.id, fence, end));
  await untilWritten(() => changed(signIn.sourceId));
  return finished;
};

/**
 * The whole of a person's sign-in in a session that is open: start, submit once, wait for a code if
 * the portal asks, finish. `gone` when there was nothing left to start, or another session has it.
 */
export const runSignIn = async (
  runner: SignInRunner,
  signIn: SignIn,
  session: SignInSession,
): Promise<SignInResult | { kind: 'gone' }> => {
  const { portal, facts, fence, signal, whileWaiting = (wait) => wait() } = session;
  const credentials = await startSignIn(runner, signIn, fence);
  if (credentials === undefined) return { kind: 'gone' };
  let tried: string | undefined;
  let answered: (() => void) | undefined;
  const seed = await seedOf(runner, signIn.sourceId, session, signIn);
  const askedAt = moments(runner.clock);
  try {
    const outcome = await portal.signIn(credentials, {
      beforeSubmit: async () => {
        tried = await recordTry(runner, signIn, fence);
        answered = runner.submitted?.();
      },
      code: async (hint) => {
        // The portal has taken the password: nobody need wait for what a person types.
        answered?.();
        seed.rests();
        await wantCode(runner, signIn, fence, hint, askedAt());
        return whileWaiting(() => takeCode(runner, signIn, signal));
      },
      channel: (offered) => {
        answered?.();
        return askChannel(runner, signIn, session, offered, askedAt());
      },
      ...seed.hook,
    });
    const id = tried;
    const { id: signInId, sourceId } = signIn;
    const answer = (tryId: string) =>
      answerTry(runner.store, { id: tryId, sourceId, signInId }, answerOf(outcome));
    if (id !== undefined) await untilWritten(() => answer(id));
    await seed.answered(outcome);
    const { knownDevice } = session;
    const finished = await finishSignIn(runner, signIn, fence, outcome, facts, knownDevice);
    return finished ? outcome : { kind: 'gone' };
  } catch (error) {
    const stopped = signal.aborted || error instanceof NotSubmitted;
    // Before anything was submitted, it is left to the next session.
    if (stopped && (await untilWritten(() => giveBack(runner.store, signIn.id, fence))))
      await untilWritten(() => runner.changed(signIn.sourceId));
    else await finishSignIn(runner, signIn, fence, { kind: 'interrupted' }, facts);
    if (error instanceof NotSubmitted) return { kind: 'gone' };
    throw error;
  } finally {
    answered?.();
  }
};

/** The set-up key of a sign-in, and whether the code that was given last was one of it. */
export const seedOf = async (
  runner: SignInRunner,
  sourceId: string,
  session: SignInSession,
  signIn?: SignIn,
) => {
  const { authenticatorChannel } = session.facts;
  const sealed =
    authenticatorChannel === undefined ? undefined : await seedFor(runner.store, sourceId, signIn);
  let gaveLast = false;
  const timeCode = async (): Promise<Secret | undefined> => {
    // Given once a sign-in: a second wish for it means that the first was not taken.
    if (sealed === undefined || gaveLast) return undefined;
    const seed = await openedIfHere(runner.opener, sealed, sourceId);
    if (seed === undefined) return undefined;
    const code = await seedCode(runner, sourceId, session, seed);
    if (code === 'gone') throw new NotSubmitted('Another session has taken this sign-in over.');
    gaveLast = code !== undefined;
    return code;
  };
  return {
    hook: sealed === undefined ? {} : { timeCode },
    /** A person gives the code instead. */
    rests: (): void => {
      gaveLast = false;
    },
    answered: async (outcome: SignInResult): Promise<void> => {
      if (gaveLast && outcome.kind === 'failure' && outcome.reason === 'code-rejected')
        await untilWritten(() => refuseSeed(runner.store.db, sourceId));
    },
  };
};

/** For the sweeper: what is past its time leaves the database even when nobody looks. */
export const sweepSignIns = async ({
  store,
  clock,
  changed,
}: Pick<SignInRunner, 'store' | 'clock' | 'changed'>): Promise<void> => {
  const dead = deadAt(clock());
  for (const sourceId of await endDeadRuns(store, dead)) await changed(sourceId);
  await expireLinksAhead(store, dead.ahead);
};

export const answerOf = (outcome: SignInResult): string =>
  outcome.kind === 'failure' ? outcome.reason : outcome.kind;

export const endOf = (
  outcome: SignInResult | { kind: 'interrupted' },
  facts: CarrierFacts,
  now: number,
  knownDevice: boolean,
): SignInEnd => {
  switch (outcome.kind) {
    case 'signed-in':
      return {
        kind: 'linked',
        linkEndsAt: now + facts.sessionMinutes * 60_000,
        needsNoCode:
          facts.codes === 'never'
            ? 'always'
            : facts.authenticatorChannel === undefined
              ? 'no'
              : 'with-seed',
        passwordEnds: outcome.passwordEnds ?? null,
        // A browser that was not known before is remembered from now on, or not at all.
        ...(outcome.trustedUntil === undefined && knownDevice
          ? {}
          : { trustedUntil: outcome.trustedUntil ?? null }),
      };
    case 'failure':
      return { kind: 'failed', reason: outcome.reason };
    case 'interrupted':
      return { kind: 'failed', reason: 'interrupted' };
  }
};
