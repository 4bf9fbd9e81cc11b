import type { Frame, Page } from 'playwright';
import type { Finds } from '../contract.ts';
import { pages } from '../kit/listing.ts';
import { elementsOf } from './page-elements.ts';
import { pathOf, showing, type Step } from './step.ts';
import { goBack, startWalk, type WalkOptions } from './walk.ts';

/** The list of all policies: how it was come to, and its first screens. */
export interface Listed {
  /** Address on which the first step was done. */
  start: string;
  steps: Step[];
  /** What was shown before the last step; undefined where the first screen is the list. */
  before?: string;
  /** Frame that shows it, by CSS, after those around it. */
  frame?: readonly string[];
  /** What brings its next screen up, where the first has such a thing. */
  next?: { kind: 'button' | 'link'; label: string };
  screens: string[];
}

const NEXT = /^(next|older)\b|^more$|^[›»>]+$/i;
const MOST_SCREENS = 3;

/** Of a page and its frames, the one with the most rows. */
const longest = async (window: Page): Promise<Frame> => {
  const counted = await Promise.all(
    window.frames().map(async (frame) => ({ frame, rows: await frame.locator('tr').count() })),
  );
  return counted.toSorted((a, b) => b.rows - a.rows)[0]?.frame ?? window.mainFrame();
};

/**
 * From the first screen behind the sign-in to the list of all policies, by the given steps and, where
 * one fails or a person leads, as `choose` says; then through its first screens. Undefined when that gives up. Throws
 * StepFailed where nobody can be asked, and PortalChanged when the list does not go on.
 */
export const walkList = async (
  page: Page,
  start: string,
  number: string,
  options: Pick<WalkOptions, 'choose' | 'acting'> & { steps: readonly Step[]; led: boolean },
): Promise<Listed | undefined> => {
  await goBack(page, start);
  const walked = startWalk(page, number, options);
  const failed = await walked.follow(options.steps);
  const asks = options.led || failed !== undefined;
  if (asks && !(await walked.ask(failed, 'list'))) return undefined;
  const window = walked.window();
  const shown = (await showing(window, number)) ?? (await longest(window));
  const frame = await pathOf(shown);
  const next = (await elementsOf(shown)).flatMap(({ kind, label }) =>
    kind !== 'field' && NEXT.test(label) ? [{ kind, label }] : [],
  )[0];
  const screens: string[] = [];
  for await (const screen of pages(shown, { next: nextOf(next) })) {
    screens.push(screen);
    if (screens.length === MOST_SCREENS) break;
  }
  const before = walked.before.at(-1);
  return {
    start,
    steps: walked.steps,
    ...(before !== undefined && { before }),
    ...(frame && frame.length > 0 && { frame }),
    ...(next && { next }),
    screens,
  };
};

/** A list that fits on one screen shows nothing that leads on: another login's may be longer. */
const nextOf = (next: Listed['next']): Finds =>
  next
    ? { role: [next.kind, next.label] }
    : [{ role: ['link', /^next\b/i] }, { role: ['button', /^next\b/i] }];
