import type { View } from '@slack/types';
import type { MessageSheet } from './message-policies.ts';
import type { CarrierSheet } from '#core/requests/policy-sheet.ts';
import { context, cut, escape, few, plain, section, type KnownBlock } from '#slack/blocks.ts';
import { boxes, heading, others, sourceInput, type Room } from '#core/requests/contact-modal.ts';
import { allFit, fitted, type Part } from '#slack/fit.ts';
import type { Origin } from '#slack/origin.ts';

export const MESSAGE_PICKER = 'pick-message-policies';
const MOST_NAMED = 5;

const code = (number: string): string => `\`${escape(cut(number, 40)).replaceAll('`', "'")}\``;

const notInBook = (tried: readonly string[]): KnownBlock[] =>
  tried.length === 0
    ? []
    : [context(`Not in your book: ${few(tried.map(code), 'and', MOST_NAMED)}.`)];

const opening = (sheet: MessageSheet, command: string): KnownBlock => {
  const count = sheet.found.reduce(
    (sum, { syncable, others: rest }) => sum + syncable.length + rest.length,
    0,
  );
  if (count > 0)
    return section(
      count === 1
        ? 'This message names *one policy* of your book.'
        : `This message names ${sheet.more ? 'more than ' : ''}*${count} policies* of your book.`,
    );
  return section(
    sheet.tried.length === 0
      ? `I see no policy number in this message. Search with \`${command} policy\` instead.`
      : `No policy of your book is named in this message. I looked for ${few(sheet.tried.map(code), 'and', MOST_NAMED)}.`,
  );
};

/** The carriers of both lists, each once, so that its login is asked for once. */
const carriersOf = ({ found, close }: MessageSheet): CarrierSheet[] => [
  ...new Map([...close, ...found].map((carrier) => [carrier.id, carrier])).values(),
];

/** The policies of the book that a message names, all that can be synced ticked. */
export const messageModal = (
  state: { origin: Origin },
  sheet: MessageSheet,
  { now, command }: { now: number; command: string },
): View => {
  const carriers = carriersOf(sheet);
  const listOf = (list: readonly CarrierSheet[], id: string): CarrierSheet[] =>
    list.filter((carrier) => carrier.id === id);
  const canSync = carriers.some(
    ({ id, sources }) =>
      sources.length > 0 &&
      [...listOf(sheet.found, id), ...listOf(sheet.close, id)].some(
        ({ syncable }) => syncable.length > 0,
      ),
  );
  const show = { now, beside: 'contact' as const };
  const parts = (room: Room): Part[] =>
    carriers.map((carrier) => {
      const found = listOf(sheet.found, carrier.id);
      const close = listOf(sheet.close, carrier.id);
      const syncable = [...found, ...close].flatMap((list) => list.syncable);
      return {
        policies: carrier.sources.length === 0 ? 0 : syncable.length,
        blocks: [
          ...heading(carrier, room),
          ...(syncable.length > 0 ? sourceInput(carrier, room) : []),
          ...found.flatMap((list) => boxes(list, { ...show, label: 'Policies', ticked: true })),
          ...(room === 'wide' ? found.flatMap((list) => others(list.others)) : []),
          ...close.flatMap((list) =>
            boxes(list, { ...show, label: 'Did you mean one of these', ticked: false }),
          ),
          ...(room === 'wide' ? close.flatMap((list) => others(list.others)) : []),
        ],
      };
    });
  const head = [opening(sheet, command), ...(sheet.found.length > 0 ? notInBook(sheet.tried) : [])];
  const wide = parts('wide');
  const blocks = allFit(head, wide)
    ? fitted(head, wide)
    : fitted(
        head,
        parts('narrow'),
        others([...sheet.found, ...sheet.close].flatMap((carrier) => carrier.others)),
      );
  return {
    type: 'modal',
    callback_id: MESSAGE_PICKER,
    private_metadata: JSON.stringify(state),
    title: plain('Sync policies', 24),
    ...(canSync ? { submit: plain('Sync', 24) } : {}),
    close: plain('Close', 24),
    blocks,
  };
};
