import type { Frame, Locator, Page } from 'playwright';
import { numberPattern, numberWithin } from '#shared/policy-number.ts';
import type { Find } from '../contract.ts';
import { find, frameOf, isShown } from '../kit/find.ts';
import { popupIfAny } from '../kit/openings.ts';
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

export const frameAt = async (
  window: Page,
  path: readonly string[] = [],
): Promise<Page | Frame> => {
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
export const placeOf = async (window: Page, step: Step, wanted: Find): Promise<Page | Frame> => {
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
export const act = async (
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

/** Of the page and its frames, the one that shows the number outside of what was typed. */
export const showing = async (window: Page, number: string): Promise<Frame | undefined> => {
  for (const frame of window.frames()) {
    // A page of frames has no body, and would be waited for.
    const text = await frame
      .locator('body, frameset')
      .first()
      .innerText()
      .catch(() => '');
    if (numberWithin(number).test(text)) return frame;
  }
  return undefined;
};
