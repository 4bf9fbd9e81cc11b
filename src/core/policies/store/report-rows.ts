import type { Reason, SyncStatus } from '#shared/outcome.ts';
import type { ReportCuts, ReportFilter, ReportSearch } from '../report-rules.ts';
import { isSyncable } from '#shared/status.ts';
import type { KnownValue } from '../verdict.ts';
import { newestValues } from './values.ts';
import { sql } from 'kysely';
import { eachOf, indexedBy, isOpen } from '#database/dialect.ts';
import type { Database } from '#database/connection.ts';
import type { PolicyBrief, Scope } from '../policies.ts';
import { isUnlinked } from './report-terms.ts';
import { briefs } from './briefs.ts';

export interface ReportRow {
  policy: PolicyBrief;
  values: KnownValue[];
  stale: boolean;
  /** Epoch ms; 0: never. */
  lastSuccessAt: number;
  lastAttempt?: { status: SyncStatus; reason: Reason; at: number };
  /** A sync that waits or runs now. */
  open?: { status: SyncStatus; reason: Reason };
  /** The unlinked login its newest sync waits for. */
  needsLink?: { sourceId: string; sourceName: string };
  /** Some login of its carrier is linked now. */
  carrierLinked: boolean;
}

export interface ReportPage {
  /** Of search and carrier, for each filter. */
  totals: Record<ReportFilter, number>;
  /** More match the search than are looked at: the totals are of the first ones. */
  more: boolean;
  /** The page shown, which is the last one when a later was asked for. */
  page: number;
  rows: ReportRow[];
}

export interface ReportSought {
  scope: Scope;
  /** This exact number may be shown though its contact is in no book of the person. */
  exactNumber: boolean;
  search: ReportSearch | undefined;
  filter: ReportFilter;
  carrierId: string | undefined;
  cuts: ReportCuts;
  page: number;
  pageSize: number;
}

/** Nobody leafs further; whoever wants the rest searches or filters, and no page takes long. */
export const MOST_LISTED = 5000;

/** Syncs that wait or run now, the newest of each policy. */
const openSyncs = async (
  db: Database,
  policyIds: readonly string[],
): Promise<Map<string, { status: SyncStatus; reason: Reason }>> => {
  const { rows } = await sql<{ policy_id: string; status: SyncStatus; reason: Reason }>`
    select policy_id, status, reason from sync ${indexedBy('sync_open_pair')}
    where policy_id in (select value from ${eachOf(policyIds)} these) and ${isOpen()}
    order by id`.execute(db);
  return new Map(rows.map(({ policy_id, ...now }) => [policy_id, now]));
};

/** What people read of the rows with these numbers, in this order. */
export const reportRows = async (
  db: Database,
  numbers: readonly number[],
  cuts: ReportCuts,
): Promise<ReportRow[]> => {
  if (numbers.length === 0) return [];
  const rows = await briefs(db)
    .innerJoin('policy_report as r', 'r.policy_id', 'p.id')
    .leftJoin('login_source as l', (on) =>
      on.onRef('l.id', '=', 'r.blocked_source_id').on(isUnlinked),
    )
    .select([
      'r.row',
      'r.last_status',
      'r.last_reason',
      'r.last_attempt_at',
      'r.last_success_at',
      'r.as_of',
      'l.id as blockingId',
      'l.name as blockingName',
    ])
    .select((of) =>
      of
        .exists(
          of
            .selectFrom('login_source as x')
            .innerJoin('login_link as xk', 'xk.source_id', 'x.id')
            .select('x.id')
            .whereRef('x.carrier_id', '=', 'p.carrier_id')
            .where('x.removed_at', 'is', null)
            .where('xk.linked', '=', 1),
        )
        .as('carrierLinked'),
    )
    .where('r.row', 'in', numbers)
    .execute();
  const ids = rows.map(({ id }) => id);
  const [values, open] = [await newestValues(db, ids), await openSyncs(db, ids)];
  const shown = new Map(
    rows.map((all): [number, ReportRow] => {
      const {
        row,
        last_status,
        last_reason,
        last_attempt_at,
        last_success_at,
        as_of,
        blockingId,
        blockingName,
        carrierLinked,
        ...policy
      } = all;
      const now = open.get(policy.id);
      return [
        row,
        {
          policy,
          values: values.get(policy.id) ?? [],
          stale:
            isSyncable(policy.indicator) &&
            as_of !== '' &&
            as_of < cuts.freshSince[policy.productClass],
          lastSuccessAt: last_success_at,
          ...(last_status === ''
            ? {}
            : {
                lastAttempt: {
                  status: last_status as SyncStatus,
                  reason: last_reason as Reason,
                  at: last_attempt_at,
                },
              }),
          ...(now === undefined ? {} : { open: now }),
          ...(blockingId === null || blockingName === null
            ? {}
            : { needsLink: { sourceId: blockingId, sourceName: blockingName } }),
          carrierLinked: Number(carrierLinked) === 1,
        },
      ];
    }),
  );
  return numbers.flatMap((number) => shown.get(number) ?? []);
};
