import type { ElementHandle, Frame, Locator } from 'playwright';
import { numberPattern, numberWithin } from '#shared/policy-number.ts';
import type { Find } from '../../contract.ts';
import { candidates, rowsOf } from '../../kit/find.ts';
import { describe } from '../page-elements.ts';
import { wantedOf, type Step } from '../step.ts';

/** How something is found again. */
export type Named = Pick<Step, 'find' | 'byNumber'>;

type Target = ElementHandle<HTMLElement | SVGElement>;

const LONGEST_TEXT = 80;

/** Runs in the page. */
const lookAt = (element: HTMLElement | SVGElement) => {
  const isUsed =
    element.matches('input, select, textarea, button, a[href], [role="button"]') &&
    element.getAttribute('role') !== 'link';
  const text = (element as HTMLElement).innerText ?? element.textContent;
  return {
    isUsed,
    text: text.replaceAll(/\s+/g, ' ').trim(),
    title: element.getAttribute('title'),
  };
};

/**
 * How this one is found again, for any number: by what people read before what programs read, and
 * only by what finds this one first of all that can be seen. Undefined when nothing does.
 */
export const nameOf = async (
  frame: Frame,
  target: Target,
  number: string,
): Promise<Named | undefined> => {
  const { isUsed, text, title } = await target.evaluate(lookAt);
  const names: Named[] = [];
  const called = (name: string | null, find: (name: string) => Find): void => {
    if (name === null || name === '' || name.length > LONGEST_TEXT) return;
    if (!numberWithin(number).test(name)) names.push({ find: find(name) });
    else
      names.push({
        find: find(name),
        byNumber: numberPattern(number).test(name) ? 'alone' : 'within',
      });
  };
  // A field that is typed into is one for all policies.
  let mayBeInRow = isUsed;
  if (isUsed) {
    const [{ kind, type, label, placeholder, name, id } = NOTHING] =
      await target.evaluate(describe);
    mayBeInRow = kind !== 'field' || /^(checkbox|radio)$/.test(type);
    if (kind === 'field') called(label, (words) => ({ label: words }));
    else for (const words of [label, title]) called(words, (each) => ({ role: [kind, each] }));
    called(placeholder, (words) => ({ placeholder: words }));
    if (!numberWithin(number).test(name)) called(name, (each) => ({ name: each }));
    if (/^[a-z][\w-]*$/i.test(id) && !numberWithin(number).test(id))
      names.push({ find: { css: `#${id}` } });
  }
  called(text, (words) => ({ text: words }));
  const inRow = names
    .filter(({ byNumber }) => byNumber === undefined)
    .map(({ find }): Named => ({ find, byNumber: 'row' }));
  const byNumber = names.filter((each) => each.byNumber !== undefined);
  const rest = names.filter((each) => each.byNumber === undefined);
  for (const each of byNumber) if (await finds(frame, each, number, target)) return each;
  for (const each of mayBeInRow ? inRow : [])
    if (await finds(frame, each, number, target)) return each;
  if (!isUsed && (await isInRow(frame, target, number))) {
    // What each row has is called the same in all; anything else is of this policy alone.
    const [said] = candidates(frame, { text });
    if (said !== undefined && (await said.count()) > 1)
      for (const each of inRow) if (await finds(frame, each, number, target)) return each;
    const row = await ofRow(frame, number);
    if (row !== undefined) return row;
  }
  for (const most of [1, Number.POSITIVE_INFINITY])
    for (const each of rest) if (await finds(frame, each, number, target, most)) return each;
  return undefined;
};

const NOTHING = { kind: 'field', type: '', label: '', placeholder: '', name: '', id: '' } as const;

/** Whether it is the first, or the only one, that is found so. */
const finds = async (
  frame: Frame,
  named: Named,
  number: string,
  target: Target,
  most = 1,
): Promise<boolean> => {
  for (const found of candidates(frame, wantedOf({ do: 'press', ...named }, number))) {
    const count = await found.count();
    if (count === 0) continue;
    return (
      count <= most &&
      (await found
        .first()
        .evaluate((first, wanted) => first.contains(wanted) || wanted.contains(first), target))
    );
  }
  return false;
};

const rowOf = (frame: Frame, number: string): Locator =>
  rowsOf(frame, numberWithin(number)).filter({ visible: true });

const isInRow = async (frame: Frame, target: Target, number: string): Promise<boolean> => {
  const row = rowOf(frame, number);
  return (
    (await row.count()) === 1 && (await row.evaluate((all, part) => all.contains(part), target))
  );
};

/** Where the number's row shows it, for a part of the row that is nothing by itself. */
const ofRow = async (frame: Frame, number: string): Promise<Named | undefined> => {
  const row = rowOf(frame, number);
  for (const byNumber of ['alone', 'within'] as const) {
    const shown = wantedOf({ do: 'press', find: { text: '' }, byNumber }, number);
    const [found] = candidates(frame, shown);
    if (found === undefined || (await found.count()) === 0) continue;
    const cell = await found.first().elementHandle();
    if (await row.evaluate((all, part) => all.contains(part), cell))
      return { find: { text: number }, byNumber };
  }
  return undefined;
};
