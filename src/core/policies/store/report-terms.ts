import { sql, type RawBuilder } from 'kysely';
import { orderedJoin } from '#database/dialect.ts';
import type { ReportCuts, ReportFilter } from '../report-rules.ts';

/** Terms of the report's queries; `r` is a row of policy_report, `l` a login source. */

export const isOfCarrier = (carrierId: string | undefined): RawBuilder<unknown> =>
  carrierId === undefined ? sql`true` : sql`r.carrier_id = ${carrierId}`;

export const isUnlinked = sql<boolean>`l.removed_at is null
  and (select linked from login_link where source_id = l.id) = 0`;

/** The as-of date before which a value of the row's class is stale. */
export const staleBefore = ({ freshSince }: ReportCuts): RawBuilder<unknown> =>
  sql`case r.product_class ${sql.join(
    Object.entries(freshSince).map(([name, day]) => sql`when ${name} then ${day}`),
    sql` `,
  )} else '' end`;

/** Written out, not bound: an index holds these rows alone. */
export const statusDiffers = sql`r.last_reason = 'status-drift'`;

/** Readings set aside that wait for a person: few, each with its row of the report. */
export const unconfirmedRows = sql`held_value h ${orderedJoin} policy_report r
  on r.policy_id = h.policy_id and h.settled is null`;

/** Each in the order of an index: what was forgotten longest, or happened last, comes first. */
export const ORDERS: Record<ReportFilter, RawBuilder<unknown>> = {
  all: sql`r.text, r.row`,
  success: sql`r.last_attempt_at desc, r.row desc`,
  'not-found': sql`r.last_attempt_at desc, r.row desc`,
  'not-synced': sql`r.last_success_at, r.row`,
  'needs-link': sql`r.blocked_source_id, r.carrier_id, r.row`,
  stale: sql`r.as_of, r.row`,
  'status-differs': sql`r.last_attempt_at desc, r.row desc`,
  unconfirmed: sql`r.last_attempt_at desc, r.row desc`,
};
