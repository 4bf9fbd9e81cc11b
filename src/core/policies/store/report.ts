import type { Store } from '#database/store.ts';
import { audit } from '#database/audit.ts';
import type { Database } from '#database/connection.ts';
import { pageOfAll, totalsOfAll } from './report-all.ts';
import { hitsOf, pageOfHits, totalsOfHits } from './report-hits.ts';
import { reportRows, MOST_LISTED, type ReportPage, type ReportSought } from './report-rows.ts';

/**
 * Two ways to one page: over the rows of a book or of a search, which are few, by looking at each;
 * over all policies of a firm by indexes and tallies, which take as long for many as for few.
 */
const found = async (
  db: Database,
  sought: ReportSought,
): Promise<Omit<ReportPage, 'rows'> & { found: number[] }> => {
  const { scope, search, filter, pageSize } = sought;
  const hits = scope.kind === 'book' || search !== undefined ? await hitsOf(db, sought) : undefined;
  const totals =
    hits === undefined ? await totalsOfAll(db, sought) : await totalsOfHits(db, hits, sought);
  const last = Math.max(0, Math.ceil(Math.min(totals[filter], MOST_LISTED) / pageSize) - 1);
  const page = Math.min(sought.page, last);
  const at = { ...sought, page };
  return {
    totals,
    page,
    more: hits?.more ?? false,
    found: hits === undefined ? await pageOfAll(db, at) : await pageOfHits(db, hits, at),
  };
};

export const reportPage = async ({ db }: Store, sought: ReportSought): Promise<ReportPage> => {
  const { found: rows, ...page } = await found(db, sought);
  return { ...page, rows: await reportRows(db, rows, sought.cuts) };
};

export const carrierNames = ({ db }: Store): Promise<{ id: string; name: string }[]> =>
  db.selectFrom('carrier').select(['id', 'name']).orderBy('name').execute();

/** Who saw which clients' values in the report, for the audit. */
export const recordReportView = async (
  { db, clock }: Store,
  personId: string,
  policyIds: readonly string[],
) => {
  await audit(db, clock(), {
    personId,
    action: 'report.viewed',
    subject: ['report', personId],
    detail: { policies: policyIds },
  });
};
