import { expect, it } from 'vitest';
import { countThrees, inFewNames } from '#core/policies/store/few-names.ts';

it('asks for the four three letters that the fewest names hold', () => {
  const counts = countThrees([' mara kelly ', ' marc kelso ', ' marion kelp ', ' omar quell ']);
  expect(counts.get('mar')).toBe(4);
  expect(counts.get('kel')).toBe(3);
  expect(inFewNames(['marquell', 'kel'], counts)).toEqual(['arq', 'rqu', 'que', 'uel']);
});

it('asks for all of them where there are no more, also where nobody was counted', () => {
  expect(inFewNames([' li', 'anna'], countThrees([]))).toEqual([' li', 'ann', 'nna']);
});

it('knows a letter that takes two places in memory as one', () => {
  expect(inFewNames(['𠮷野家'], countThrees([' 𠮷野家 ']))).toEqual(['𠮷野家']);
});
