import { formatDifference, formatMoney } from '#shared/money.ts';
import type { KnownValue, ValueChange } from '#core/policies/verdict.ts';
import type { ItemView } from '../view.ts';
import { bold, day, name } from '#slack/blocks.ts';
import type { Privacy } from './words.ts';

/** More lines than a phone shows; the rest is a count. */
const MOST_LINES = 8;

const difference = (from: ValueChange['to'], to: ValueChange['to'], before: string): string => {
  const text = formatDifference(from, to);
  return text === undefined ? '' : `${before}${text}`;
};

const changeText = ({ name: what, from, to }: ValueChange): string =>
  from === undefined
    ? `${name(what)}  *${formatMoney(to)}*  (first value)`
    : `${name(what)}  ${formatMoney(from)} → *${formatMoney(to)}*${difference(from, to, '  ')}`;

const valueText = ({ name: what, amount }: KnownValue): string =>
  `${name(what)}  ${formatMoney(amount)}`;

/** "2 values changed", "1 first value": what was not known before has not changed. */
const countsOf = (changes: readonly ValueChange[], more = ''): string[] => {
  const first = changes.filter(({ from }) => from === undefined).length;
  const moved = changes.length - first;
  const noun = more === '' ? ` value${moved === 1 ? '' : 's'}` : more;
  return [
    ...(moved === 0 ? [] : [`${moved}${noun} changed`]),
    ...(first === 0 ? [] : [`${first}${more} first value${first === 1 ? '' : 's'}`]),
  ];
};

/** Said only of a value whose date is not the one that the card gives for all. */
const ownDate = (asOf: string | undefined, item: ItemView): string => {
  if (asOf === item.detail.asOf) return '';
  return asOf === undefined ? '  (no date shown)' : `  (as of ${day(asOf)})`;
};

/** Old -> new with difference for what changed, then what stayed; amounts are hidden when masked. */
export const valueLines = (item: ItemView, privacy: Privacy): string[] => {
  const { changes = [], values = [] } = item.detail;
  if (item.status !== 'success') return [];
  if (privacy === 'masked')
    return changes.length === 0
      ? []
      : [`${countsOf(changes).join(', ')}. Amounts stay out of this channel.`];
  const changed = new Set(changes.map((change) => change.name));
  const lines = [
    ...changes.map((change) => changeText(change) + ownDate(change.asOf, item)),
    ...values
      .filter((value) => !changed.has(value.name))
      .map((value) => valueText(value) + ownDate(value.asOf, item)),
  ];
  // A last line that says "and 1 more" would take the place of the one it counts.
  if (lines.length <= MOST_LINES + 1) return lines;
  return [...lines.slice(0, MOST_LINES), `and ${lines.length - MOST_LINES} more`];
};

/** The account's value where there is one, else the first. */
export const mainOf = <Named extends { name: string }>(
  values: readonly Named[],
): Named | undefined => values.find((value) => value.name === 'Account Value') ?? values[0];

/** The one change that matters most, for a notification; of what did not change, the amount as it stands. */
export const headline = (item: ItemView, privacy: Privacy): string | undefined => {
  const { changes = [], values = [] } = item.detail;
  if (privacy === 'masked') return undefined;
  const main = mainOf(changes);
  if (main === undefined) {
    const same = item.status === 'success' ? mainOf(values) : undefined;
    return same && `${name(same.name)} is ${bold(formatMoney(same.amount))}`;
  }
  const rest = countsOf(
    changes.filter((change) => change !== main),
    ' more',
  )
    .map((words) => `, ${words}`)
    .join('');
  return main.from === undefined
    ? `${name(main.name)} is ${bold(formatMoney(main.to))}${rest}`
    : `${name(main.name)} is now ${bold(formatMoney(main.to))}${difference(main.from, main.to, ', ')}${rest}`;
};
