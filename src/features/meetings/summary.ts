import { requestView } from '#core/requests/store/views.ts';
import { policiesOf } from '#core/policies/store/contacts.ts';
import { newestRecords } from '#core/policies/store/values.ts';
import { lastSummary, type Meeting } from './store.ts';
import type { Store } from '#database/store.ts';
import {
  otherMoves,
  productLines,
  seriesOf,
  type Doubt,
  type LineSeries,
  type MetPolicy,
  type OtherMove,
  type ProductLine,
} from './summary-rules.ts';
import { isSyncable } from '#shared/status.ts';
import type { ItemView, RequestView } from '#core/requests/view.ts';
import { breathe, DAY } from '#shared/clock.ts';

/** What one card says of a contact before a meeting. Times are epoch ms. */
export interface MeetingSummary {
  meetingId: string;
  contactId: string;
  contactName: string;
  at: number;
  zone: string;
  madeAt: number;
  /** The refresh could not begin before the meeting. */
  missed: boolean;
  /** Changes are since then. */
  since: { at: number; what: 'summary' | 'month' };
  lines: readonly ProductLine[];
  moves: readonly OtherMove[];
  chart: { currency: string; series: readonly LineSeries[] } | null;
  /** Policies of the refresh without fresh values, as their syncs stand. */
  unread: readonly ItemView[];
  /** No login of this person reaches them. */
  unreachable: readonly { number: string; carrierName: string }[];
  /** Not syncable, by the CRM's status. */
  closed: readonly { number: string; status: string }[];
}

export interface SummaryDeps {
  store: Store;
  clock: () => number;
}

const MONTH = 30 * DAY;
/** A year of business days of each value. */
const MOST_VALUES = 260;

const doubtOf = ({ reason }: ItemView): Doubt | null =>
  reason === 'stale' || reason === 'status-drift' || reason === 'partial' ? reason : null;

/** The newest sync of each policy that this meeting asked for. */
export const refreshItems = async (
  { store }: { store: Store },
  { requestIds }: Pick<Meeting, 'requestIds'>,
): Promise<ItemView[]> => {
  const views: RequestView[] = [];
  for (const id of requestIds) {
    const view = await requestView(store, id);
    if (view !== undefined) views.push(view);
  }
  const newest = new Map<string, ItemView>();
  for (const { items } of views) for (const item of items) newest.set(item.policy.id, item);
  return [...newest.values()];
};

export const summarize = async (
  deps: SummaryDeps,
  meeting: Meeting,
  items: readonly ItemView[],
): Promise<MeetingSummary> => {
  const { store } = deps;
  const now = deps.clock();
  const byPolicy = new Map(items.map((item) => [item.policy.id, item]));
  const met: MetPolicy[] = [];
  const closed: { number: string; status: string }[] = [];
  const unreachable: { number: string; carrierName: string }[] = [];
  for (const policy of await policiesOf(store, meeting.contactId)) {
    const { id, number, carrierName, productName, productClass, status } = policy;
    if (!isSyncable(policy.indicator)) {
      closed.push({ number, status });
      continue;
    }
    const item = byPolicy.get(id);
    if (item === undefined) unreachable.push({ number, carrierName });
    const values = await newestRecords(store.db, [id], MOST_VALUES);
    const read = item?.status === 'success';
    const doubt = item === undefined ? null : doubtOf(item);
    met.push({ number, carrierName, productName, productClass, values, read, doubt });
    await breathe();
  }
  const last = await lastSummary(store, meeting);
  const since =
    last === undefined
      ? { at: now - MONTH, what: 'month' as const }
      : { at: last, what: 'summary' as const };
  const compared = { at: since.at, orFirst: since.what === 'month' };
  return {
    meetingId: meeting.id,
    contactId: meeting.contactId,
    contactName: meeting.contactName,
    at: meeting.at,
    zone: meeting.zone,
    madeAt: now,
    missed: meeting.refreshedAt === null,
    since,
    lines: productLines(met, compared),
    moves: otherMoves(met, compared),
    chart: seriesOf(met) ?? null,
    unread: items.filter(({ status }) => status !== 'success'),
    unreachable: meeting.refreshedAt === null ? [] : unreachable,
    closed,
  };
};
