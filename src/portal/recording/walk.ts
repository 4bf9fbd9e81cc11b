import { errors, type Frame, type Locator, type Page } from 'playwright';
import { numberPattern, numberWithin } from '#shared/policy-number.ts';
import type { Find } from '../contract.ts';
import { find, frameOf, isShown, NotInSight } from '../kit/find.ts';
import { popupIfAny } from '../kit/openings.ts';
import { guess } from './guess.ts';
import { elementsInFrames, type PageElement } from './page-elements.ts';
import { settle } from './settle.ts';

/** One thing done on the way to a policy. `fill` types its number, `enter` presses Enter after it. */
export interface Step {
  do: 'fill' | 'enter' | 'press' | 'double' | 'check' | 'choose';
  find: Find;
  /** Of a menu: what is chosen in it. */
  option?: string;
  /** What is pressed is called by the policy's number, alone or among other words, or is in its row. */
  byNumber?: 'alone' | 'within' | 'row';
  /** The frame it is in, by CSS, after those around it; the page itself without one. */
  frame?: readonly string[];
  /** It opens a window, in which the way goes on. */
  opens?: boolean;
}

export interface Walked {
  /** Address on which the first step was done. */
  start: string;
  steps: Step[];
  /** Which step a number that nobody has does not come to. */
  fork?: number;
  /** Frame that shows the policy in the end. */
  shownIn?: readonly string[];
  /** What was shown before each step, where the step was done. */
  before: string[];
  /** What a search showed. */
  results: string;
  /** The policy's own page, where a step behind the search led to one. */
  policy?: string;
}

/**
 * Says what to do next on a page that is not understood, or where a step has just `failed`: a step,
 * `here` when the policy is shown.
 */
export type Choose = (
  elements: readonly PageElement[],
  failed?: Step,
) => Promise<Step | 'here' | undefined>;

/** Ends a walk that nobody can lead on: a step found nothing to use, after those that were `done`. */
export class StepFailed extends Error {
  override name = 'StepFailed';
  readonly step: Step;
  readonly done: readonly Step[];
  /** What could be used on the page then. */
  readonly shown: readonly PageElement[];

  constructor(
    { step, done, shown }: Pick<StepFailed, 'step' | 'done' | 'shown'>,
    options: ErrorOptions,
  ) {
    super('A step of the way failed', options);
    this.step = step;
    this.done = done;
    this.shown = shown;
  }
}

/** Does the deed itself, for whoever must know when. */
export type Acting = <T>(deed: () => Promise<T>) => Promise<T>;

/**
 * What finds a frame again, after those around it: its name, id or title, or that it stands alone. None
 * for the page itself; undefined where one of them has nothing of it.
 */
export const pathOf = async (frame: Frame): Promise<readonly string[] | undefined> => {
  const around = frame.parentFrame();
  if (around === null) return [];
  const outer = await pathOf(around);
  const own = await cssOf(frame, around);
  return outer && own ? [...outer, own] : undefined;
};

const cssOf = async (frame: Frame, around: Frame): Promise<string | undefined> => {
  const element = await frame.frameElement();
  for (const how of ['name', 'id', 'title']) {
    const is = JSON.stringify((await element.getAttribute(how)) ?? '');
    if (is !== '""') return `frame[${how}=${is}], iframe[${how}=${is}]`;
  }
  return around.childFrames().length === 1 ? 'frame, iframe' : undefined;
};

const frameAt = async (window: Page, path: readonly string[] = []): Promise<Page | Frame> => {
  let place: Page | Frame = window;
  for (const css of path) place = await frameOf(place, { css });
  return place;
};

/** What a step looks for, for this number. */
export const wantedOf = ({ find: wanted, byNumber }: Step, number: string): Find => {
  if (byNumber === undefined) return wanted;
  if (byNumber === 'row') return { ...wanted, row: numberWithin(number) };
  const called = byNumber === 'alone' ? numberPattern(number) : numberWithin(number);
  return wanted.role === undefined ? { text: called } : { role: [wanted.role[0], called] };
};

/** The frame of a step; looked for where it is not known yet, and noted. */
const placeOf = async (window: Page, step: Step, wanted: Find): Promise<Page | Frame> => {
  if (step.frame !== undefined) return frameAt(window, step.frame);
  await find(window, { ...wanted, frame: 'any' });
  for (const frame of window.frames()) {
    if (!(await isShown(frame, wanted))) continue;
    const path = await pathOf(frame);
    if (path !== undefined && path.length > 0) step.frame = path;
    return frame;
  }
  return window;
};

const use = async (found: Locator, step: Step, number: string): Promise<void> => {
  switch (step.do) {
    case 'fill':
      return found.fill(number);
    case 'enter':
      await found.fill(number);
      return found.press('Enter');
    case 'check':
      return found.check();
    case 'choose':
      await found.selectOption({ label: step.option ?? '' });
      return;
    case 'double':
      return found.dblclick();
    case 'press':
      return found.click();
  }
};

/** Does a step, and gives the window in which the way goes on. */
const act = async (
  window: Page,
  step: Step,
  number: string,
  acting: Acting = (deed) => deed(),
): Promise<Page> => {
  const wanted = wantedOf(step, number);
  const found = await find(await placeOf(window, step, wanted), wanted);
  if (step.do === 'fill' || step.do === 'check') {
    await acting(() => use(found, step, number));
    return window;
  }
  const opened = await popupIfAny(window, async () => {
    await acting(() => use(found, step, number));
    await settle(window);
  });
  if (opened === undefined) return window;
  step.opens = true;
  await settle(opened);
  return opened;
};

const contentOf = async (window: Page, path: readonly string[] | undefined): Promise<string> =>
  (await frameAt(window, path)).content();

/** Of the page and its frames, the one that shows the number outside of what was typed. */
const showing = async (window: Page, number: string): Promise<Frame> => {
  for (const frame of window.frames()) {
    const text = await frame
      .locator('body')
      .innerText()
      .catch(() => '');
    if (numberWithin(number).test(text)) return frame;
  }
  return window.mainFrame();
};

/** The one link or button that is called by the number, where there is one. */
const ofNumber = async (window: Page, number: string): Promise<Step | undefined> => {
  for (const frame of window.frames())
    for (const byNumber of ['alone', 'within'] as const) {
      const wanted = wantedOf({ do: 'press', find: { role: ['link', ''] }, byNumber }, number);
      const link = frame.getByRole('link', { name: wanted.role?.[1] ?? '' });
      if ((await link.count()) === 1)
        return { do: 'press', find: { role: ['link', ''] }, byNumber };
    }
  return undefined;
};

/** A step that a person chose on the page of one policy: what is called by its number is of any. */
const ofAny = (step: Step, number: string): Step => {
  const name = step.find.role?.[1] ?? step.find.text;
  if (step.byNumber !== undefined || typeof name !== 'string' || !numberWithin(number).test(name))
    return step;
  return { ...step, byNumber: numberPattern(number).test(name) ? 'alone' : 'within' };
};

export interface WalkOptions {
  steps?: readonly Step[];
  choose?: Choose;
  acting?: Acting;
  /** A person leads from where the steps end, or has led: nothing is guessed, nothing is added. */
  led?: 'now' | 'before';
}

/**
 * From the first screen behind the sign-in to a policy: by the given steps, else by a search field
 * that looks like one, else, and where a step fails, as `choose` says; nothing else is pressed.
 * Undefined when none led on. Throws StepFailed where nobody can be asked.
 */
export const walk = async (
  page: Page,
  number: string,
  options: WalkOptions = {},
): Promise<Walked | undefined> => {
  await settle(page);
  const start = page.url();
  const done: Step[] = [];
  const before: string[] = [];
  let window = page;
  const go = async (next: Step): Promise<void> => {
    const step = ofAny(next, number);
    // What a search has shown is where the next step is.
    const wanted = wantedOf(step, number);
    const place = await placeOf(window, step, wanted);
    const content = await place.content();
    window = await act(window, step, number, options.acting);
    before.push(content);
    done.push(step);
  };
  /** The session stays, and what was done in it: whoever is there leads on. False where they must. */
  const works = async (step: Step): Promise<boolean> => {
    try {
      await go(step);
      return true;
    } catch (error) {
      if (!(error instanceof NotInSight || error instanceof errors.TimeoutError)) throw error;
      if (choose !== undefined) return false;
      const shown = await elementsInFrames(window);
      throw new StepFailed({ step, done, shown }, { cause: error });
    }
  };
  const { led, choose } = options;
  const steps = options.steps ?? (led ? [] : guess(await elementsInFrames(page)));
  let failed: Step | undefined;
  for (const step of steps ?? [])
    if (!(await works(step))) {
      failed = step;
      break;
    }
  if (led === 'now' || steps === undefined || failed !== undefined)
    for (;;) {
      const next = await choose?.(await elementsInFrames(window), failed);
      if (next === undefined) return undefined;
      if (next === 'here') break;
      failed = (await works(next)) ? undefined : next;
    }
  const link =
    led || done.some(({ byNumber }) => byNumber) ? undefined : await ofNumber(window, number);
  if (link !== undefined) await go(link);
  const shown = await showing(window, number);
  const shownIn = await pathOf(shown);
  // Until a number that nobody has was tried: the policy is behind what is called by its number.
  const named = done.findIndex(({ byNumber }) => byNumber);
  const last = await shown.content();
  return {
    start,
    steps: done,
    before,
    ...(shownIn !== undefined && shownIn.length > 0 && { shownIn }),
    ...(named < 0
      ? { results: last }
      : { fork: named, results: before[named] ?? '', policy: last }),
  };
};

/** The same way, once it is known which step a number that nobody has does not come to. */
export const forked = (walked: Walked, fork: number): Walked => ({
  ...walked,
  fork,
  results: walked.before[fork] ?? walked.results,
  policy: walked.policy ?? walked.results,
});

/** Back to where the way began; its windows are closed, since one of the same name would not open anew. */
const goBack = async (page: Page, { start }: Walked): Promise<void> => {
  for (const other of page.context().pages()) if (other !== page) await other.close();
  await page.goto(start);
  await settle(page);
};

/** The way that a person led, once more by itself; where a step of it fails they lead on. */
export const walkAgain = async (
  page: Page,
  number: string,
  walked: Walked,
  options: Pick<WalkOptions, 'choose' | 'acting'>,
): Promise<Walked | undefined> => {
  await goBack(page, walked);
  return walk(page, number, { ...options, steps: walked.steps, led: 'before' });
};

/** The same way for a number that nobody has: the step that it does not come to is the fork. */
export const walkAbsent = async (
  page: Page,
  absentNumber: string,
  walked: Walked,
  acting?: Acting,
): Promise<{ absent: string; fork?: number }> => {
  await goBack(page, walked);
  let window = page;
  for (const [index, step] of walked.steps.entries()) {
    try {
      window = await act(window, step, absentNumber, acting);
    } catch (error) {
      if (!(error instanceof NotInSight) || index === 0) throw error;
      return { absent: await contentOf(window, step.frame), fork: index };
    }
  }
  return { absent: await contentOf(window, walked.shownIn) };
};
