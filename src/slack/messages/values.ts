import { formatDifference, formatMoney } from '#domain/money.ts';
import type { ValueChange } from '#domain/verdict.ts';
import type { ItemView } from '#sync/view.ts';
import { bold, day, escape } from '../blocks.ts';
import type { Privacy } from './words.ts';

/** More lines than a phone shows; the rest is a count. */
const MOST_LINES = 8;

const changeLine = (change: ValueChange): string =>
  change.from === undefined
    ? `${escape(change.name)}  *${formatMoney(change.to)}*  (first value)`
    : `${escape(change.name)}  ${formatMoney(change.from)} → *${formatMoney(change.to)}*  ${formatDifference(change.from, change.to)}`;

/** Old -> new with difference for what changed, then what stayed; empty when values are hidden. */
export const valueLines = (item: ItemView, privacy: Privacy): string[] => {
  const { changes = [], values = [] } = item.detail;
  if (item.status !== 'success') return [];
  if (privacy === 'masked')
    return changes.length === 0 ? [] : [`${changes.length} values changed; open them in the app.`];
  const changed = new Set(changes.map(({ name }) => name));
  const dates = new Set(values.map(({ asOf }) => asOf));
  const lines = [
    ...changes.map(changeLine),
    ...values
      .filter(({ name }) => !changed.has(name))
      .map(({ name, amount }) => `${escape(name)}  ${formatMoney(amount)}`),
  ];
  const shown = lines.slice(0, MOST_LINES);
  if (lines.length > MOST_LINES) shown.push(`and ${lines.length - MOST_LINES} more`);
  if (dates.size > 1)
    shown.push(values.map(({ name, asOf }) => `${escape(name)} as of ${day(asOf)}`).join(', '));
  return shown;
};

/** The one change that matters most, for a notification: the account's value, else the first. */
export const headline = (item: ItemView, privacy: Privacy): string | undefined => {
  const { changes = [] } = item.detail;
  const main = changes.find(({ name }) => name === 'Account Value') ?? changes[0];
  if (main === undefined || privacy === 'masked') return undefined;
  const rest = changes.length > 1 ? `, ${changes.length - 1} more changed` : '';
  return main.from === undefined
    ? `${escape(main.name)} is ${bold(formatMoney(main.to))}${rest}`
    : `${escape(main.name)} is now ${bold(formatMoney(main.to))}, ${formatDifference(main.from, main.to)}${rest}`;
};
