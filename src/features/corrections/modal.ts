import type { PlainTextOption, View } from '@slack/types';
import { likelyStatus } from '#core/requests/guidance.ts';
import { isSyncable, type CarrierStanding, type Indicator } from '#shared/status.ts';
import type { PolicyBrief } from '#core/policies/policies.ts';
import { bold, context, escape, plain, section } from '#slack/blocks.ts';
import { optionGroups } from '#slack/menus.ts';

export const STATUS_MODAL = 'choose-status';

interface Status {
  name: string;
  indicator: Indicator;
}

/** Slack takes no longer value of an option. */
const LONGEST_VALUE = 150;

const option = ({ name }: Status): PlainTextOption => ({ text: plain(name), value: name });

/** None of the CRM's statuses may be missing. */
const groups = (label: string, statuses: readonly Status[]) =>
  optionGroups(statuses.map(option), (before) => (before === 0 ? label : `${label}, continued`));

/** The CRM's statuses to choose from; what the carrier said is chosen to begin with. */
export const statusModal = (
  {
    policy,
    statuses,
    carrierStatus,
    carrierStanding,
  }: {
    policy: PolicyBrief;
    statuses: readonly Status[];
    carrierStatus?: string;
    carrierStanding?: CarrierStanding;
  },
  channel: string,
): View => {
  const usable = statuses.filter(({ name }) => name.length <= LONGEST_VALUE);
  const likely =
    carrierStatus === undefined ? undefined : likelyStatus(carrierStatus, usable, carrierStanding);
  const first = usable.find(({ name }) => name === (likely ?? policy.status));
  return {
    type: 'modal',
    callback_id: STATUS_MODAL,
    private_metadata: JSON.stringify({ policy: policy.id, from: policy.status, channel }),
    title: plain('Update status', 24),
    submit: plain('Update', 24),
    close: plain('Cancel', 24),
    blocks: [
      section(
        `${bold(policy.contactName)} · ${escape(policy.carrierName)} ${bold(policy.number)}\nIn the CRM it is ${bold(policy.status)}${
          carrierStatus === undefined ? '' : `, at the carrier ${bold(carrierStatus)}`
        }.`,
      ),
      {
        type: 'input',
        block_id: 'status',
        label: plain('Status in the CRM'),
        element: {
          type: 'static_select',
          action_id: 'status',
          option_groups: [
            ...groups(
              'Pending or open: synced',
              usable.filter(({ indicator }) => isSyncable(indicator)),
            ),
            ...groups(
              'Closed, expired or lost: not synced',
              usable.filter(({ indicator }) => !isSyncable(indicator)),
            ),
          ],
          ...(first === undefined ? {} : { initial_option: option(first) }),
        },
      },
      context('We record who changed it, and from what to what.'),
    ],
  };
};
