import { releaseButton } from '#core/logins/login-lines.ts';
import type { PlanBlock, RichTextBlock, TaskCardBlock } from '@slack/types';
import { isEnded, offersOf, statusOf, type SyncStatus } from '#shared/outcome.ts';
import type { ItemView, RequestView } from '../view.ts';
import {
  actions,
  at,
  bold,
  context,
  cut,
  escape,
  isolated,
  section,
  type ButtonSpec,
  type KnownBlock,
} from '#slack/blocks.ts';
import { isCutOff } from './cancelled.ts';
import { clickValue, outcome, type MessageSettings } from './card.ts';
import { shortOutcome, tableRows } from './policy-table.ts';
import { headline } from './values.ts';
import { showValuesButton } from './values-answer.ts';
import { soughtNumber, statusName, unknownStatus, type Privacy } from './words.ts';
import type { DesiredMessage } from '#slack/deliver.ts';
import { spoken } from '#slack/spoken.ts';

/** Slack's plan is readable up to here; longer lists are a table. */
const MOST_TASKS = 12;

const TASK: Record<SyncStatus, TaskCardBlock['status']> = {
  queued: 'pending',
  'in-progress': 'in_progress',
  success: 'complete',
  'not-found': 'complete',
  'needs-link': 'error',
  failed: 'error',
  cancelled: 'complete',
};

/** Whether a line a policy is shown: of a contact, or of several policies asked for together. */
export const hasManyLines = ({ contact, items }: RequestView): boolean =>
  contact !== null || items.length > 1;

/** What the card is about: a contact, or so many policies of any contacts. */
export const subject = ({ contact, items }: RequestView): string =>
  contact?.name ?? `${items.length} policies`;

/** A contact's card names the contact once, any other on each line; `write` is how names are put. */
const namer =
  (
    { contact }: RequestView,
    { privacy }: Pick<MessageSettings, 'privacy'>,
    write: (text: string) => string = isolated,
  ) =>
  (item: ItemView): string =>
    [
      ...(contact === null ? [write(cut(item.policy.contactName, 60))] : []),
      write(`${item.policy.carrierName} ${soughtNumber(item, privacy)}`),
    ].join(' · ');

type Namer = ReturnType<typeof namer>;

const plainText = (text: string): RichTextBlock => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: cut(text, 280) }] }],
});

/** What its status says by itself. A place in line moves with each policy, and stays off the card. */
const isPlain = ({ reason, notBefore }: ItemView): boolean =>
  statusOf(reason) === 'in-progress' ||
  ((reason === 'waiting' || reason === 'source-busy') && notBefore === 0);

const task = (item: ItemView, name: Namer, privacy: Privacy): TaskCardBlock => ({
  type: 'task_card',
  task_id: item.syncId,
  title: cut(`${name(item)}: ${statusName(item).name}`, 150),
  status: TASK[item.status],
  ...(isEnded(item.status) ? { output: plainText(shortOutcome(item, privacy)) } : {}),
  ...(isEnded(item.status) || isPlain(item)
    ? {}
    : { details: plainText(shortOutcome(item, privacy)) }),
});

const plan = (items: readonly ItemView[], name: Namer, privacy: Privacy): PlanBlock => ({
  type: 'plan',
  title: 'Policies',
  tasks: items.map((item) => task(item, name, privacy)),
});

/** Slack's limits: rows beneath the headings, and the text of all cells together. */
const TABLE = { most: 99, characters: 10_000 };
const DATA_TABLE = { most: 200, characters: 20_000 };

/** A policy that has no line is still counted in the title, and said to be missing here. */
const leftOut = (count: number): KnownBlock[] =>
  count === 0
    ? []
    : [context(`and ${count} more ${count === 1 ? 'policy' : 'policies'}, counted above.`)];

const drawn = (
  view: RequestView,
  items: readonly ItemView[],
  ended: boolean,
  privacy: Privacy,
): KnownBlock[] => {
  if (!ended && items.length <= MOST_TASKS) return [plan(items, namer(view, { privacy }), privacy)];
  const whose = view.contact === null ? 'any' : 'one contact';
  const rows = tableRows(items, { whose, privacy, ...(ended ? DATA_TABLE : TABLE) });
  const table: KnownBlock = ended
    ? {
        type: 'data_table',
        caption:
          view.contact === null ? subject(view) : `Policies of ${cut(view.contact.name, 100)}`,
        page_size: 100,
        rows,
      }
    : { type: 'table', rows };
  return [table, ...leftOut(items.length - (rows.length - 1))];
};

/** In the order in which they are counted. */
const COUNTED: readonly (readonly [SyncStatus, string])[] = [
  ['success', 'synced'],
  ['not-found', 'not found'],
  ['needs-link', 'to link'],
  ['failed', 'failed'],
  ['in-progress', 'running'],
  ['queued', 'waiting'],
  ['cancelled', 'cancelled'],
];

/** "12 of 40 done" while it runs, the totals by status at the end. */
export const progress = (items: readonly ItemView[]): string => {
  const done = items.filter(({ status }) => isEnded(status)).length;
  return done < items.length ? `${done} of ${items.length} done` : totals(items);
};

export const totals = (items: readonly ItemView[]): string =>
  COUNTED.flatMap(([status, word]) => {
    const count = items.filter((item) => item.status === status).length;
    return count === 0 ? [] : [`${count} ${word}`];
  }).join(', ');

const distinct = <T>(things: readonly T[], by: (thing: T) => string): T[] => [
  ...new Map(things.map((thing) => [by(thing), thing])).values(),
];

const MOST_LINK_BUTTONS = 4;

const buttons = (view: RequestView, { canLink, privacy }: MessageSettings): ButtonSpec[] => {
  const needLink = view.items.filter(
    ({ reason, source }) =>
      canLink && source.mayLink && offersOf(reason).some((offer) => offer.includes('link')),
  );
  const [first] = view.items;
  const show = showValuesButton(view, privacy);
  const toRunNow = view.items.find(
    ({ status, reason }) => status === 'queued' && offersOf(reason).includes('run-when-done'),
  );
  const waiting = view.items.some(({ status }) => status === 'queued' || status === 'needs-link');
  return [
    ...distinct(needLink, ({ source }) => source.id)
      .slice(0, MOST_LINK_BUTTONS)
      .map((item, index): ButtonSpec => ({
        text: `Link ${cut(item.source.name, 60)}`,
        action: `link:${index}`,
        value: clickValue(view.id, item.syncId, item.source.id),
        ...(index === 0 ? { style: 'primary' as const } : {}),
      })),
    ...distinct(
      view.items.filter(({ reason }) => offersOf(reason).includes('release')),
      ({ source }) => source.id,
    )
      .slice(0, MOST_LINK_BUTTONS)
      .map(({ source }) => releaseButton(source)),
    ...(toRunNow === undefined
      ? []
      : [
          {
            text: "Run now, I'm done",
            action: 'run-now',
            value: clickValue(view.id, toRunNow.syncId),
          },
        ]),
    ...(first !== undefined && waiting
      ? [
          {
            text: 'Cancel waiting syncs',
            action: 'cancel',
            value: clickValue(view.id, first.syncId),
          },
        ]
      : []),
    ...show,
  ];
};

/** The one card of a request for many policies: a line a policy, its newest state. */
export const contactCard = (view: RequestView, settings: MessageSettings): DesiredMessage => {
  const { items } = view;
  const ended = items.every(({ status }) => isEnded(status));
  const title = `${bold(subject(view))}  ${progress(items)}`;
  const blocks: KnownBlock[] = [
    section(title),
    ...drawn(view, items, ended, settings.privacy),
    ...actions(`do-${view.version}`, buttons(view, settings)),
    context(`asked by ${escape(view.personName)} · ${at(view.createdAt)}`),
  ];
  if (view.channelNote !== null) blocks.push(context(view.channelNote));
  return {
    key: 'card',
    inThread: false,
    ...spoken(blocks),
    final: ended,
  };
};

const MOST_NAMED = 8;
const MOST_MOVED = 5;

/** Totals, then what needs a person, one line each. */
export const contactClosing = (view: RequestView, settings: MessageSettings): string => {
  const { privacy } = settings;
  const name = namer(view, settings, escape);
  const needing = view.items.filter(
    (item) =>
      item.status === 'not-found' ||
      item.status === 'needs-link' ||
      item.status === 'failed' ||
      isCutOff(item) ||
      item.reason === 'status-drift' ||
      item.reason === 'stale' ||
      item.reason === 'partial' ||
      unknownStatus(item).length > 0,
  );
  // A notification on a phone shows the first lines: what moved is in them where it may be.
  const moved = view.items.flatMap((item) => {
    const change = item.reason === 'changed' ? headline(item, privacy) : undefined;
    return change === undefined ? [] : [`• ${name(item)}: ${change}`];
  });
  const byReason = distinct(needing, (item) =>
    item.status === 'needs-link' ? item.source.id : item.syncId,
  );
  return [
    `<@${view.personSlackId}> ${bold(subject(view))}: ${totals(view.items)}.`,
    ...moved.slice(0, MOST_MOVED),
    ...(moved.length > MOST_MOVED ? [`and ${moved.length - MOST_MOVED} more.`] : []),
    ...(needing.length === 0 ? ['Nothing needs you.'] : ['*Needs a person:*']),
    ...byReason.slice(0, MOST_NAMED).map((item) => `• ${name(item)}: ${outcome(item, privacy)}`),
    ...(byReason.length > MOST_NAMED
      ? [`and ${byReason.length - MOST_NAMED} more on the card.`]
      : []),
  ].join('\n');
};
