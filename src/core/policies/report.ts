import { reportPage, recordReportView } from './store/report.ts';
import type { Store } from '#database/store.ts';
import { may, type Actor } from '#shared/access.ts';
import { reportCuts, reportSearch, type ReportFilter } from './report-rules.ts';
import type { Clock } from '#shared/clock.ts';
import { normalizeNumber } from '#shared/policy-number.ts';
import { named, scopeOf, type LookUpDeps } from './look-up.ts';
import type { ReportPage } from './store/report-rows.ts';

/** What a person asks the report for; all of it may come from outside. */
export interface ReportAsk {
  query: string;
  filter: ReportFilter;
  carrierId?: string;
  /** From 0. */
  page: number;
}

export interface ReportDeps extends LookUpDeps {
  store: Store;
  clock: Clock;
}

/** Rows with their buttons and the rest of Home stay far below Slack's 100 blocks of a view. */
export const REPORT_PAGE_SIZE = 10;
/** How many policies each filter holds; it shows no client's values and so is no view of them. */
export const readTotals = async (
  { store, openBooks, clock }: ReportDeps,
  actor: Actor,
): Promise<ReportPage['totals'] | undefined> => {
  if (!actor.active) return undefined;
  const { totals } = await reportPage(store, {
    scope: scopeOf(actor, openBooks),
    exactNumber: false,
    search: undefined,
    filter: 'all',
    carrierId: undefined,
    cuts: reportCuts(clock()),
    page: 0,
    pageSize: 1,
  });
  return totals;
};

/** One page of the report over the person's book, or over all where the role sees all. */
export const readReport = async (
  { store, openBooks, clock }: ReportDeps,
  actor: Actor,
  ask: ReportAsk,
): Promise<ReportPage | undefined> => {
  if (!actor.active) return undefined;
  const page = await reportPage(store, {
    scope: scopeOf(actor, openBooks),
    exactNumber: may(actor, 'policy.view', { exactNumber: true }),
    search: reportSearch(ask.query),
    filter: ask.filter,
    carrierId: ask.carrierId,
    cuts: reportCuts(clock()),
    page: ask.page,
    pageSize: REPORT_PAGE_SIZE,
  });
  const key = normalizeNumber(ask.query);
  const exact = page.rows.filter(({ policy }) => normalizeNumber(policy.number) === key);
  await named(
    { store },
    actor,
    exact.map(({ policy }) => policy),
  );
  if (page.rows.length > 0)
    await recordReportView(
      store,
      actor.id,
      page.rows.map(({ policy }) => policy.id),
    );
  return page;
};
