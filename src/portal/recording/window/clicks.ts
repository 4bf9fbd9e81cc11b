import { randomBytes } from 'node:crypto';
import type { BrowserContext, ElementHandle, Frame, Page } from 'playwright';
import { numberPattern } from '#shared/policy-number.ts';
import { withinTime } from '../../steps.ts';
import { pathOf, type Acting, type Step } from '../step.ts';
import { listen, type Kept, type Used } from './listener.ts';
import { nameOf, type Named } from './named.ts';

/** What a person did: steps in their order, or why it can be none. */
export type Heard =
  | { kind: 'steps'; steps: Step[] }
  | { kind: 'menu'; options: string[]; choose: (option: string) => Step }
  | { kind: 'problem'; says: string };

export interface Clicks {
  /** The next that is done in this window; what was done before it was asked for does not count. */
  next: (window: Page) => Promise<Heard>;
  /** What is pressed next, in words that the page shows; it is not done. */
  pointed: () => Promise<string>;
  acting: Acting;
}

const LONGEST_LOOK_MS = 2000;

type Target = ElementHandle<HTMLElement | SVGElement>;

/**
 * Hears what is pressed in a context, in its frames and windows, from now on. Nothing of it reaches the
 * pages but by `acting`.
 */
export const hearClicks = async (
  context: BrowserContext,
  options: { number: string; menus: boolean },
): Promise<Clicks> => {
  const { number, menus } = options;
  const random = (): string => `w${randomBytes(12).toString('hex')}`;
  const [tell, key] = [random(), random()];
  let wanted: ((frame: Frame, used: Used) => void) | undefined;
  await context.exposeBinding(tell, ({ frame }, used: Used) => wanted?.(frame, used));
  const { source, flags } = numberPattern(number);
  const listening = { tell, key, number: { source, flags }, menus };
  await context.addInitScript(listen, listening);
  const everywhere = (run: (frame: Frame) => Promise<unknown>): Promise<unknown> =>
    withinTime(
      Promise.all(
        // A frame that goes away meanwhile hears nothing any more.
        context.pages().flatMap((page) => page.frames().map((frame) => run(frame).catch(() => {}))),
      ),
      LONGEST_LOOK_MS,
    );
  await everywhere((frame) => frame.evaluate(listen, listening));
  const arm = (armed: boolean): Promise<unknown> =>
    everywhere((frame) =>
      frame.evaluate(
        ([where, is]) => {
          const kept = (globalThis as unknown as Record<string, Kept | undefined>)[where];
          if (kept) kept.armed = is;
        },
        [key, armed] as const,
      ),
    );

  const told = async (): Promise<[Frame, Used]> => {
    const { promise, resolve } = Promise.withResolvers<[Frame, Used]>();
    wanted = (frame, used) => resolve([frame, used]);
    try {
      return await promise;
    } finally {
      wanted = undefined;
    }
  };
  /** What the page has kept: what was used, or a field that was typed into. */
  const keptIn = async (frame: Frame, field?: number): Promise<Target | undefined> => {
    const handle = await frame.evaluateHandle(
      ([where, place]) => {
        const kept = (globalThis as unknown as Record<string, Kept>)[where];
        return place === undefined ? kept?.used : kept?.fields[place];
      },
      [key, field] as const,
    );
    return (handle.asElement() ?? undefined) as Target | undefined;
  };

  const stepsOf = async (window: Page, frame: Frame, used: Used): Promise<Heard> => {
    if (frame.page() !== window) return problem('The way goes on in the window that opened last.');
    if (used.typed.includes('other'))
      return problem(
        'Only the policy number can be typed on the way, since the rest would be the same for every policy. Empty that field.',
      );
    if (used.how === 'enter' && used.typed.length === 0)
      return problem('Type the policy number before Enter.');
    const place = await placeOf(frame);
    if (place === undefined)
      return problem(
        'This frame cannot be found again: it is one of several without a name, an id or a title.',
      );
    const target = await keptIn(frame);
    const named = target && (await nameOf(frame, target, number));
    if (target === undefined || named === undefined)
      return problem('This cannot be found again by what it shows: press something else.');
    const fills: Step[] = [];
    for (const [at] of used.typed.entries()) {
      const field = await keptIn(frame, at);
      const isSame = field && (await field.evaluate((one, other) => one === other, target));
      if (isSame && used.how === 'enter') continue;
      const where = field && (await nameOf(frame, field, number));
      if (where === undefined)
        return problem('The field that was typed into cannot be found again.');
      fills.push({ do: 'fill', ...where, ...place });
    }
    const choose = (option: string): Step => ({ do: 'choose', ...named, option, ...place });
    const [option = ''] = used.options;
    if (used.how === 'menu') return { kind: 'menu', options: used.options, choose };
    const last = used.how === 'choose' ? choose(option) : await deedOf(used, target, named, place);
    return last === undefined
      ? problem('A file cannot be given on the way.')
      : { kind: 'steps', steps: [...fills, last] };
  };

  return {
    next: async (window) => {
      const [frame, used] = await told();
      try {
        return await stepsOf(window, frame, used);
      } catch {
        return problem('The page went on before it could be looked at: once more.');
      }
    },
    pointed: async () => {
      const [frame] = await told();
      const target = await keptIn(frame);
      const text = await target?.evaluate((element) =>
        ((element as HTMLElement).innerText ?? element.textContent).replaceAll(/\s+/g, ' ').trim(),
      );
      return text ?? '';
    },
    acting: async (deed) => {
      await arm(false);
      try {
        return await deed();
      } finally {
        await arm(true);
      }
    },
  };
};

const problem = (says: string): Heard => ({ kind: 'problem', says });

/** Where a step is: nothing for the page itself, undefined for a frame that is not found again. */
const placeOf = async (frame: Frame): Promise<Pick<Step, 'frame'> | undefined> => {
  const path = await pathOf(frame);
  return path && (path.length === 0 ? {} : { frame: path });
};

const deedOf = async (
  { how }: Used,
  target: Target,
  named: Named,
  place: Pick<Step, 'frame'>,
): Promise<Step | undefined> => {
  const { type, checked } = await target.evaluate((element) => {
    const { type: kind, checked: is } = element as Partial<HTMLInputElement>;
    return { type: kind ?? '', checked: is ?? false };
  });
  if (type === 'file') return undefined;
  const isBox = /^(checkbox|radio)$/.test(type) && how !== 'enter';
  const deed = isBox && !checked ? 'check' : how === 'double' && !isBox ? 'double' : how;
  return {
    do: deed === 'enter' || deed === 'check' || deed === 'double' ? deed : 'press',
    ...named,
    ...place,
  };
};
