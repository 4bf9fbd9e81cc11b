import type { Doubt, PolicyLine, ProductLine } from './summary-rules.ts';
import { spokenTime } from '#shared/typed-time.ts';
import { formatDifference, formatMoney } from '#shared/money.ts';
import type { MeetingSummary } from './summary.ts';
import type { ItemView } from '#core/requests/view.ts';
import {
  atAfter,
  actions,
  bold,
  context,
  day,
  few,
  name,
  section,
  type ButtonSpec,
  type KnownBlock,
  policies,
} from '#slack/blocks.ts';
import type { ChartSpec } from '#slack/chart.ts';
import { chartPicture, pictureBlock } from '#slack/picture.ts';
import {
  sentence,
  shownNumber,
  soughtNumber,
  statusName,
  type Privacy,
} from '#core/requests/messages/words.ts';
import type { DesiredMessage } from '#slack/deliver.ts';
import { spoken } from '#slack/spoken.ts';
/** A section holds so many policies and stays below Slack's 3,000 characters. */
const MOST_IN_SECTION = 10;
const MOST_MOVES = 6;
const MOST_UNREAD = 10;
const MOST_LINKS = 5;

const sinceText = ({ since }: MeetingSummary): string =>
  since.what === 'summary'
    ? atAfter('since your last summary of', since.at, '{date_short_pretty}')
    : 'over the last 30 days';

const change = ({ before, value }: PolicyLine): string => {
  if (before === undefined || value === undefined) return '';
  const text = formatDifference(before, value.amount);
  return text === undefined ? '' : `  ${text}`;
};

const DOUBTS: Record<Doubt, string> = {
  stale: 'the carrier should show a newer one by now',
  'status-drift': 'the carrier shows the policy as inactive: compare its status',
  partial: 'the carrier left some values out, yours are kept',
};

const policyLine = (line: PolicyLine, privacy: Privacy): string => {
  const who = `${name(line.carrierName)} ${shownNumber(line.number, privacy)} · ${name(line.productName)}`;
  const { value } = line;
  if (value === undefined) return `• ${who}\n   no values yet`;
  const fresh = line.read
    ? line.doubt === null
      ? ''
      : `, :large_yellow_circle: ${DOUBTS[line.doubt]}`
    : ', :warning: not read for this meeting';
  const date = value.asOf === undefined ? 'no date shown' : `as of ${day(value.asOf)}`;
  return `• ${who}\n   ${name(value.name)} *${formatMoney(value.amount)}*${change(line)}, ${date}${fresh}`;
};

const totals = ({ totals: all }: ProductLine): string =>
  all
    .map(({ name: what, amount, policies: n }) =>
      n === 1 ? '' : `${name(what)} of ${policies(n)}: *${formatMoney(amount)}*`,
    )
    .filter((text) => text !== '')
    .join(', ');

const lineBlocks = (line: ProductLine, privacy: Privacy): KnownBlock[] => {
  const sum = totals(line);
  const rows = line.policies.map((policy) => policyLine(policy, privacy));
  const head = `*${line.name}*${sum === '' ? '' : `  ${sum}`}`;
  const sections: KnownBlock[] = [];
  for (let from = 0; from < rows.length; from += MOST_IN_SECTION)
    sections.push(
      section(
        [...(from === 0 ? [head] : []), ...rows.slice(from, from + MOST_IN_SECTION)].join('\n'),
      ),
    );
  return sections;
};

const moveLines = ({ moves, ...summary }: MeetingSummary, privacy: Privacy): KnownBlock[] => {
  if (moves.length === 0) return [];
  const more = moves.length - MOST_MOVES;
  return [
    section(
      [
        `*Also changed ${sinceText({ ...summary, moves })}*`,
        ...moves
          .slice(0, MOST_MOVES)
          .map(
            (move) =>
              `• ${shownNumber(move.number, privacy)}  ${name(move.name)} ${formatMoney(move.from)} → *${formatMoney(move.to)}*`,
          ),
        ...(more > 0 ? [`and ${more} more: \`history\` of each policy has them all`] : []),
      ].join('\n'),
    ),
  ];
};

const unreadLine = (item: ItemView, privacy: Privacy): string => {
  const { emoji, name: status } = statusName(item);
  return `${emoji} *${status}*  ${name(item.policy.carrierName)} ${soughtNumber(item, privacy)}\n${sentence(item, privacy)}`;
};

const unreadBlocks = (summary: MeetingSummary, privacy: Privacy): KnownBlock[] => {
  const { unread, unreachable, closed } = summary;
  const more = unread.length - MOST_UNREAD;
  return [
    ...(unread.length === 0
      ? []
      : [
          section(`*Not refreshed: ${policies(unread.length)}*, the values below are older`),
          ...unread.slice(0, MOST_UNREAD).map((item) => section(unreadLine(item, privacy))),
          ...(more > 0 ? [context(`and ${more} more, on the card of the refresh`)] : []),
        ]),
    ...(unreachable.length === 0
      ? []
      : [
          section(
            `:warning: Not refreshed: ${few(
              unreachable.map(
                (each) => `${name(each.carrierName)} ${shownNumber(each.number, privacy)}`,
              ),
              'and',
              5,
            )}. No login there is shared with you; ask a manager at your firm for one.`,
          ),
        ]),
    ...(closed.length === 0
      ? []
      : [
          context(
            `Not synced, by the CRM's status: ${few(
              closed.map((each) => `${shownNumber(each.number, privacy)} (${name(each.status)})`),
              'and',
              5,
            )}`,
          ),
        ]),
  ];
};

const readOf = ({ lines }: MeetingSummary): { read: number; all: number; doubts: number } => {
  const each = lines.flatMap((line) => line.policies);
  return {
    read: each.filter(({ read }) => read).length,
    all: each.length,
    doubts: each.filter(({ doubt }) => doubt !== null).length,
  };
};

const headOf = (summary: MeetingSummary): string[] => {
  const { contactName, at: when, zone, madeAt } = summary;
  const { read, all, doubts } = readOf(summary);
  const title = `*Before you meet* ${bold(contactName)} · ${spokenTime(when, madeAt, zone)}`;
  const late =
    madeAt >= when
      ? [
          `:warning: This comes late: the meeting ${atAfter('was', when)}${summary.missed ? ', and I was not running before it, so nothing was refreshed' : ''}.`,
        ]
      : [];
  const how =
    all === 0
      ? 'They have no policy that is synced.'
      : read === all
        ? `:white_check_mark: ${all === 1 ? 'Their policy was' : `All ${all} policies were`} refreshed today.`
        : `:warning: ${read} of ${policies(all)} refreshed today.`;
  const look =
    doubts === 0
      ? []
      : [
          `:large_yellow_circle: ${policies(doubts)} ${doubts === 1 ? 'needs' : 'need'} a look, as marked below.`,
        ];
  return [title, ...late, how, ...look];
};

const chartOf = ({ chart, contactName }: MeetingSummary): ChartSpec | undefined =>
  chart === null
    ? undefined
    : {
        kind: 'line',
        title: `${contactName}: values over time`,
        unit: { kind: 'money', currency: chart.currency },
        series: chart.series,
      };

const linkButtons = ({ unread }: MeetingSummary, canLink: boolean): ButtonSpec[] => {
  const logins = new Map(
    unread
      .filter(({ source }) => !source.linked && source.mayLink)
      .map(({ source }) => [source.id, source]),
  );
  return canLink
    ? [...logins.values()].slice(0, MOST_LINKS).map((source, index) => ({
        text: `Link ${source.name}`,
        action: `link:${index}`,
        value: JSON.stringify({ source: source.id }),
        style: 'primary' as const,
      }))
    : [];
};

/** One card of a contact for the minutes before a meeting. */
export const meetingCard = (
  summary: MeetingSummary,
  { privacy, canLink }: { privacy: Privacy; canLink: boolean },
): DesiredMessage => {
  const chart = chartOf(summary);
  const picture = chart && chartPicture(chart);
  return {
    key: 'card',
    inThread: false,
    ...spoken([
      section(headOf(summary).join('\n')),
      ...unreadBlocks(summary, privacy).slice(0, MOST_UNREAD + 4),
      ...summary.lines.flatMap((line) => lineBlocks(line, privacy)).slice(0, 20),
      ...(picture === undefined ? [] : [pictureBlock(picture)]),
      ...moveLines(summary, privacy),
      ...actions('meeting', [
        ...linkButtons(summary, canLink),
        {
          text: 'Sync again',
          action: 'sync-contact',
          value: JSON.stringify({ contact: summary.contactId }),
        },
      ]),
      context(`Differences are ${sinceText(summary)}. ${atAfter('Put together', summary.madeAt)}.`),
    ]),
    ...(picture === undefined ? {} : { pictures: [picture] }),
    final: true,
  };
};
