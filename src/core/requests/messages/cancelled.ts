import { isSyncable } from '#shared/status.ts';
import { bold, name } from '#slack/blocks.ts';
import type { ItemView } from '../view.ts';

/** Taken off by what somebody else did, and not by whoever waited for it. */
export const isCutOff = ({ status, detail, cancelledBy }: ItemView): boolean =>
  status === 'cancelled' && detail.cancelledBy !== undefined && cancelledBy === undefined;

const notSyncable = ({ policy, detail: { crmStatus, statusBy } }: ItemView): string => {
  const said = statusBy === undefined ? 'The CRM says' : `${name(statusBy)} set its status to`;
  const why =
    crmStatus === undefined
      ? 'Its status in the CRM was one that is not synced'
      : `${said} ${bold(crmStatus)}, which is not synced`;
  return `${why}, so nothing was read here.${
    isSyncable(policy.indicator) ? ' Its status is another one now: sync again to read it.' : ''
  }`;
};

/** Who or what took a sync off the queue, and what comes next. */
export const cancelledSentence = (item: ItemView): string => {
  if (item.cancelledBy !== undefined) return `Cancelled by ${name(item.cancelledBy)}.`;
  switch (item.detail.cancelledBy) {
    case 'source-removed':
      return `${bold(item.source.name)} was removed from your firm's logins, so nothing was read through it. Sync again to use another.`;
    case 'carrier-changed':
      return 'The policy is at another carrier now, so nothing was read here. Sync again to read it there.';
    case 'not-syncable':
      return notSyncable(item);
    default:
      return 'Cancelled.';
  }
};
