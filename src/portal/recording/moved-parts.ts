import type * as cheerio from 'cheerio';
import { parse } from '../kit/parse.ts';
import { isElement, shownElements, shownText, type Element } from '../kit/shown.ts';

/** A part of a page that code finds by CSS, and how it can be found now. */
export interface MovedPart {
  was: string;
  now: string;
}

/** So much of what stood in the part must stand in the new one. */
const ENOUGH = 0.6;

const textsIn = ($: cheerio.CheerioAPI, element: Element): Set<string> =>
  new Set(
    [element, ...$(element).find('*').toArray().filter(isElement)]
      .filter((each) => each.children.every((child) => !isElement(child)))
      .map((each) => `${each.name} ${shownText(each).toLowerCase()}`)
      .filter((text) => /\p{L}{2}/u.test(text)),
  );

const shared = (a: Set<string>, b: Set<string>): number => {
  const both = [...a].filter((each) => b.has(each)).length;
  return both / Math.max(1, a.size + b.size - both);
};

const matching = ($: cheerio.CheerioAPI, css: string): Element[] => {
  try {
    return $(css).toArray().filter(isElement);
  } catch {
    // What only a browser understands, or no selector at all.
    return [];
  }
};

/** By its id, else by its tag and class; undefined where neither tells it from all others. */
const selectorOf = ($: cheerio.CheerioAPI, element: Element): string | undefined => {
  const { id, class: classes = '' } = element.attribs;
  const ways = [
    ...(id !== undefined && /^[A-Za-z][\w-]*$/.test(id) ? [`#${id}`] : []),
    ...classes
      .split(/\s+/)
      .filter((name) => /^[A-Za-z][\w-]*$/.test(name))
      .map((name) => `${element.name}.${name}`),
  ];
  return ways.find((way) => $(way).length === 1);
};

/** Selectors that match one part of the recorded page, and nothing of the page as it is now. */
export const movedParts = (
  before: string,
  now: string,
  selectors: readonly string[],
): MovedPart[] => {
  const [old, page] = [parse(before), parse(now)];
  const parts = new Set(selectors.flatMap((each) => each.split(/,\s*(?![^(]*\))/)));
  return [...parts].flatMap((was): MovedPart[] => {
    if (!/[#.[]/.test(was)) return [];
    const [element, ...others] = matching(old, was);
    if (element === undefined || others.length > 0 || matching(page, was).length > 0) return [];
    const texts = textsIn(old, element);
    const [best] = shownElements(page, `body ${element.name}, body [id], body [class]`, undefined)
      .map((candidate) => ({ candidate, score: shared(texts, textsIn(page, candidate)) }))
      .filter(({ score }) => score >= ENOUGH)
      .toSorted((a, b) => b.score - a.score);
    const found = best && selectorOf(page, best.candidate);
    return found === undefined ? [] : [{ was, now: found }];
  });
};
