import { atAfter, day, name } from '#slack/blocks.ts';
import type { ItemView } from '../view.ts';

/** The newest day that the carrier shows, after words that it belongs to. */
export const asOf = ({ detail }: ItemView): string =>
  detail.asOf === undefined ? '' : ` as of ${day(detail.asOf)}`;

/** Of values without any date, all that can be said: neither that they are new nor that they are old. */
export const noDate = ({ detail, finishedAt, policy }: ItemView): string => {
  if (detail.asOf !== undefined || (detail.values ?? []).length === 0) return '';
  const read = finishedAt === null ? '' : `; ${atAfter('read', finishedAt)}`;
  return ` ${name(policy.carrierName)} shows no date${read}.`;
};
