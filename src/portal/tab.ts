import { basename } from 'node:path';
import type { BrowserContext, Page } from 'playwright';
import type { Clock } from '#shared/clock.ts';
import type { PortalFailure } from './portal.ts';
import type { Carrier } from './contract.ts';
import { watchTraffic } from './guard.ts';
import { discardPage, hush, watchHarm } from './harm.ts';
import { closeInterruptions } from './interruptions.ts';
import { readTab, writeTab, type TabStorage } from './kept.ts';
import type { StepLimits } from './limits.ts';
import { numberWithin } from '#shared/policy-number.ts';
import { rulesThatHold } from './outcomes.ts';
import { takePicture } from './picture.ts';
import {
  asksToSignIn,
  isOfSession,
  looksSignedIn,
  ownRules,
  rulesOf,
  saidBy,
  sharedRules,
} from './rules.ts';
import { traceContext } from './step-trace.ts';
import { step, watchPage, withinTime } from './steps.ts';
import { StepEnded, failure, failureOf } from './failure.ts';

/** How long a page may take to say what is wrong with it, after a step failed on it. */
const SETTLE_MS = 1500;
const LOOK_EVERY_MS = 100;
const RENEW_MS = 20_000;

/** What happened at a portal that operators want to know; nothing personal. */
export type PortalEvent =
  | { event: 'refused'; carrier: string; requests: Record<string, number> }
  /** An adapter was mended; whether this machine has the mended one, and uses it now. */
  | { event: 'mended'; carrier: string; sha256: string; loaded: boolean }
  | {
      event: 'not-understood';
      carrier: string;
      step: string;
      detail: string | undefined;
      picture: string | undefined;
    };

export interface TabDeps {
  carrier: Carrier;
  context: BrowserContext;
  signal: AbortSignal;
  limits: StepLimits;
  clock: Clock;
  pictures?: string;
  log?: (event: PortalEvent) => void;
}

/** The one page of a session: knows what is wrong with it, and replaces it when it is lost. */
export const openTab = async (deps: TabDeps, storage: TabStorage) => {
  const { carrier, context, signal } = deps;
  const all = rulesOf(carrier, 'signed-in');
  const certain = [
    ...ownRules(carrier, 'signed-in'),
    ...sharedRules('signed-in').filter(isOfSession),
  ];
  await context.addInitScript(hush);
  const harm = watchHarm(context);
  const trace = traceContext(context);
  let page: Page = await context.newPage();
  let traffic = watchTraffic(page);
  let kept = storage;

  const says = async (rules = all): Promise<PortalFailure | undefined> => {
    const [rule] = await rulesThatHold(page, rules);
    return rule && saidBy(rule, 'signed-in');
  };

  const judgeBy = async (
    look: () => Promise<PortalFailure | undefined>,
  ): Promise<PortalFailure | undefined> => {
    const said = await look();
    if (said || !(await asksToSignIn(page, carrier))) return said;
    // The form may have come between the two looks: what it says of itself tells why it is there.
    return (await says()) ?? failure('session-ended');
  };

  /**
   * What is wrong with a page that should be behind the sign-in, if anything. What is said of a login
   * on a page that looks signed in may stand in a policy's notes: it counts only once a step failed.
   */
  const judge = (): Promise<PortalFailure | undefined> =>
    judgeBy(async () => says((await looksSignedIn(page, carrier)) ? certain : all));

  /** The same where nothing else explains it. A page that shows the policy speaks of the policy. */
  const judgeAtLast = (number?: string): Promise<PortalFailure | undefined> =>
    judgeBy(async () => {
      const shown = number !== undefined && (await shows(number));
      return says(shown && (await looksSignedIn(page, carrier)) ? certain : all);
    });

  const shows = async (number: string): Promise<boolean> =>
    (await rulesThatHold(page, [{ when: { text: numberWithin(number) } }])).length > 0;

  /** Windows that a read has opened are its own; a book goes on with them from screen to screen. */
  const closeWindows = async (): Promise<void> => {
    const others = context.pages().filter((other) => other !== page);
    await Promise.all(others.map(discardPage));
  };

  const renew = async (): Promise<void> => {
    await closeWindows();
    await discardPage(page);
    page = await context.newPage();
    traffic = watchTraffic(page);
    await writeTab(page, kept);
  };

  /** What the page says once it has settled: an answer may be drawn a moment after it came. */
  const settled = async (
    look: () => Promise<PortalFailure | undefined>,
  ): Promise<PortalFailure | undefined> => {
    const end = performance.now() + SETTLE_MS;
    while (!page.isClosed() && performance.now() < end) {
      const found = await step({ signal, limitMs: SETTLE_MS }, look).catch(() => undefined);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    return undefined;
  };

  /** The file name of a masked picture of the page as it is now. */
  const picture = async (name: string): Promise<string | undefined> => {
    if (deps.pictures === undefined) return undefined;
    const path = await takePicture(page, deps.pictures, `${carrier.id}-${name}`, deps.clock());
    return path && basename(path);
  };

  /** Logs what was not understood; the file names of its picture and its trace. */
  const tell = async (
    name: string,
    detail: string | undefined,
  ): Promise<Pick<PortalFailure, 'picture' | 'trace'>> => {
    const file = await picture(name);
    const { pictures: folder } = deps;
    const about = { carrier: carrier.id, detail, now: deps.clock() };
    const traced = folder === undefined ? undefined : await trace.write(page, { ...about, folder });
    deps.log?.({ event: 'not-understood', carrier: carrier.id, step: name, detail, picture: file });
    return {
      ...(file === undefined ? {} : { picture: file }),
      ...(traced === undefined ? {} : { trace: traced }),
    };
  };

  /** A failed step as trouble: the page's own words first, then its traffic, then the error. */
  const explain = async (
    name: string,
    error: unknown,
    look: () => Promise<PortalFailure | undefined>,
  ): Promise<PortalFailure> => {
    signal.throwIfAborted();
    const lost = error instanceof StepEnded;
    const found =
      (lost ? undefined : await settled(look)) ?? failureOf(error, traffic.portalOwes());
    const seen = found.reason === 'portal-changed' ? await tell(name, found.detail) : {};
    if (lost) await withinTime(renew(), RENEW_MS);
    signal.throwIfAborted();
    return { ...found, ...seen };
  };

  return {
    page: (): Page => page,
    judge,
    judgeAtLast,
    picture,
    explain,
    /** Work behind the sign-in, ended as soon as the page turns out to be something else. */
    behindSignIn: async <T>(
      name: string,
      limitMs: number,
      work: () => Promise<T>,
      number?: string,
    ): Promise<T | PortalFailure> => {
      signal.throwIfAborted();
      traffic.forget();
      harm.forget();
      const closing = closeInterruptions(page, carrier);
      trace.begin(name);
      const watch = watchPage(page, async () => {
        const found = await judge();
        return found && new StepEnded(found);
      });
      try {
        return await step({ signal, limitMs, ends: [watch.seen, harm.ended()] }, work);
      } catch (error) {
        closing.stop();
        watch.stop();
        return await explain(name, error, () => judgeAtLast(number));
      } finally {
        closing.stop();
        watch.stop();
        if (name !== 'book') await closeWindows();
      }
    },
    /** A new step begins, not behind the sign-in; it must end with `harm`. */
    begin: (): { harm: Promise<never> } => {
      trace.begin('sign-in');
      traffic.forget();
      harm.forget();
      return { harm: harm.ended() };
    },
    forget: (): void => traffic.forget(),
    /** What a person does in the page takes as many steps as it takes. */
    forgetHarm: harm.forget,
    restore: (): Promise<void> => writeTab(page, kept),
    /** Session storage as it is now. */
    remember: async (): Promise<TabStorage> => {
      kept = { ...kept, ...(await readTab(page, carrier.origins)) };
      return kept;
    },
  };
};

export type Tab = Awaited<ReturnType<typeof openTab>>;
