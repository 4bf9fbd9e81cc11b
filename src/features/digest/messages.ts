import type { RawNumberElement, RawTextElement } from '@slack/types';
import { isQuiet, MOST_TOLD, NEED_KINDS, type DigestCounts, type NeedKind } from './rules.ts';
import { formatDifference, formatMoney } from '#shared/money.ts';
import { statusOf, type Reason } from '#shared/outcome.ts';
import type { Digest } from './digest.ts';
import {
  context,
  cut,
  day,
  line,
  section,
  type KnownBlock,
  count,
  policies,
} from '#slack/blocks.ts';
import type { ChartSpec } from '#slack/chart.ts';
import { chartPicture, pictureBlock } from '#slack/picture.ts';
import {
  type DigestSettings,
  countLines,
  marketText,
  moveText,
  NEED_TITLES,
  needButton,
  needCells,
  needHead,
  needText,
  of,
  ruleText,
  sinceWhen,
  unreadText,
} from './words.ts';
import type { DesiredMessage } from '#slack/deliver.ts';
import type { DigestNeed } from './store/digest.ts';
import { spoken } from '#slack/spoken.ts';

/** How many needs have their button on the card, where the rest of them is, and the last line. */
interface OnCard {
  most: number;
  rest: string;
  end: string;
}

/** On the card itself; the thread has more of them, and the report all. */
const MOST_ON_CARD = 5;
const MOST_MOVES_ON_CARD = 3;
const MOST_LINES = 10;
/** Slack's limit for a table is 20,000 characters; wide names are cut to stay far below. */
const CELL = 32;
const MOST_CARRIERS = 150;

const title = (digest: Digest): string =>
  `*${digest.of === 'firm' ? 'Digest' : 'Your book'} of ${day(digest.day)}*`;

const chart = ({ counts, day: of }: Digest): ChartSpec => ({
  kind: 'bars',
  title: `${count(counts.syncable)} policies, ${day(of)}`,
  unit: { kind: 'count' },
  bars: [
    { label: 'Success', value: counts.success, tone: 'good' } as const,
    { label: 'of these, changed', value: counts.changed, tone: 'new' } as const,
    { label: 'Needs link', value: counts.waiting, tone: 'bad' } as const,
    { label: 'Old values', value: counts.stale, tone: 'old' } as const,
    { label: 'Status differs', value: counts.drift, tone: 'bad' } as const,
    { label: 'Not Found', value: counts.notFound, tone: 'bad' } as const,
    { label: 'Not synced, 7 days', value: counts.notSynced, tone: 'idle' } as const,
  ].filter(({ label, value }) => value > 0 || label === 'Success'),
});

const needsInAll = ({ needed }: Digest): number =>
  NEED_KINDS.reduce((sum, kind) => sum + needed[kind], 0);

const needLine = (need: DigestNeed, blockId: string, settings: DigestSettings): KnownBlock => {
  const text = needText(need, settings);
  const button = needButton(need, settings);
  return button === undefined ? section(text) : line(text, button, blockId);
};

/** What was not tried has not failed, and waits for no link yet, as before a firm's first day. */
const nobodyNeeded = ({ counts }: Digest, { command }: DigestSettings): string => {
  const { notSynced, syncable } = counts;
  if (notSynced === 0) return ':white_check_mark: Nothing needs a person.';
  const what =
    notSynced === syncable
      ? 'Nothing was synced'
      : `${policies(notSynced)} ${notSynced === 1 ? 'was' : 'were'} not synced`;
  return `:hourglass_flowing_sand: ${what} in the last 7 days. The next daily sync reads what is linked: \`${command} sources\` says which logins are not.`;
};

const needsOnCard = (
  digest: Digest,
  settings: DigestSettings,
  { most, rest: elsewhere }: OnCard,
): KnownBlock[] => {
  const all = needsInAll(digest);
  if (all === 0) return [section(nobodyNeeded(digest, settings))];
  const shown = digest.needs.slice(0, most);
  return [
    section(`*Needs a person: ${count(all)}*${all > 1 ? ', most valuable first' : ''}`),
    ...shown.map((need, index) => needLine(need, `need-${index}`, settings)),
    ...(all > shown.length ? [context(`and ${count(all - shown.length)} more, ${elsewhere}`)] : []),
  ];
};

const movesOnCard = (digest: Digest, { privacy }: DigestSettings): KnownBlock[] => {
  const { market, moves, moved, rule } = digest;
  const blocks = market === undefined ? [] : [section(marketText(market))];
  if (moved === 0) return blocks;
  const head = `*Moved by ${ruleText({ rule, moves })}: ${policies(moved)}*`;
  return privacy === 'masked'
    ? [
        ...blocks,
        line(
          head,
          {
            text: 'Show me which',
            action: 'show-digest',
            value: 'moves',
            says: 'Show me which policies moved; nobody else sees them',
          },
          'moves',
        ),
      ]
    : [...blocks, section([head, ...moves.slice(0, MOST_MOVES_ON_CARD).map(moveText)].join('\n'))];
};

const quietLine = (digest: Digest): string =>
  digest.counts.syncable === 0
    ? `${title(digest)}: there is no syncable policy yet.`
    : `:white_check_mark: ${title(digest)}: all is well. ${of(digest)}, ${count(digest.counts.success)} synced ${sinceWhen(digest)}, ${count(digest.counts.changed)} changed${digest.counts.first > 0 ? `, ${count(digest.counts.first)} first values` : ''}, nothing needs a person.`;

/** The digest itself. */
export const digestCard = (
  digest: Digest,
  settings: DigestSettings,
  on: OnCard,
): DesiredMessage => {
  const base = { key: 'card', inThread: false, final: true };
  if (isQuiet(digest)) {
    const text = quietLine(digest);
    return { ...base, ...spoken([section(text)]) };
  }
  const picture = chartPicture(chart(digest));
  return {
    ...base,
    ...spoken([
      section([`${title(digest)} · ${of(digest)}`, ...countLines(digest)].join('\n')),
      pictureBlock(picture),
      ...needsOnCard(digest, settings, on),
      ...movesOnCard(digest, settings),
      context(
        [
          `Success, changed and first values are counted ${sinceWhen(digest)}.`,
          'A policy may be in several of the other lines.',
          on.end,
        ].join(' '),
      ),
    ]),
    pictures: [picture],
  };
};

type Cell = string | number;

/** Slack sorts a column of numbers by their size. */
const cell = (given: Cell): RawTextElement | RawNumberElement =>
  typeof given === 'number'
    ? { type: 'raw_number', value: given, text: count(given) }
    : { type: 'raw_text', text: given.trim() === '' ? '–' : cut(given, CELL) };

const table = (caption: string, head: readonly string[], rows: readonly Cell[][]): KnownBlock => ({
  type: 'data_table',
  caption,
  page_size: 20,
  rows: [head, ...rows].map((row) => row.map(cell)),
});

const COLUMNS: readonly [string, keyof DigestCounts][] = [
  ['Policies', 'syncable'],
  ['Success', 'success'],
  ['Changed', 'changed'],
  ['First values', 'first'],
  ['Needs link', 'waiting'],
  ['Old values', 'stale'],
  ['Status differs', 'drift'],
  ['Not Found', 'notFound'],
  ['Not synced', 'notSynced'],
];

/** A line a carrier, the largest first; what is 0 at all of them has no column. */
export const carrierTable = ({ carriers }: Digest): KnownBlock => {
  const shown = carriers.slice(0, MOST_CARRIERS);
  const columns = COLUMNS.filter(
    ([, which]) => which === 'success' || shown.some(({ counts }) => counts[which] > 0),
  );
  return table(
    'By carrier',
    ['Carrier', ...columns.map(([words]) => words)],
    shown.map(({ name, counts }) => [name, ...columns.map(([, which]) => counts[which])]),
  );
};

const reply = (key: string, blocks: KnownBlock[]): DesiredMessage => ({
  key,
  inThread: true,
  ...spoken(blocks),
  final: true,
});

/** What could not be read and why, a line a reason, the most first. */
export const unreadLines = ({ unread }: Digest): string[] =>
  unread.map(
    ({ reason, count: n }: { reason: Reason; count: number }) =>
      `*${count(n)}*  ${unreadText(reason, reason === 'waiting-for-link' ? 'needs-link' : statusOf(reason))}`,
  );

/** Where the policies are that have no line here. */
const rest = (shown: number, all: number, command: string): KnownBlock[] =>
  shown >= all
    ? []
    : [
        context(
          `The ${count(shown)} most valuable of ${count(all)}. All of them are in the report, in my Home tab: \`${command} report\` opens it.`,
        ),
      ];

const needReply = (digest: Digest, kind: NeedKind, settings: DigestSettings): DesiredMessage[] => {
  const needs = digest.needs.filter((need) => need.kind === kind);
  if (needs.length === 0) return [];
  const all = digest.needed[kind];
  const head = `*${NEED_TITLES[kind]}: ${count(all)}*`;
  const lines = needs.slice(0, MOST_LINES);
  const more = needs.slice(lines.length, MOST_TOLD);
  return [
    reply(`need-${kind}`, [
      section(head),
      ...lines.map((need, index) => needLine(need, `need-${kind}-${index}`, settings)),
      ...(more.length === 0
        ? []
        : [
            table(
              `${count(more.length)} more`,
              needHead(kind, settings.privacy),
              more.map((need) => needCells(need, settings.privacy)),
            ),
          ]),
      ...rest(needs.length, all, settings.command),
    ]),
  ];
};

const moveReply = (
  { moves, moved, rule }: Digest,
  { privacy, command }: DigestSettings,
): DesiredMessage[] => {
  if (moves.length <= MOST_MOVES_ON_CARD || privacy === 'masked') return [];
  const head = `*Moved by ${ruleText({ rule, moves })}: ${policies(moved)}*, the largest first`;
  return [
    reply('moves', [
      section(head),
      table(
        'Account values',
        ['Policy', 'Contact', 'Before', 'Now', 'Difference'],
        moves.map((move) => [
          move.number,
          move.contactName,
          formatMoney(move.from),
          formatMoney(move.to),
          formatDifference(move.from, move.to) ?? '',
        ]),
      ),
      ...rest(moves.length, moved, command),
    ]),
  ];
};

/** The digest of a channel: the card, and its details in the thread, each reply within Slack's limits. */
export const digestMessages = (digest: Digest, settings: DigestSettings): DesiredMessage[] => {
  const card = digestCard(digest, settings, {
    most: MOST_ON_CARD,
    rest: 'in the thread.',
    end: 'Details are in the thread.',
  });
  if (isQuiet(digest)) return [card];
  const why = unreadLines(digest);
  const unread = why.length === 0 ? [] : ['*Could not be synced, and why*', ...why];
  return [
    card,
    ...(digest.carriers.length === 0 ? [] : [reply('carriers', [carrierTable(digest)])]),
    ...(unread.length === 0 ? [] : [reply('unread', [section(unread.join('\n'))])]),
    ...NEED_KINDS.flatMap((kind) => needReply(digest, kind, settings)),
    ...moveReply(digest, settings),
  ];
};
