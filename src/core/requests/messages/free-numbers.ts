import type { ItemView } from '../view.ts';

/**
 * Numbers close to the one sought that are no other policy's, while nobody has corrected it; `close`
 * is the place of each among all that the carrier has.
 */
export const freeNumbers = ({
  guide,
}: Pick<ItemView, 'guide'>): { number: string; close: number }[] =>
  guide === undefined || guide.numberEdit !== undefined
    ? []
    : guide.closeNumbers.flatMap(({ number, taken }, close) => (taken ? [] : [{ number, close }]));

/** What may have been meant: those, else all that are close, for a person to compare. */
export const likelyNumbers = (item: Pick<ItemView, 'guide' | 'detail'>): string[] => {
  const free = freeNumbers(item).map(({ number }) => number);
  return free.length > 0 ? free : (item.detail.closeNumbers ?? []);
};
