import type { RichTextBlock, View } from '@slack/types';
import { formatMoney } from '#shared/money.ts';
import {
  at,
  bold,
  context,
  cut,
  day,
  escape,
  plain,
  section,
  type KnownBlock,
} from '#slack/blocks.ts';
import { STATUS_WORDS } from '#core/requests/messages/words.ts';
import { SHORT_REASONS } from '#slack/short-reasons.ts';
import {
  dayOf,
  type Attempt,
  type PolicyHistory,
  type ValueRecord,
} from '#core/policies/history.ts';

const modal = (blocks: KnownBlock[]): View => ({
  type: 'modal',
  callback_id: 'history',
  title: plain('History', 24),
  close: plain('Close', 24),
  blocks,
});

export const loadingHistory = (): View => modal([section('One moment …')]);

export const noHistory = (why: string): View => modal([section(why)]);

const MOST_ASKERS = 3;

const askers = ({ askedBy }: Attempt): string => {
  if (askedBy.length === 0) return 'daily sync';
  const names = askedBy.slice(0, MOST_ASKERS).map((name) => escape(cut(name, 40)));
  const more = askedBy.length - names.length;
  return `asked by ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};

const attemptLine = (attempt: Attempt): string => {
  const { emoji, name } = STATUS_WORDS[attempt.status];
  const reason = SHORT_REASONS[attempt.reason];
  return `${emoji} *${name}*${reason === '' ? '' : `, ${reason}`} · ${at(attempt.at)}\n${askers(attempt)} · through ${escape(cut(attempt.sourceName, 40))}`;
};

/** Of one named value, a table narrow enough for a phone: as-of date, amount, change in percent. */
const MOST_ROWS = 12;

/** Beside a day that is no date of the carrier's. */
const READ = ' (read)';

const tableOf = (all: readonly ValueRecord[]): string => {
  const records = all.slice(0, MOST_ROWS);
  const amounts = records.map(({ amount }) => formatMoney(amount));
  const days = records.map((record) => `${day(dayOf(record))}${record.asOf ? '' : READ}`);
  const longest = Math.max(12, ...days.map(({ length }) => length));
  const widest = Math.max(...amounts.map(({ length }) => length));
  return records
    .map((record, index) => {
      const before = all[index + 1]?.amount;
      const delta =
        before === undefined || before.minor === 0 || before.currency !== record.amount.currency
          ? ''
          : percent((record.amount.minor - before.minor) / Math.abs(before.minor));
      return `${(days[index] ?? '').padEnd(longest)}  ${(amounts[index] ?? '').padStart(widest)}  ${delta}`.trimEnd();
    })
    .join('\n');
};

const percent = (share: number): string => {
  if (share === 0) return 'same';
  const sign = share < 0 ? '−' : '+';
  return `${sign}${Math.abs(share * 100).toFixed(1)}%`;
};

const valueTable = (name: string, records: readonly ValueRecord[]): RichTextBlock => ({
  type: 'rich_text',
  elements: [
    {
      type: 'rich_text_section',
      elements: [{ type: 'text', text: cut(name, 80), style: { bold: true } }],
    },
    {
      type: 'rich_text_preformatted',
      elements: [{ type: 'text', text: tableOf(records) }],
    },
  ],
});

const MOST_NAMES = 12;

/** What was tried with a policy, and its values over time; a table is no block of a modal's. */
export const historyModal = (
  { policy, attempts, moreAttempts, values }: PolicyHistory,
  picture?: KnownBlock,
): View => {
  const noDate = values.some(({ asOf }) => asOf === undefined)
    ? ` Where ${escape(policy.carrierName)} shows no date: by the day we read it.`
    : '';
  const byName = [...Map.groupBy(values, ({ name }) => name)].slice(0, MOST_NAMES);
  return modal([
    section(
      `${bold(cut(policy.contactName, 80))} · ${bold(cut(policy.number, 60))}\n${escape(policy.carrierName)} · ${escape(cut(policy.productName, 80))} · ${escape(cut(policy.status, 40))}`,
    ),
    { type: 'divider' },
    section('*Latest syncs*'),
    ...(attempts.length === 0
      ? [section('It was never synced.')]
      : attempts.map((attempt) => section(attemptLine(attempt)))),
    ...(moreAttempts ? [context('Earlier ones are not shown.')] : []),
    { type: 'divider' },
    section('*Values over time*'),
    ...(picture === undefined ? [] : [picture]),
    ...(byName.length === 0
      ? [section('No values were read yet.')]
      : byName.map(([name, records]) => valueTable(name, records))),
    ...(byName.some(([, records]) => records.length > 1)
      ? [
          context(
            `By as-of date, newest first, with the change in percent.${noDate}${byName.some(([, records]) => records.length > MOST_ROWS) ? ' Older ones are in the CSV.' : ''}`,
          ),
        ]
      : []),
  ]);
};
