import type { BrowserContext, Page } from 'playwright';
import type { Secret } from '#shared/secret.ts';
import type { TaughtWords } from '#shared/status.ts';
import type { Clock } from '#shared/clock.ts';
import type { PortalResult, PortalSession } from './portal.ts';
import type { WorkerBrowser } from './browser.ts';
import type { Carrier } from './contract.ts';
import { hasBook, readBook } from './book.ts';
import { GUARDED, guard, type Fence } from './guard.ts';
import { discardContext } from './harm.ts';
import { createJsonPortal } from './json-portal.ts';
import { makeKept, openKept, withoutSecrets, type Kept } from './kept.ts';
import { STEP_LIMITS, type StepLimits } from './limits.ts';
import { rulesThatHold } from './outcomes.ts';
import { policyReader } from './policy-read.ts';
import { looksSignedIn, saidBy, sharedRules } from './rules.ts';
import { signIn } from './sign-in.ts';
import { deadline, followSignal, step } from './steps.ts';
import { openTab, type PortalEvent, type Tab, type TabDeps } from './tab.ts';
import { PortalChanged } from './failure.ts';

const LOOK_EVERY_MS = 100;

export interface PortalDeps {
  browser: WorkerBrowser;
  clock: Clock;
  limits?: Partial<StepLimits>;
  /** Folder for masked pictures of pages that were not understood; none are taken without it. */
  pictures?: string;
  log?: (event: PortalEvent) => void;
  /** What the firm says that the carrier's words mean, as of now. */
  taught?: () => TaughtWords | undefined;
  /**
   * Handed each context before anything is done in it, for recordings and traces; a person at the page
   * begins a new step by `anew`, whenever they do one.
   */
  watch?: (context: BrowserContext, page: () => Page, anew: () => void) => void;
}

/** One browser context of one login, fenced from its birth. */
export const openPortal = async (
  deps: PortalDeps,
  carrier: Carrier,
  sealedBefore: Secret | undefined,
  owner: AbortSignal,
): Promise<PortalSession> => {
  owner.throwIfAborted();
  const { signal, follow, stop } = followSignal(owner);
  const kept = sealedBefore && openKept(sealedBefore, carrier.id);
  const limits = { ...STEP_LIMITS, ...deps.limits };
  const opening = deps.browser.newContext({
    ...GUARDED,
    ...(kept ? { storageState: kept.storage } : {}),
    locale: 'en-US',
  });
  // A context that comes after its session was given up is closed when it comes.
  const close = async (): Promise<void> => {
    const context = await opening.catch(() => undefined);
    if (context) await discardContext(context);
  };
  const onAbort = (): void => void close();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await step({ signal, limitMs: limits.resume }, async () => {
      const context = await opening;
      context.setDefaultTimeout(limits.wait);
      context.setDefaultNavigationTimeout(limits.wait);
      const { refused, ...fence } = await guard(context, carrier.origins);
      const tabDeps = { ...deps, limits, carrier, context, signal };
      const tab = await openTab(tabDeps, kept?.tab ?? {});
      deps.watch?.(context, tab.page, tab.forgetHarm);
      const dispose = async (): Promise<void> => {
        stop();
        signal.removeEventListener('abort', onAbort);
        await close();
        const requests = Object.fromEntries(refused);
        if (refused.size > 0) deps.log?.({ event: 'refused', carrier: carrier.id, requests });
      };
      return {
        ...createSession({ ...tabDeps, ...fence, follow }, tab, kept),
        [Symbol.asyncDispose]: dispose,
      };
    });
  } catch (error) {
    stop();
    signal.removeEventListener('abort', onAbort);
    void close();
    throw error;
  }
};

/** A session that ended is no trouble where that was the question. */
const orEnded = (found: PortalResult<'alive'>): PortalResult<'alive' | 'ended'> =>
  found.kind === 'failure' && found.reason === 'session-ended' ? { kind: 'ended' } : found;

const createSession = (
  {
    carrier,
    context,
    signal,
    limits,
    clock,
    once,
    holdsSecret,
    follow,
    log,
    taught = () => undefined,
  }: TabDeps &
    Pick<Fence, 'once' | 'holdsSecret'> &
    Pick<PortalDeps, 'taught'> & { follow: (owner: AbortSignal) => void },
  tab: Tab,
  kept: Kept | undefined,
): Omit<PortalSession, typeof Symbol.asyncDispose> => {
  let signedInAt = kept?.signedInAt;
  let trustedUntil = kept?.trustedUntil;
  let submitted = false;

  const openHome = async (): Promise<{ kind: 'alive' }> => {
    await tab.restore();
    await carrier.openHome(tab.page());
    const end = performance.now() + limits.wait;
    while (performance.now() < end) {
      // The watch ends this when the page is something else; the sign-in form may flash meanwhile.
      if ((await looksSignedIn(tab.page(), carrier)) && !(await tab.judge()))
        return { kind: 'alive' };
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    throw new PortalChanged('Neither the first screen nor the sign-in form is there');
  };

  const resume: PortalSession['resume'] = async (owner) => {
    if (owner) follow(owner);
    if (signedInAt === undefined || clock() - signedInAt >= carrier.sessionMinutes * 60_000)
      return { kind: 'ended' };
    return orEnded(await tab.behindSignIn('resume', limits.resume, openHome));
  };

  const signInOnce: PortalSession['signIn'] = async (credentials, hooks) => {
    if (submitted) throw new Error('A session signs in once: open another');
    submitted = true;
    // What a hook throws is the caller's own, and must reach it as it is; its time is not the portal's.
    let thrown: { error: unknown } | undefined;
    const late = deadline(2 * limits.signIn);
    const own =
      <A extends unknown[], R>(hook: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        late.stop();
        try {
          return await hook(...args);
        } catch (error) {
          thrown = { error };
          throw error;
        } finally {
          late.start();
        }
      };
    let moment: 'before' | 'after' = 'before';
    const guarded = {
      beforeSubmit: own(async () => {
        await hooks.beforeSubmit();
        moment = 'after';
      }),
      code: own(hooks.code),
      ...(hooks.channel ? { channel: own(hooks.channel) } : {}),
      ...(hooks.timeCode ? { timeCode: own(hooks.timeCode) } : {}),
    };
    const page = tab.page();
    const trusted = trustedUntil === undefined ? {} : { trustedUntil };
    const deps = { page, carrier, once, limitMs: limits.signIn, now: clock, ...trusted };
    const { harm } = tab.begin();
    try {
      const result = await step({ signal, ends: [late.promise, harm] }, () =>
        signIn(deps, credentials, guarded),
      );
      if (result.kind === 'signed-in') {
        signedInAt = clock();
        trustedUntil = result.trustedUntil;
        await tab.remember();
      }
      return result;
    } catch (error) {
      if (thrown) throw thrown.error;
      // The form in sight means nothing here: it is where the sign-in stands.
      return tab.explain('sign-in', error, async () => {
        const [rule] = await rulesThatHold(tab.page(), sharedRules(moment));
        return rule && rule.is !== 'session-ended' ? saidBy(rule, moment) : undefined;
      });
    } finally {
      late.stop();
    }
  };

  const stay = carrier.keepAlive?.act;
  const keepAlive: PortalSession['keepAlive'] =
    stay &&
    (async () =>
      orEnded(
        await tab.behindSignIn('keep-alive', limits.resume, async () => {
          await stay(tab.page());
          const found = await tab.judge();
          if (!found) await tab.remember();
          return found ?? { kind: 'alive' };
        }),
      ));
  const json = createJsonPortal({ page: tab.page, origins: carrier.origins, limitMs: limits.wait });
  const readPolicy = policyReader({ carrier, tab, json, taught, ...(log && { log }) });

  return {
    resume,
    ...(keepAlive ? { keepAlive } : {}),
    signIn: signInOnce,
    read: (number) => tab.behindSignIn('read', limits.read, () => readPolicy(number), number),
    ...(hasBook(carrier) && {
      readBook: () => readBook({ tab, json, limitMs: limits.book, taught: taught() }, carrier),
    }),
    picture: () => step({ signal }, () => tab.picture('held')),
    keep: () =>
      step({ signal, limitMs: limits.wait }, async () => {
        const storage = await context.storageState({ indexedDB: true });
        const now = { signedInAt: signedInAt ?? clock(), storage, tab: await tab.remember() };
        const trust = trustedUntil === undefined ? {} : { trustedUntil };
        return makeKept(carrier.id, withoutSecrets({ ...now, ...trust }, holdsSecret));
      }),
  };
};
