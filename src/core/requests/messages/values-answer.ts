import { isEnded, type SyncStatus } from '#shared/outcome.ts';
import type { ItemView, RequestView } from '../view.ts';
import type { Answer } from '#slack/answers.ts';
import { bold, context, name, policies, section, type ButtonSpec } from '#slack/blocks.ts';
import { valueLines } from './values.ts';
import { sentence, statusName, type Privacy } from './words.ts';
import { spoken } from '#slack/spoken.ts';

/** Slack takes 50 blocks; the heading and the last line have theirs. */
const MOST_POLICIES = 45;

const hasValues = ({ status, detail }: { status: SyncStatus; detail: ItemView['detail'] }) =>
  status === 'success' && (detail.values ?? detail.changes ?? []).length > 0;

/** On each finished card that keeps amounts to itself: one tap shows them to who may see them. */
export const showValuesButton = (view: RequestView, privacy: Privacy): ButtonSpec[] =>
  privacy === 'masked' &&
  view.items.every(({ status }) => isEnded(status)) &&
  view.items.some(hasValues)
    ? [
        {
          text: 'Show me the values',
          action: 'show-values',
          value: JSON.stringify({ request: view.id }),
          says: 'Show me the values; nobody else sees them',
        },
      ]
    : [];

const lines = (item: ItemView): string => {
  const { emoji, name: status } = statusName(item);
  const { carrierName, contactName, number, productName } = item.policy;
  const values = valueLines(item, 'full');
  return [
    `${emoji} *${status}* · ${bold(contactName)}`,
    `${name(carrierName)} ${bold(number)} · ${name(productName)}`,
    ...(item.reason === 'changed' && values.length > 0 ? [] : [sentence(item, 'full')]),
    ...values,
  ].join('\n');
};

/** Whole numbers and amounts of a card, for one person. `hidden`: policies that are not theirs to see. */
export const valuesAnswer = (items: readonly ItemView[], hidden: number): Answer => {
  const shown = items.slice(0, MOST_POLICIES).map(lines);
  const left = items.length - shown.length;
  const notes = [
    'Only you see this.',
    ...(left > 0 ? [`${policies(left)} more: \`history\` and the number shows each.`] : []),
    ...(hidden > 0
      ? [`${policies(hidden)} of this card ${hidden === 1 ? 'is' : 'are'} not in your book.`]
      : []),
  ].join(' ');
  return spoken([...shown.map((text) => section(text)), context(notes)]);
};
