import type { ItemView } from '../view.ts';
import { few } from '#slack/blocks.ts';

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

/** Whether each close number is another policy's: then none of them is what this one should be. */
export const isAllTaken = ({ guide }: Pick<ItemView, 'guide'>): boolean =>
  guide !== undefined &&
  guide.closeNumbers.length > 0 &&
  guide.closeNumbers.every(({ taken }) => taken);

/** What may have been meant: those, else all that are close, for a person to compare. */
export const likelyNumbers = (item: Pick<ItemView, 'guide' | 'detail'>): string[] => {
  const free = freeNumbers(item).map(({ number }) => number);
  return free.length > 0 ? free : (item.detail.closeNumbers ?? []);
};

/** What is said of close numbers that other policies have; all as they are shown. */
export const whoseNumbers = (close: readonly string[], sought: string, carrier: string): string =>
  `${few(close, 'and')} ${close.length === 1 ? 'is close, but belongs to another policy' : 'are close, but belong to other policies'} in the CRM. Compare ${sought} with ${carrier}'s site.`;
