import { newestPicture } from './evidence.ts';
import {
  actions,
  at,
  bold,
  cut,
  day,
  name,
  ownWords,
  section,
  type ButtonSpec,
  type KnownBlock,
  quote,
} from '#slack/blocks.ts';
import { clickValue, named } from '#core/requests/messages/card.ts';
import { shownNumber, STATUS_WORDS, type Privacy } from '#core/requests/messages/words.ts';
import { unconfirmedLines } from '#core/requests/messages/unconfirmed-values.ts';
import type { DesiredMessage } from '#slack/deliver.ts';
import type { CaseEvent, CaseView } from './store/views.ts';
import { spoken } from '#slack/spoken.ts';

/** More than this of a timeline is looked up, not read in a channel. */
const MOST_LINES = 20;
/** With its heading it stands in one section, of which Slack takes 3,000 characters. */
const LONGEST_TIMELINE = 2900;
const LONGEST_LINE = 220;

const eventText = (event: CaseEvent, privacy: Privacy): string => {
  const by = name(event.by ?? 'Someone');
  switch (event.kind) {
    case 'requested':
      return `${by} asked for a sync.`;
    case 'attempt': {
      const { name: status, emoji } = STATUS_WORDS[event.status];
      const facts = [
        ...(event.carrierStatus === undefined
          ? []
          : [`the carrier says ${bold(event.carrierStatus)}`]),
        ...(event.asOf === undefined ? [] : [`values of ${day(event.asOf)}`]),
      ];
      return `${emoji} *${status}* (${event.reason.replaceAll('-', ' ')}) through ${name(event.source)}${
        facts.length === 0 ? '' : `: ${facts.join(', ')}`
      }.`;
    }
    case 'status-updated':
      return `${by} changed the status: ${bold(event.from)} → ${bold(event.to)}.`;
    case 'number-corrected':
      return `${by} corrected the number: ${bold(shownNumber(event.from, privacy))} → ${bold(shownNumber(event.to, privacy))}.`;
    case 'asked':
      return `${by} asked support.`;
    case 'replied':
      return `${by} replied: ${ownWords(cut(event.text, LONGEST_LINE))}`;
    case 'closed':
      return `${by} closed the case.`;
  }
};

const ofEarlier = (left: number): string[] =>
  left === 0 ? [] : [left === 1 ? '1 earlier one.' : `${left} earlier ones.`];

/** The newest lines that have room, oldest first: what came last is what is read. */
const timeline = (events: readonly CaseEvent[], privacy: Privacy): string => {
  const lines = events
    .slice(-MOST_LINES)
    .map((event) => `${at(event.at)}  ${eventText(event, privacy)}`);
  const shown = (): string[] => [...ofEarlier(events.length - lines.length), ...lines];
  while (lines.length > 1 && shown().join('\n').length > LONGEST_TIMELINE) lines.shift();
  return shown().join('\n');
};

const title = (view: CaseView, privacy: Privacy): string => {
  const { policy, source } = view;
  const state = view.closed
    ? `:white_check_mark: *Case ${view.number}, closed by ${name(view.closedBy ?? 'support')}*`
    : `:sos: *Case ${view.number}*`;
  return [
    `${state} · ${named({ policy }, privacy)}`,
    `${name(policy.productName)} · in the CRM ${bold(policy.status)} · ${name(source.name)}, ${source.linked ? 'linked' : 'unlinked'}`,
  ].join('\n');
};

const asking = ({ askedBy, note }: CaseView): string =>
  note === null || note.trim() === ''
    ? `*${name(askedBy.name)}* asks for help.`
    : `*${name(askedBy.name)}* asks:\n${quote(note)}`;

const buttons = (view: CaseView, privacy: Privacy): ButtonSpec[] => {
  const value = JSON.stringify({ case: view.id });
  return [
    ...(view.closed ? [] : work(view, value)),
    ...(privacy === 'full'
      ? []
      : [
          {
            text: 'Show me the numbers',
            action: 'case-show',
            value: JSON.stringify({ number: view.number }),
            says: `Show me case ${view.number} with whole numbers; nobody else sees it`,
          },
        ]),
  ];
};

const work = (view: CaseView, value: string): ButtonSpec[] => [
  { text: 'Reply to advisor', action: 'case-reply', value, style: 'primary' },
  { text: 'Sync again', action: 're-run', value: clickValue(view.requestId, view.syncId) },
  ...(newestPicture(view) === undefined
    ? []
    : [
        {
          text: 'See the picture',
          action: 'case-picture',
          value,
          says: 'See the masked picture of the page that was not understood',
        },
      ]),
  {
    text: 'Close case',
    action: 'case-close',
    value,
    confirm: {
      title: 'Close the case?',
      text: 'The person who asked sees that in their thread.',
      yes: 'Close it',
    },
  },
];

/** Old and read amounts of what looks wrong; where amounts are hidden, what is odd about each. */
const doubted = ({ held, policy }: CaseView, privacy: Privacy): KnownBlock[] =>
  held === undefined
    ? []
    : [
        section(
          [
            `*What we read at ${name(policy.carrierName)} and did not save*`,
            ...unconfirmedLines(held, privacy),
          ].join('\n'),
        ),
      ];

/** What the case says, in its channel and when it is looked up. */
export const caseBlocks = (view: CaseView, privacy: Privacy): KnownBlock[] => [
  section(title(view, privacy)),
  section(asking(view)),
  section(`*What happened*\n${timeline(view.events, privacy)}`),
  ...doubted(view, privacy),
  ...actions(`case-${view.version}`, buttons(view, privacy)),
];

/** The one message of a case in the support channel: always its newest state. */
export const caseMessage = (view: CaseView, privacy: Privacy): DesiredMessage => ({
  key: 'card',
  inThread: false,
  ...spoken(caseBlocks(view, privacy)),
  final: view.closed,
});

/** An edited card calls nobody: what whoever asked answers is a message of its own beneath it. */
export const answersBack = ({ events }: CaseView): DesiredMessage[] =>
  events.flatMap((event) => {
    if (event.kind !== 'replied' || !event.byAsker) return [];
    const text = `*${name(event.by ?? 'Someone')}* answers:\n${quote(event.text)}`;
    return [
      {
        key: `answer:${event.id}`,
        inThread: true,
        ...spoken([section(text)]),
        final: false,
      },
    ];
  });
