import { sql, type RawBuilder } from 'kysely';
import { TALLY_HOUR_MS } from '#db/migrations/0002-report.ts';
import type { ReportCuts } from '../report-rules.ts';
import type { Database } from '#database/connection.ts';
import { orderedJoin } from '#database/dialect.ts';
import { isOfCarrier, isUnlinked, ORDERS, statusDiffers, unconfirmedRows } from './report-terms.ts';
import type { ReportPage, ReportSought } from './report-rows.ts';

/** The report over every policy of a firm: each query walks one index no further than its page. */

const anyOf = (conditions: readonly RawBuilder<unknown>[]): RawBuilder<unknown> =>
  sql`(${sql.join(conditions, sql` or `)})`;

const isStaleKey = ({ freshSince }: ReportCuts): RawBuilder<unknown> =>
  anyOf(
    Object.entries(freshSince).map(
      ([name, day]) => sql`(t.key >= ${`${name} `} and t.key < ${`${name} ${day}`})`,
    ),
  );

/** Sums of the tallies; of the hour in which the rolling week begins the rows themselves. */
export const totalsOfAll = async (
  db: Database,
  { cuts, carrierId }: ReportSought,
): Promise<ReportPage['totals']> => {
  const hour = Math.floor(cuts.syncedSince / TALLY_HOUR_MS);
  const ofCarrier = carrierId === undefined ? sql`` : sql`and t.carrier_id = ${carrierId}`;
  const sum = (kind: string, which: RawBuilder<unknown>) =>
    sql`(select coalesce(sum(t.n), 0) from report_tally t
      where t.kind = ${kind} and ${which} ${ofCarrier})`;
  const { rows } = await sql<ReportPage['totals']>`select
    ${sum('all', sql`true`)} as "all",
    ${sum('status', sql`t.key = 'success'`)} as success,
    ${sum('status', sql`t.key = 'not-found'`)} as "not-found",
    ${sum('success-hour', sql`t.key < ${String(hour).padStart(6, '0')}`)}
      + (select count(*) from policy_report r where r.syncable = 1 and ${isOfCarrier(carrierId)}
          and r.last_success_at >= ${hour * TALLY_HOUR_MS}
          and r.last_success_at < ${cuts.syncedSince}) as "not-synced",
    ${sum('blocked', sql`t.key in (select l.id from login_source l where ${isUnlinked})`)}
      as "needs-link",
    ${sum('as-of', isStaleKey(cuts))} as stale,
    (select count(*) from policy_report r where ${statusDiffers} and ${isOfCarrier(carrierId)})
      as "status-differs",
    (select count(*) from ${unconfirmedRows} where ${isOfCarrier(carrierId)}) as unconfirmed`.execute(
    db,
  );
  const [totals] = rows;
  if (totals === undefined) throw new Error('a sum gave no row');
  return totals;
};

/** One arm for each product class, merged by date: each walks its own stretch of the index. */
const staleRows = ({ cuts, carrierId }: ReportSought): RawBuilder<unknown> =>
  sql`${sql.join(
    Object.entries(cuts.freshSince).map(
      ([name, day]) => sql`
        select r.as_of as as_of, r.row as row from policy_report r
        where r.syncable = 1 and r.as_of <> '' and ${isOfCarrier(carrierId)}
          and r.product_class = ${name} and r.as_of < ${day}`,
    ),
    sql` union all `,
  )} order by as_of, row`;

const orderedRows = (sought: ReportSought): RawBuilder<unknown> => {
  const { filter, cuts, carrierId } = sought;
  const order = sql`order by ${ORDERS[filter]}`;
  const rows = (which: RawBuilder<unknown>) =>
    sql`select r.row from policy_report r where ${which} and ${isOfCarrier(carrierId)} ${order}`;
  switch (filter) {
    case 'all':
      return rows(sql`true`);
    case 'success':
    case 'not-found':
      return rows(sql`r.last_status = ${filter}`);
    case 'not-synced':
      return rows(sql`r.syncable = 1 and r.last_success_at < ${cuts.syncedSince}`);
    case 'needs-link':
      return sql`select r.row from login_source l
        ${orderedJoin} policy_report r on r.blocked_source_id = l.id
        where ${isUnlinked} and ${isOfCarrier(carrierId)}
        order by l.id, r.carrier_id, r.row`;
    case 'stale':
      return staleRows(sought);
    case 'status-differs':
      return rows(statusDiffers);
    case 'unconfirmed':
      return sql`select r.row from ${unconfirmedRows} where ${isOfCarrier(carrierId)} ${order}`;
  }
};

/** The report's row numbers of one page. */
export const pageOfAll = async (db: Database, sought: ReportSought): Promise<number[]> => {
  const { rows } = await sql<{ row: number }>`
    ${orderedRows(sought)}
    limit ${sought.pageSize} offset ${sought.page * sought.pageSize}`.execute(db);
  return rows.map(({ row }) => row);
};
