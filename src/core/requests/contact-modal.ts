import type { InputBlock, PlainTextOption, View } from '@slack/types';
import { formatDistanceStrict } from 'date-fns/formatDistanceStrict';
import type { ContactSheet } from './contacts.ts';
import { menuOfLogins } from './pickers.ts';
import { BY_HOME, hasHomes, type CarrierSheet } from './policy-sheet.ts';
import {
  bold,
  context,
  cut,
  cutMarkup,
  escape,
  few,
  name,
  plain,
  section,
  type KnownBlock,
} from '#slack/blocks.ts';
import { allFit, fitted, type Part } from '#slack/fit.ts';
import { optionsThatFit } from '#slack/menus.ts';
import type { Origin } from '#slack/origin.ts';
import type { SheetPolicy } from '#core/policies/policies.ts';
import type { SourceChoice } from '#core/logins/store/choices.ts';

export const CONTACT_PICKER = 'pick-contact-policies';

/** Slack takes ten checkboxes a block. */
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
  // Logins of several holders may be called alike.
  description: plain(`Login of ${source.holderName}`),
});

/** Of the 250 kB of a view, which may hold a menu for each of several carriers. */
const MOST_BYTES = 40_000;

const HOMES: PlainTextOption = {
  text: plain('Each policy through its home source'),
  value: BY_HOME,
};

/** `wide` has a heading for each carrier; `narrow` fits more of them, each named where it must be. */
export type Room = 'wide' | 'narrow';

const noLogin = (carrier: CarrierSheet, room: Room): string => {
  const [at, of] =
    room === 'wide'
      ? ['for this carrier', 'of this carrier']
      : [`at ${name(carrier.name)}`, `at ${name(carrier.name)}`];
  return carrier.holders.length === 0
    ? `There is no login source ${at} yet.`
    : `No login ${of} is shared with you. Ask ${few(carrier.holders.map(name), 'or')}.`;
};

export const heading = (carrier: CarrierSheet, room: Room): KnownBlock[] =>
  room === 'wide' ? [section(bold(carrier.name))] : [];

export const sourceInput = (carrier: CarrierSheet, room: Room): KnownBlock[] => {
  const all = [...(hasHomes(carrier) ? [HOMES] : []), ...carrier.sources.map(sourceOption)];
  const options = optionsThatFit(all, MOST_BYTES);
  const left = all.length - options.length;
  const [best, ...rest] = options;
  if (best === undefined) return [context(noLogin(carrier, room))];
  if (rest.length === 0)
    return room === 'wide' ? [context(`Through ${escape(best.text.text)}`)] : [];
  return [
    {
      type: 'input',
      block_id: `source:${carrier.id}`,
      label: plain(`Login source at ${carrier.name}`, 150),
      ...(left === 0
        ? {}
        : {
            hint: plain(
              `${left} more logins are left out; the best are here. Sync one policy to choose among all.`,
              150,
            ),
          }),
      element: {
        type: 'static_select',
        action_id: 'source',
        ...menuOfLogins(options),
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

export const others = (policies: readonly SheetPolicy[]): KnownBlock[] => {
  if (policies.length === 0) return [];
  const shown = policies
    .slice(0, MOST_OTHERS)
    .map(({ number, status }) => `${name(number)} (${name(status)})`);
  const more = policies.length - shown.length;
  return [
    context(
      `Not synced, because the CRM's status is no longer pending or open: ${cutMarkup(shown.join(', '), 1800)}${more > 0 ? ` and ${more} more` : ''}`,
    ),
  ];
};

/** A carrier's blocks: its login with the first ten policies, then ten by ten, then the others. */
const partsOf = (carrier: CarrierSheet, now: number, room: Room): Part[] => {
  const groups = boxes(carrier, { now, beside: 'product', label: 'Policies', ticked: true });
  const [first, ...rest] = groups.map((block, index) => ({
    blocks: [block],
    policies: Math.min(MOST_BOXES, carrier.syncable.length - index * MOST_BOXES),
  }));
  return [
    {
      blocks: [
        ...heading(carrier, room),
        ...(carrier.syncable.length === 0 ? [] : sourceInput(carrier, room)),
        ...(first?.blocks ?? []),
      ],
      policies: first?.policies ?? 0,
    },
    ...rest,
    ...(room === 'wide' ? [{ blocks: others(carrier.others), policies: 0 }] : []),
  ];
};

/** In the place of a sync now: the same in time for a meeting. */
const beforeMeeting = (): InputBlock => ({
  type: 'input',
  block_id: 'meeting',
  optional: true,
  label: plain('Not now, but before a meeting?'),
  hint: plain(
    'Then I refresh all of their policies that day, and leave one card before you meet.',
    150,
  ),
  element: { type: 'datetimepicker', action_id: 'meeting-at' },
});

/** A contact's policies by carrier, all that can be synced ticked. */
export const contactModal = (
  state: { origin: Origin; contact: string },
  sheet: ContactSheet,
  now: number,
): View => {
  const { contact } = sheet;
  const facts = [
    ...(contact.birthYear === null ? [] : [`born ${contact.birthYear}`]),
    ...(contact.city === null ? [] : [name(contact.city)]),
  ];
  const canSync = sheet.carriers.some(
    ({ sources, syncable }) => sources.length > 0 && syncable.length > 0,
  );
  const head = [section([bold(contact.name), ...facts].join(' · '))];
  const wide = sheet.carriers.flatMap((carrier) => partsOf(carrier, now, 'wide'));
  const tail = canSync ? [beforeMeeting()] : [];
  const blocks = allFit([...head, ...tail], wide)
    ? fitted(head, wide, tail)
    : fitted(
        head,
        sheet.carriers.flatMap((carrier) => partsOf(carrier, now, 'narrow')),
        [...others(sheet.carriers.flatMap((carrier) => carrier.others)), ...tail],
      );
  return {
    type: 'modal',
    callback_id: CONTACT_PICKER,
    private_metadata: JSON.stringify(state),
    title: plain('Sync a contact', 24),
    ...(canSync ? { submit: plain('Sync', 24) } : {}),
    close: plain('Close', 24),
    blocks,
  };
};
