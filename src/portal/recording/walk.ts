import { errors, type Page } from 'playwright';
import { numberPattern, numberWithin } from '#shared/policy-number.ts';
import { NotInSight } from '../kit/find.ts';
import { guess } from './guess.ts';
import { elementsInFrames, type PageElement } from './page-elements.ts';
import { partsOf } from './proposal.ts';
import { settle } from './settle.ts';
import {
  act,
  frameAt,
  pathOf,
  placeOf,
  showing,
  wantedOf,
  type Acting,
  type Step,
} from './step.ts';

/** What showed the policy's number, after so many steps. */
export interface Screen {
  after: number;
  html: string;
  /** The frame that it is in, by CSS, after those around it. */
  frame?: readonly string[];
}

export interface Walked {
  /** Address on which the first step was done. */
  start: string;
  steps: Step[];
  /** Which step a number that nobody has does not come to. */
  fork?: number;
  /** What was shown before each step, where the step was done. */
  before: string[];
  /** Every screen that showed the number; the last is where the way ended. */
  screens: Screen[];
  /** What a search showed. */
  results: string;
  /** Where the policy stands: all of it, or its facts, with its values on another screen. */
  policy: Screen;
  values?: Screen;
}

/**
 * Says what to do next on a page that is not understood, or where a step has just `failed`: a step,
 * `here` when the policy is shown, or the list of all that is `asked` for.
 */
export type Choose = (
  elements: readonly PageElement[],
  failed?: Step,
  asked?: 'list',
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

/** Does one step after the other from a page on, and keeps what was shown before each. */
export const startWalk = (
  page: Page,
  number: string,
  { choose, acting }: Pick<WalkOptions, 'choose' | 'acting'>,
) => {
  const steps: Step[] = [];
  const before: string[] = [];
  const screens: Screen[] = [];
  let window = page;

  const look = async (): Promise<Screen | undefined> => {
    const shown = await showing(window, number);
    if (shown === undefined) return undefined;
    const frame = await pathOf(shown);
    const html = await shown.content();
    return { after: steps.length, html, ...(frame && frame.length > 0 && { frame }) };
  };

  const go = async (next: Step): Promise<void> => {
    const step = ofAny(next, number);
    // What a search has shown is where the next step is.
    const place = await placeOf(window, step, wantedOf(step, number));
    const content = await place.content();
    const screen = await look();
    window = await act(window, step, number, acting);
    before.push(content);
    if (screen) screens.push(screen);
    steps.push(step);
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
      throw new StepFailed({ step, done: steps, shown }, { cause: error });
    }
  };

  return {
    window: (): Page => window,
    steps,
    before,
    screens,
    look,
    go,
    /** Those that are given; the first that failed, where somebody is there to lead on. */
    follow: async (given: readonly Step[]): Promise<Step | undefined> => {
      for (const step of given) if (!(await works(step))) return step;
      return undefined;
    },
    /** What a person says, until they say `here`; false when they give up. */
    ask: async (failed: Step | undefined, asked?: 'list'): Promise<boolean> => {
      for (let last = failed; ;) {
        const next = await choose?.(await elementsInFrames(window), last, asked);
        if (next === undefined) return false;
        if (next === 'here') return true;
        last = (await works(next)) ? undefined : next;
      }
    },
  };
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
  const { led } = options;
  await settle(page);
  const start = page.url();
  const walked = startWalk(page, number, options);
  const { steps, before, screens } = walked;
  const given = options.steps ?? (led ? [] : guess(await elementsInFrames(page)));
  const failed = given && (await walked.follow(given));
  const asks = led === 'now' || given === undefined || failed !== undefined;
  if (asks && !(await walked.ask(failed))) return undefined;
  const isNamed = led || steps.some(({ byNumber }) => byNumber);
  const link = isNamed ? undefined : await ofNumber(walked.window(), number);
  if (link !== undefined) await walked.go(link);
  screens.push(
    (await walked.look()) ?? { after: steps.length, html: await walked.window().content() },
  );
  // Until a number that nobody has was tried: the policy is behind what is called by its number.
  const named = steps.findIndex(({ byNumber }) => byNumber);
  return standing({ start, steps, before, screens, ...(named >= 0 && { fork: named }) });
};

/** Finds among the screens behind the fork those that the policy stands on, and ends the way there. */
const standing = (walked: Omit<Walked, 'results' | 'policy' | 'values'>): Walked => {
  const { fork, before, steps, screens } = walked;
  const last = screens.at(-1);
  if (last === undefined) throw new Error('A way without an end');
  if (fork === undefined) return { ...walked, results: last.html, policy: last };
  const isSearched = steps[fork]?.byNumber !== undefined;
  const parts = screens
    .filter(({ after }) => after > fork || (after === fork && !isSearched))
    .map((screen) => ({ screen, ...partsOf(screen.html) }));
  const whole = parts.findLast(({ status, amounts }) => status && amounts)?.screen;
  const facts = parts.findLast(({ status }) => status)?.screen;
  // A list that a search shows may have amounts of others.
  const values = parts.findLast(({ amounts, screen }) => amounts && screen.after > fork)?.screen;
  const policy = whole ?? (facts && values ? facts : last);
  const isJoined = whole === undefined && facts !== undefined && values !== undefined;
  const end = Math.max(policy.after, isJoined ? values.after : 0);
  const { fork: _open, ...others } = walked;
  return {
    ...others,
    steps: steps.slice(0, end),
    // A policy that the search itself shows needs no step that an absent one lacks.
    ...(fork < end && { fork }),
    results: fork < end ? (before[fork] ?? policy.html) : policy.html,
    policy,
    ...(isJoined && { values }),
  };
};

/** The same way, once it is known which step a number that nobody has does not come to. */
export const forked = (walked: Walked, fork: number): Walked => standing({ ...walked, fork });

/** Back to where the way began; its windows are closed, since one of the same name would not open anew. */
export const goBack = async (page: Page, start: string): Promise<void> => {
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
  await goBack(page, walked.start);
  return walk(page, number, { ...options, steps: walked.steps, led: 'before' });
};

/** The same way for a number that nobody has: the step that it does not come to is the fork. */
export const walkAbsent = async (
  page: Page,
  absentNumber: string,
  walked: Walked,
  acting?: Acting,
): Promise<{ absent: string; fork?: number }> => {
  await goBack(page, walked.start);
  let window = page;
  for (const [index, step] of walked.steps.entries()) {
    const doIt = (): Promise<Page> => act(window, step, absentNumber, acting);
    const mayBeSlow = walked.fork !== undefined && index < walked.fork;
    try {
      window = await doIt().catch((error: unknown) => {
        // What is done for any number is there for this one too, where the portal is slow.
        if (!mayBeSlow || !(error instanceof NotInSight)) throw error;
        return doIt();
      });
    } catch (error) {
      if (!(error instanceof NotInSight) || index === 0) throw error;
      return { absent: await contentOf(window, step.frame), fork: index };
    }
  }
  return { absent: await contentOf(window, walked.policy.frame) };
};

const contentOf = async (window: Page, path: readonly string[] | undefined): Promise<string> =>
  (await frameAt(window, path)).content();
