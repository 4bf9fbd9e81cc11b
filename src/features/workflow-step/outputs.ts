import { escape, name } from '#slack/blocks.ts';
import { isEnded } from '#shared/outcome.ts';
import type { ItemView } from '#core/requests/view.ts';
import { sentence, shownNumber, statusName, type Privacy } from '#core/requests/messages/words.ts';
import { valueLines } from '#core/requests/messages/values.ts';

/** What the step hands on, as manifest.yml declares it; texts without markup. */
export type StepOutputs = Record<'status' | 'reason' | 'policy' | 'as_of' | 'values', string>;

/**
 * Without our own markup. Other people's text stays escaped: the next step may post it as a message,
 * in which a carrier's `<!channel>` must not call anybody.
 */
const plainOf = (markup: string): string =>
  markup
    .replaceAll(/<!date\^[^|>]*\|([^>]*)>/g, '$1')
    .replaceAll(/<[@#!][^>]*>/g, '')
    .replaceAll('*', '');

/**
 * Undefined while the sync goes on. A workflow may post what it is given anywhere, so numbers and
 * amounts are handed on only where channels may show them.
 */
export const stepOutputs = (item: ItemView, privacy: Privacy): StepOutputs | undefined => {
  if (!isEnded(item.status)) return undefined;
  const { carrierName, number } = item.policy;
  return {
    status: statusName(item).name,
    reason: plainOf(sentence(item, privacy)),
    policy: `${name(carrierName)} ${escape(shownNumber(number, privacy))}`,
    as_of: item.detail.asOf ?? '',
    values: valueLines(item, privacy).map(plainOf).join('\n'),
  };
};
