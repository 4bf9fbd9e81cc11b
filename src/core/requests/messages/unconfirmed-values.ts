import { formatMoney, type Money } from '#shared/money.ts';
import type { Doubt } from '#core/policies/plausible.ts';
import type { ItemView } from '../view.ts';
import { day, name, type ButtonSpec } from '#slack/blocks.ts';
import type { Privacy } from './words.ts';
import type { UnconfirmedValue } from '#core/policies/unconfirmed-values.ts';

/** More lines than a phone shows; the rest is a count. */
const MOST_LINES = 6;

const rounded = (times: number): string =>
  times < 10 ? String(Math.round(times * 10) / 10) : Math.round(times).toLocaleString('en-US');

/** What is odd about it, without an amount. */
const oddity = (doubt: Doubt): string => {
  switch (doubt.kind) {
    case 'factor': {
      const grew = Math.abs(doubt.to.minor) > Math.abs(doubt.from.minor);
      const { shifted } = doubt;
      const times = shifted === undefined ? doubt.times : 10 ** Math.abs(shifted);
      const how = grew
        ? `${rounded(times)} times as much as before`
        : `1/${rounded(times)} of what it was`;
      return shifted === undefined ? how : `about ${how}, as if the decimal point had moved`;
    }
    case 'sign':
      return doubt.to.minor < 0 ? 'below zero now' : 'above zero now, it was below';
    case 'zero':
      return 'zero now, though the policy is active there';
    case 'currency':
      return `in ${doubt.to.currency} now, it was in ${doubt.from.currency}`;
    case 'future':
      return `of ${day(doubt.asOf)}, a day in the future`;
    case 'long-ago':
      return `of ${day(doubt.asOf)}, years ago`;
  }
};

const amounts = (from: Money, to: Money): string => `  ${formatMoney(from)} → *${formatMoney(to)}*`;

const doubtLine = (doubt: Doubt, { reading }: UnconfirmedValue, privacy: Privacy): string => {
  if (privacy === 'masked') return `• ${name(doubt.name)}: ${oddity(doubt)}`;
  if ('from' in doubt)
    return `• ${name(doubt.name)}${amounts(doubt.from, doubt.to)}: ${oddity(doubt)}`;
  const read = reading.values.find((value) => value.name === doubt.name);
  const amount = read === undefined ? '' : `  *${formatMoney(read.amount)}*`;
  return `• ${name(doubt.name)}${amount}: ${oddity(doubt)}`;
};

const newestDay = ({ reading }: UnconfirmedValue): string | undefined =>
  reading.values
    .flatMap(({ asOf }) => asOf ?? [])
    .sort()
    .at(-1);

/** Old and read value of each that is doubted, and why; the others are only counted. */
export const unconfirmedLines = (held: UnconfirmedValue, privacy: Privacy): string[] => {
  const { doubts, values } = held.reading;
  const lines = doubts.slice(0, MOST_LINES).map((doubt) => doubtLine(doubt, held, privacy));
  const more = doubts.length - lines.length;
  const others = values.length - doubts.length;
  const asOf = newestDay(held);
  return [
    ...lines,
    ...(more > 0 ? [`and ${more} more`] : []),
    [
      ...(asOf === undefined ? [] : [`Read as of ${day(asOf)}`]),
      ...(others > 0
        ? [`${others} other ${others === 1 ? 'value is' : 'values are'} waiting with them`]
        : []),
    ].join('; '),
  ].filter((line) => line !== '');
};

/** Beneath a sync whose reading waits for a person. */
export const doubtLines = ({ held, reason }: ItemView, privacy: Privacy): string[] => {
  if (reason !== 'implausible' || held === undefined || held.settled?.how === 'overtaken')
    return [];
  return [
    ...unconfirmedLines(held, privacy),
    ...(privacy === 'masked' && held.settled === undefined
      ? ['Amounts are hidden in this channel. Look at the values to decide; only you see them.']
      : []),
  ];
};

/** Whoever decides sees the amounts first, where they are not on the card. */
export const decisionButtons = (
  { held }: Pick<ItemView, 'held'>,
  privacy: Privacy,
): ButtonSpec[] => {
  if (held === undefined || held.settled !== undefined) return [];
  const value = JSON.stringify({ held: held.id, version: held.version });
  if (privacy === 'masked') return [{ text: 'Look at the values', action: 'held-look', value }];
  return [
    {
      text: 'These are right',
      action: 'held-accept',
      value,
      style: 'primary',
      confirm: {
        title: 'Are these right?',
        text: 'They become your values. We record that you confirmed them.',
        yes: 'They are right',
      },
    },
    { text: 'Not right', action: 'held-reject', value, says: 'What was read is not right' },
  ];
};
