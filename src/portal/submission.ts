import type { Page } from 'playwright';
import type { PortalFailure } from './portal.ts';
import type { Carrier, SignInOutcomeRule } from './contract.ts';
import type { Fence } from './guard.ts';
import { rulesThatHold, SHARED_OUTCOMES } from './outcomes.ts';
import { failure } from './failure.ts';

export const LOOK_EVERY_MS = 100;

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

export type Screen = 'signed-in' | 'code-needed' | 'channel-needed';

export const rulesOf = (carrier: Carrier): SignInOutcomeRule[] => [
  ...carrier.signIn.outcomes,
  ...(carrier.outcomes ?? []),
  ...SHARED_OUTCOMES,
];

export const isScreen = (is: SignInOutcomeRule['is']): is is Screen =>
  is === 'signed-in' || is === 'code-needed' || is === 'channel-needed';

/**
 * Does something to a page, then waits for the first rule that says what came of it. A rule that
 * held before counts again only on a new document: a notice that was there already is no answer.
 * `arrived` tells of what else may be waited for; it is asked after the rules.
 */
export const outcomeOf = async <A extends string = never>(
  { page, carrier, limitMs }: Omit<SignInDeps, 'once'>,
  act: () => Promise<void>,
  arrived?: () => Promise<A | undefined>,
): Promise<Screen | PortalFailure | A | 'none'> => {
  const rules = rulesOf(carrier);
  const before = new Set(await rulesThatHold(page, rules));
  let newDocument = false;
  const onDocument = (): void => {
    newDocument = true;
  };
  page.on('domcontentloaded', onDocument);
  try {
    await act();
    const end = performance.now() + limitMs;
    while (performance.now() < end && !page.url().startsWith('chrome-error:')) {
      // Asked before the look: what was seen of the old document is not taken for the new one's.
      const isNew = newDocument;
      const held = await rulesThatHold(page, rules);
      const rule = held.find((each) => isNew || !before.has(each));
      if (rule) return isScreen(rule.is) ? rule.is : failure(rule.is);
      const other = await arrived?.();
      if (other !== undefined) return other;
      await pause(LOOK_EVERY_MS);
    }
    return 'none';
  } finally {
    page.off('domcontentloaded', onDocument);
  }
};
