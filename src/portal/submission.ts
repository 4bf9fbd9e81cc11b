import type { Page, Request } from 'playwright';
import type { PortalFailure } from './portal.ts';
import type { Carrier } from './contract.ts';
import type { Fence } from './guard.ts';
import { rulesThatHold } from './outcomes.ts';
import {
  asksToSignIn,
  isAnswer,
  isScreen,
  rulesOf,
  saidBy,
  type NamedRule,
  type Screen,
} from './rules.ts';

export const LOOK_EVERY_MS = 100;
/** So long after its last answer a page is taken to have drawn what came of it. */
const DRAWN_AFTER_MS = 1500;

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

/** What drives a page through a sign-in. */
export interface SignInDeps {
  page: Page;
  carrier: Carrier;
  once: Fence['once'];
  /** How long something known may take to come of a submission, ms. */
  limitMs: number;
}

/**
 * Does something to a page, then waits for the first rule that says what came of it. A rule that
 * held before counts again only on a new document, for a notice that was there already is no answer;
 * or where its carrier asks it after the submission alone, once the portal has answered.
 * `arrived` tells of what else may be waited for; where it has, the form goes on.
 */
export const outcomeOf = async <A extends string = never>(
  { page, carrier, limitMs }: Omit<SignInDeps, 'once'>,
  moment: 'before' | 'after',
  act: () => Promise<void>,
  arrived?: () => Promise<A | undefined>,
): Promise<Screen | PortalFailure | A | 'none'> => {
  const rules = rulesOf(carrier, moment);
  const before = new Set(await rulesThatHold(page, rules));
  const answers = watchAnswers(page);
  const isAgain = (rule: NamedRule): boolean => rule.only === 'after' && answers.drawn();
  const said = (rule: NamedRule): Screen | PortalFailure =>
    isScreen(rule.is) ? rule.is : (saidBy(rule, moment) as PortalFailure);
  try {
    await act();
    const end = performance.now() + limitMs;
    while (performance.now() < end && !page.url().startsWith('chrome-error:')) {
      // Asked before the look: what was seen of the old document is not taken for the new one's.
      const isNew = answers.newDocument();
      const held = await rulesThatHold(page, rules);
      const other = await arrived?.();
      const isIn =
        held.some(({ is }) => is === 'signed-in') && !(await asksToSignIn(page, carrier));
      const rule = held.find(
        (each) =>
          !((isIn || other !== undefined) && isAnswer(each)) &&
          (isNew || !before.has(each) || isAgain(each)),
      );
      if (rule) return said(rule);
      if (other !== undefined) return other;
      await pause(LOOK_EVERY_MS);
    }
    // A page that is never quiet: what is asked after the submission alone is asked at last.
    const late = rules.filter(({ only }) => only === 'after');
    const [last] = answers.came() ? await rulesThatHold(page, late) : [];
    return last ? said(last) : 'none';
  } finally {
    answers.stop();
  }
};

/** What a page was answered since something was done to it. */
const watchAnswers = (page: Page) => {
  const open = new Set<Request>();
  let newDocument = false;
  let came = false;
  let quietSince = Infinity;
  const onDocument = (): void => {
    newDocument = true;
  };
  const onRequest = (request: Request): void => {
    if (['document', 'xhr', 'fetch'].includes(request.resourceType())) open.add(request);
  };
  const onEnd = (request: Request): void => {
    if (!open.delete(request)) return;
    came ||= request.method() !== 'GET';
    quietSince = performance.now();
  };
  page.on('domcontentloaded', onDocument);
  page.on('request', onRequest);
  page.on('requestfinished', onEnd);
  page.on('requestfailed', onEnd);
  return {
    newDocument: (): boolean => newDocument,
    came: (): boolean => came,
    drawn: (): boolean =>
      came && open.size === 0 && performance.now() - quietSince >= DRAWN_AFTER_MS,
    stop: (): void => {
      page.off('domcontentloaded', onDocument);
      page.off('request', onRequest);
      page.off('requestfinished', onEnd);
      page.off('requestfailed', onEnd);
    },
  };
};
