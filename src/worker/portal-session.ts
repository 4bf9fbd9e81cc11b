import type { BrowserContext, Page } from 'playwright';
import { closeNumbers, normalizeNumber } from '#domain/policy-number.ts';
import type { Secret } from '#domain/secret.ts';
import type { Clock } from '#sync/clock.ts';
import type { PolicyReading, PortalSession, PortalTrouble } from '#sync/portal.ts';
import type { WorkerBrowser } from './browser.ts';
import type { Carrier, Reading } from './contract.ts';
import { GUARDED, guard, watchTraffic, type Refused } from './guard.ts';
import { STEP_LIMITS, type StepLimits } from './limits.ts';
import { makeKept, openKept, readTab, writeTab, type TabStorage } from './kept.ts';
import { rulesThatHold, SHARED_OUTCOMES } from './outcomes.ts';
import { takePicture } from './picture.ts';
import { asksToSignIn, signIn } from './sign-in.ts';
import { step, watchPage } from './steps.ts';
import { PortalChanged, StepEnded, trouble, troubleOf } from './trouble.ts';

/** How long a page may take to say what is wrong with it, after a step failed on it. */
const SETTLE_MS = 1500;
const LOOK_EVERY_MS = 100;
const CLOSE_MS = 5000;

/** What happened at a portal that operators want to know; nothing personal. */
export type PortalEvent =
  | { event: 'refused'; carrier: string; requests: Record<string, number> }
  | {
      event: 'not-understood';
      carrier: string;
      step: string;
      detail: string | undefined;
      picture: string | undefined;
    };

export interface PortalDeps {
  browser: WorkerBrowser;
  clock: Clock;
  limits?: Partial<StepLimits>;
  /** Folder for masked pictures of pages that were not understood; none are taken without it. */
  pictures?: string;
  log?: (event: PortalEvent) => void;
}

/** One browser context of one login, fenced from its birth. */
export const openPortal = async (
  deps: PortalDeps,
  carrier: Carrier,
  kept: Secret | undefined,
  signal: AbortSignal,
): Promise<PortalSession> => {
  const before = kept && openKept(kept, carrier.id);
  const limits = { ...STEP_LIMITS, ...deps.limits };
  const opening = deps.browser.newContext({
    ...GUARDED,
    ...(before ? { storageState: before.storage } : {}),
    locale: 'en-US',
  });
  const close = async (): Promise<void> => {
    const context = await opening.catch(() => undefined);
    await withinTime(context?.close(), CLOSE_MS);
  };
  const onAbort = (): void => void close();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const { context, refused, page } = await step({ signal, limitMs: limits.resume }, async () => {
      const context = await opening;
      context.setDefaultTimeout(limits.wait);
      context.setDefaultNavigationTimeout(limits.wait);
      const refused = await guard(context, carrier.origins);
      return { context, refused, page: await context.newPage() };
    });
    const session = createSession({ ...deps, limits, carrier, context, signal }, page, before);
    return {
      ...session,
      [Symbol.asyncDispose]: async () => {
        signal.removeEventListener('abort', onAbort);
        await close();
        if (refused.size > 0) tellRefused(deps, carrier, refused);
      },
    };
  } catch (error) {
    signal.removeEventListener('abort', onAbort);
    await close();
    throw error;
  }
};

const tellRefused = (deps: PortalDeps, carrier: Carrier, refused: Refused): void =>
  deps.log?.({ event: 'refused', carrier: carrier.id, requests: Object.fromEntries(refused) });

const withinTime = async (work: Promise<unknown> | undefined, ms: number): Promise<void> => {
  const timer = Promise.withResolvers<void>();
  const end = setTimeout(timer.resolve, ms);
  await Promise.race([work?.catch(() => {}), timer.promise]);
  clearTimeout(end);
};

const createSession = (
  deps: PortalDeps & {
    limits: StepLimits;
    carrier: Carrier;
    context: BrowserContext;
    signal: AbortSignal;
  },
  firstPage: Page,
  before: ReturnType<typeof openKept>,
): Omit<PortalSession, typeof Symbol.asyncDispose> => {
  const { carrier, context, signal, limits, clock } = deps;
  const rules = [...(carrier.outcomes ?? []), ...SHARED_OUTCOMES];
  let page = firstPage;
  let traffic = watchTraffic(page);
  let tab: TabStorage = before?.tab ?? {};
  let signedInAt = before?.signedInAt;
  let submitted = false;

  /** What is wrong with the page as it stands, if anything. */
  const judge = async (): Promise<PortalTrouble | undefined> => {
    const [rule] = await rulesThatHold(page, rules);
    if (rule) return trouble(rule.is);
    return (await asksToSignIn(page, carrier)) ? trouble('session-ended') : undefined;
  };

  /** A page that a lost step may still be using is replaced, with its session storage. */
  const renewPage = async (): Promise<void> => {
    await withinTime(page.close(), CLOSE_MS);
    page = await context.newPage();
    traffic = watchTraffic(page);
    await writeTab(page, tab);
  };

  /** The error of a step as trouble: the page's own words first, then its traffic, then the error. */
  const explain = async (name: string, error: unknown): Promise<PortalTrouble> => {
    signal.throwIfAborted();
    const lost = error instanceof StepEnded;
    const end = performance.now() + (lost ? 0 : SETTLE_MS);
    let said: PortalTrouble | undefined;
    while (!said && !page.isClosed() && performance.now() < end) {
      said = await step({ signal, limitMs: SETTLE_MS }, judge).catch(() => undefined);
      if (!said) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    const found = said ?? troubleOf(error, traffic.portalOwes());
    if (found.reason === 'portal-changed') {
      const picture =
        deps.pictures === undefined
          ? undefined
          : await takePicture(page, deps.pictures, `${carrier.id}-${name}`, clock());
      const { detail } = found;
      deps.log?.({ event: 'not-understood', carrier: carrier.id, step: name, detail, picture });
    }
    if (lost) await renewPage().catch(() => {});
    signal.throwIfAborted();
    return found;
  };

  const remember = async (): Promise<void> => {
    tab = { ...tab, ...(await readTab(page, carrier.origins)) };
  };

  const resume: PortalSession['resume'] = async () => {
    if (!before || clock() - before.signedInAt >= carrier.sessionMinutes * 60_000)
      return { kind: 'ended' };
    const signedIn = carrier.signIn.outcomes.filter((rule) => rule.is === 'signed-in');
    try {
      return await step({ signal, limitMs: limits.resume }, async () => {
        await writeTab(page, tab);
        traffic.forget();
        await carrier.openHome(page);
        const end = performance.now() + limits.wait;
        while (performance.now() < end) {
          const found = await judge();
          if (found) return found.reason === 'session-ended' ? { kind: 'ended' } : found;
          if ((await rulesThatHold(page, signedIn)).length > 0) return { kind: 'alive' };
          await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
        }
        throw new PortalChanged('Neither the first screen nor the sign-in form is there');
      });
    } catch (error) {
      const found = await explain('resume', error);
      return found.reason === 'session-ended' ? { kind: 'ended' } : found;
    }
  };

  const signInOnce: PortalSession['signIn'] = async (credentials, hooks) => {
    if (submitted) throw new Error('A session signs in once: open another');
    submitted = true;
    // What a hook throws is the caller's own, and must reach it as it is.
    let thrown: { error: unknown } | undefined;
    const own =
      <A extends unknown[], R>(hook: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        try {
          return await hook(...args);
        } catch (error) {
          thrown = { error };
          throw error;
        }
      };
    const guarded = { beforeSubmit: own(hooks.beforeSubmit), code: own(hooks.code) };
    traffic.forget();
    try {
      // The whole has no limit of its own, since a person's time for a code is part of it.
      const result = await step({ signal, limitMs: 2 ** 31 - 1 }, () =>
        signIn(page, carrier, credentials, guarded, limits.signIn),
      );
      if (result.kind === 'signed-in') {
        signedInAt = clock();
        await remember();
      }
      return result;
    } catch (error) {
      if (thrown) throw thrown.error;
      return explain('sign-in', error);
    }
  };

  const read = async (number: string): Promise<PolicyReading> => {
    traffic.forget();
    const watch = watchPage(page, async () => {
      const found = await judge();
      return found && new StepEnded(found);
    });
    try {
      const options = { signal, limitMs: limits.read, seen: watch.seen };
      const capture = await step(options, () => carrier.readPolicy(page, number));
      const found = await judge();
      if (found) return found;
      const reading = checked(carrier.parsePolicy(capture, number), number);
      await remember();
      return reading;
    } catch (error) {
      watch.stop();
      return explain('read', error);
    } finally {
      watch.stop();
    }
  };

  return {
    resume,
    signIn: signInOnce,
    read,
    keep: () =>
      step({ signal, limitMs: limits.wait }, async () => {
        await remember().catch(() => {});
        const storage = await context.storageState({ indexedDB: true });
        return makeKept(carrier.id, { signedInAt: signedInAt ?? clock(), storage, tab });
      }),
  };
};

/** What an adapter says it read is believed only for the number that was asked, and in full. */
const checked = (reading: Reading, number: string): PolicyReading => {
  if (reading.kind === 'absent')
    return { kind: 'absent', closeNumbers: closeNumbers(number, reading.closeNumbers ?? []) };
  const { missing = [], ...snapshot } = reading.snapshot;
  const { values } = snapshot;
  const refuse = (why: string): never => {
    throw new PortalChanged(why);
  };
  if (normalizeNumber(snapshot.number) !== normalizeNumber(number))
    refuse('Another policy came up');
  if (snapshot.status.trim() === '') refuse('The status is empty');
  if (values.length + missing.length === 0) refuse('No value was found');
  if (new Set(values.map((value) => value.name)).size < values.length) refuse('A value is double');
  for (const { amount, asOf } of values)
    if (!Number.isSafeInteger(amount.minor) || !/^\d{4}-\d{2}-\d{2}$/.test(asOf))
      refuse('A value is not in the agreed form');
  return { kind: 'found', snapshot: { ...snapshot, missing } };
};
