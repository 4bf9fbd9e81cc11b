import type { InputBlock, PlainTextOption, View } from '@slack/types';
import { formatDistanceStrict } from 'date-fns/formatDistanceStrict';
import type { ContactSheet } from '#sync/contacts.ts';
import { BY_HOME, hasHomes, type CarrierSheet, type SheetPolicy } from '#sync/policy-sheet.ts';
import type { Origin } from '#sync/request.ts';
import type { SourceChoice } from '#sync/sources.ts';
import { bold, context, cut, escape, plain, section, type KnownBlock } from './blocks.ts';

export const CONTACT_PICKER = 'pick-contact-policies';

/** Slack takes ten checkboxes a block, and a hundred blocks a modal. */
const MOST_BOXES = 10;
const MOST_OTHERS = 20;

/** What a box says beside the number: the contact where there are several. */
type Beside = 'product' | 'contact';

const policyBox = (policy: SheetPolicy, beside: Beside, now: number): PlainTextOption => ({
  text: plain(
    `${policy.number} · ${beside === 'product' ? policy.productName : policy.contactName}`,
  ),
  value: policy.id,
  description: plain(
    `${policy.status}, ${
      policy.lastSuccessAt === null
        ? 'not synced yet'
        : `last success ${formatDistanceStrict(policy.lastSuccessAt, now, { addSuffix: true })}`
    }`,
  ),
});

const chunks = <T>(things: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(things.length / size) }, (_, index) =>
    things.slice(index * size, (index + 1) * size),
  );

const sourceOption = (source: SourceChoice): PlainTextOption => ({
  text: plain(`${cut(source.name, 50)}: ${source.linked ? 'Linked' : 'Unlinked'}`),
  value: source.id,
});

const HOMES: PlainTextOption = {
  text: plain('Each policy through its home source'),
  value: BY_HOME,
};

export const sourceInput = (carrier: CarrierSheet): KnownBlock[] => {
  const [best, ...rest] = [
    ...(hasHomes(carrier) ? [HOMES] : []),
    ...carrier.sources.slice(0, 99).map(sourceOption),
  ];
  if (best === undefined)
    return [
      context(
        carrier.holders.length === 0
          ? 'There is no login source for this carrier yet.'
          : `No login of this carrier is shared with you. Ask ${carrier.holders.map(escape).join(' or ')}.`,
      ),
    ];
  if (rest.length === 0) return [context(`Through ${escape(best.text.text)}`)];
  return [
    {
      type: 'input',
      block_id: `source:${carrier.id}`,
      label: plain(`Login source at ${carrier.name}`, 150),
      element: {
        type: 'static_select',
        action_id: 'source',
        options: [best, ...rest],
        initial_option: best,
      },
    },
  ];
};

export interface Boxes {
  now: number;
  beside: Beside;
  /** "Policies", or what else these are. */
  label: string;
  ticked: boolean;
}

export const boxes = (carrier: CarrierSheet, { now, beside, label, ticked }: Boxes): InputBlock[] =>
  carrier.sources.length === 0
    ? []
    : chunks(carrier.syncable, MOST_BOXES).map((group, index) => {
        const options = group.map((policy) => policyBox(policy, beside, now));
        return {
          type: 'input',
          block_id: `${ticked ? 'policies' : 'close'}:${carrier.id}:${index}`,
          optional: true,
          label: plain(
            carrier.syncable.length <= MOST_BOXES
              ? `${label} at ${carrier.name}`
              : `${label} at ${carrier.name}, ${index * MOST_BOXES + 1} to ${index * MOST_BOXES + group.length}`,
            150,
          ),
          element: {
            type: 'checkboxes',
            action_id: 'policies',
            options,
            ...(ticked ? { initial_options: options } : {}),
          },
        };
      });

export const others = (carrier: CarrierSheet): KnownBlock[] => {
  if (carrier.others.length === 0) return [];
  const shown = carrier.others
    .slice(0, MOST_OTHERS)
    .map(({ number, status }) => `${escape(number)} (${escape(status)})`);
  const more = carrier.others.length - shown.length;
  return [
    context(
      `Not synced, because the CRM's status is no longer pending or open: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
    ),
  ];
};

/** A contact's policies by carrier, all that can be synced ticked. */
export const contactModal = (
  state: { origin: Origin; contact: string },
  sheet: ContactSheet,
  now: number,
): View => {
  const { contact } = sheet;
  const facts = [
    ...(contact.birthYear === null ? [] : [`born ${contact.birthYear}`]),
    ...(contact.city === null ? [] : [escape(contact.city)]),
  ];
  const canSync = sheet.carriers.some(
    ({ sources, syncable }) => sources.length > 0 && syncable.length > 0,
  );
  return {
    type: 'modal',
    callback_id: CONTACT_PICKER,
    private_metadata: JSON.stringify(state),
    title: plain('Sync a contact', 24),
    ...(canSync ? { submit: plain('Sync', 24) } : {}),
    close: plain('Close', 24),
    blocks: [
      section([bold(contact.name), ...facts].join(' · ')),
      ...sheet.carriers.flatMap((carrier): KnownBlock[] => [
        section(bold(carrier.name)),
        ...(carrier.syncable.length === 0 ? [] : sourceInput(carrier)),
        ...boxes(carrier, { now, beside: 'product', label: 'Policies', ticked: true }),
        ...others(carrier),
      ]),
    ].slice(0, 100),
  };
};
