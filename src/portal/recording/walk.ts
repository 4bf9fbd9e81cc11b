import type { Page } from 'playwright';
import { numberPattern } from '#shared/policy-number.ts';
import type { Find } from '../contract.ts';
import { find } from '../kit/find.ts';
import { findOf, elementsOf, type PageElement } from './page-elements.ts';

/** One thing done on the way to a policy; `fill` types its number. */
export interface Step {
  do: 'fill' | 'press';
  find: Find;
}

export interface Walked {
  /** Address on which the first step was done. */
  start: string;
  steps: Step[];
  /** What a search showed. */
  results: string;
  /** The policy's own page, where a link of its number led to one. */
  policy?: string;
}

/** Says what to do next on a page that is not understood: a step, `here` when the policy is shown. */
export type Choose = (elements: readonly PageElement[]) => Promise<Step | 'here' | undefined>;

const SEARCH_FIELD = /polic|contract|account|certificate|number|search|find|look/i;
const SEARCH_BUTTON = /search|find|go|look|submit|show|view/i;
const SEARCH_LINK = /(polic|contract|account|client|book|inquir|search|find)/i;
const SETTLE_MS = 4000;

/** Waits until the page has stopped loading; what goes on for ever is not waited for. */
export const settle = async (page: Page): Promise<void> => {
  await page.waitForLoadState('load').catch(() => {});
  await page.waitForLoadState('networkidle', { timeout: SETTLE_MS }).catch(() => {});
};

const guess = (elements: readonly PageElement[]): Step[] | undefined => {
  const fields = elements.filter(
    (element) => element.kind === 'field' && /^(text|search|tel|number|)$/.test(element.type),
  );
  const named = fields.filter((element) =>
    SEARCH_FIELD.test(`${element.label} ${element.placeholder} ${element.name}`),
  );
  const field = named[0] ?? (fields.length === 1 ? fields[0] : undefined);
  const where = field && findOf(field);
  if (field === undefined || where === undefined) return undefined;
  const buttons = elements.filter((element) => element.kind === 'button');
  const button =
    buttons.find((element) => element.form === field.form && SEARCH_BUTTON.test(element.label)) ??
    buttons.find((element) => SEARCH_BUTTON.test(element.label));
  const press = button && findOf(button);
  return press === undefined
    ? undefined
    : [
        { do: 'fill', find: where },
        { do: 'press', find: press },
      ];
};

const act = async (page: Page, step: Step, number: string): Promise<void> => {
  const found = await find(page, step.find);
  await (step.do === 'fill' ? found.fill(number) : found.click());
  if (step.do === 'press') await settle(page);
};

/**
 * From the first screen behind the sign-in to a policy: by the given steps, else by a search field
 * that looks like one, else as `choose` says. Undefined when none of them led on.
 */
export const walk = async (
  page: Page,
  number: string,
  options: { steps?: readonly Step[]; choose?: Choose } = {},
): Promise<Walked | undefined> => {
  await settle(page);
  let steps = options.steps ?? guess(await elementsOf(page));
  if (steps === undefined) {
    const link = (await elementsOf(page)).find(
      (element) => element.kind === 'link' && SEARCH_LINK.test(element.label),
    );
    const there = link && findOf(link);
    if (there !== undefined) {
      await act(page, { do: 'press', find: there }, number);
      steps = guess(await elementsOf(page));
    }
  }
  const start = page.url();
  const done: Step[] = [];
  for (const step of steps ?? []) {
    await act(page, step, number);
    done.push(step);
  }
  if (steps === undefined) {
    for (;;) {
      const next = await options.choose?.(await elementsOf(page));
      if (next === undefined) return undefined;
      if (next === 'here') break;
      await act(page, next, number);
      done.push(next);
    }
  }
  return { start, steps: done, ...(await arrived(page, number)) };
};

const arrived = async (page: Page, number: string): Promise<Pick<Walked, 'results' | 'policy'>> => {
  const results = await page.content();
  const link = page.getByRole('link', { name: numberPattern(number) });
  if ((await link.count()) !== 1) return { results };
  await link.click();
  await settle(page);
  return { results, policy: await page.content() };
};
