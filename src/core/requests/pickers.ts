import type { PlainTextOption, View } from '@slack/types';
import { formatDistanceStrict } from 'date-fns/formatDistanceStrict';
import type { PolicyBrief } from '#core/policies/policies.ts';
import { bold, context, cut, escape, plain, section } from '#slack/blocks.ts';
import { menuOf, optionsThatFit } from '#slack/menus.ts';
import type { Origin } from '#slack/origin.ts';
import type { SourceChoice } from '#core/logins/store/choices.ts';

/** What a modal carries to its submission; untrusted when it comes back. */
export interface PickerState {
  origin: Origin;
  policy?: string;
}

export const POLICY_PICKER = 'pick-policy';
export const SOURCE_PICKER = 'pick-source';

const TITLE = 'Sync a policy';

export const policyPicker = (state: PickerState): View => ({
  type: 'modal',
  callback_id: POLICY_PICKER,
  private_metadata: JSON.stringify(state),
  title: plain(TITLE, 24),
  submit: plain('Sync', 24),
  close: plain('Close', 24),
  blocks: [
    {
      type: 'input',
      block_id: 'policy',
      label: plain('Policy'),
      hint: plain('Type a part of the number, or of the name of the contact.', 150),
      element: {
        type: 'external_select',
        action_id: 'policy-search',
        min_query_length: 2,
        placeholder: plain('00123-4567 or Chen'),
      },
    },
  ],
});

export const policyOption = (policy: PolicyBrief): PlainTextOption => ({
  text: plain(`${policy.number} · ${policy.contactName}`),
  value: policy.id,
  description: plain(`${policy.carrierName}, ${policy.productName}`),
});

const sourceOption = (source: SourceChoice, now: number): PlainTextOption => ({
  text: plain(
    `${source.linked ? ':large_green_circle:' : ':white_circle:'} ${cut(source.name, 36)}: ${source.linked ? 'Linked' : 'Unlinked'}`,
  ),
  value: source.id,
  description: plain(
    [
      ...(source.home ? ['Home source'] : []),
      source.lastSuccessAt === null
        ? 'Has not synced this policy yet'
        : `Last success ${formatDistanceStrict(source.lastSuccessAt, now, { addSuffix: true })}`,
      `Login of ${source.holderName}`,
    ].join(' · '),
  ),
});

/** Slack shows ten radio buttons at most. */
const MOST_RADIO = 10;
/** Of the 250 kB of a view; the best come first. */
const MOST_BYTES = 200_000;

/** Of logins, the best first. */
export const menuOfLogins = (options: readonly PlainTextOption[]) =>
  menuOf(options, (before) => (before === 0 ? 'The best' : `After the first ${before}`));

export const sourcePicker = (
  state: PickerState,
  policy: PolicyBrief,
  sources: readonly SourceChoice[],
  now: number,
): View => {
  const options = optionsThatFit(
    sources.map((source) => sourceOption(source, now)),
    MOST_BYTES,
  );
  const [first] = options;
  if (first === undefined) throw new Error('a picker needs a login source to pick');
  return {
    type: 'modal',
    callback_id: SOURCE_PICKER,
    private_metadata: JSON.stringify({ ...state, policy: policy.id }),
    title: plain(TITLE, 24),
    submit: plain('Sync', 24),
    close: plain('Close', 24),
    blocks: [
      section(
        `${bold(policy.contactName)}\n${escape(policy.carrierName)} ${bold(policy.number)} · ${escape(policy.productName)}`,
      ),
      {
        type: 'input',
        block_id: 'source',
        label: plain('Login source'),
        element: {
          ...(options.length <= MOST_RADIO
            ? { type: 'radio_buttons', options }
            : { type: 'static_select', ...menuOfLogins(options) }),
          action_id: 'source',
          initial_option: first,
        },
      },
      context('Link an unlinked one first; then the sync starts by itself.'),
      ...(sources.length > options.length
        ? [
            context(
              `${sources.length - options.length} more logins are left out; the best are here.`,
            ),
          ]
        : []),
    ],
  };
};
