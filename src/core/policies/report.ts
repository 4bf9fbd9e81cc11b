import { may, type Actor } from '#shared/access.ts';
import type { Reason, SyncStatus } from '#shared/outcome.ts';
import {
  reportCuts,
  reportSearch,
  type ReportCuts,
  type ReportFilter,
  type ReportSearch,
} from './report-rules.ts';
import type { KnownValue } from './verdict.ts';
import type { Clock } from '#shared/clock.ts';
import { scopeOf, type LookUpDeps } from './look-up.ts';
import type { PolicyBrief, Scope } from './policies.ts';

/** What a person asks the report for; all of it may come from outside. */
export interface ReportAsk {
  query: string;
  filter: ReportFilter;
  carrierId?: string;
  /** From 0. */
  page: number;
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

export interface ReportStore {
  reportPage: (sought: ReportSought) => Promise<ReportPage>;
  /** Who saw which clients' values in the report, for the audit. */
  recordReportView: (personId: string, policyIds: readonly string[]) => Promise<void>;
  carriers: () => Promise<{ id: string; name: string }[]>;
}

export interface ReportDeps extends LookUpDeps {
  store: LookUpDeps['store'] & ReportStore;
  clock: Clock;
}

/** Rows with their buttons and the rest of Home stay far below Slack's 100 blocks of a view. */
export const REPORT_PAGE_SIZE = 10;

/** Nobody leafs further; whoever wants the rest searches or filters, and no page takes long. */
export const MOST_LISTED = 5000;

/** How many policies each filter holds; it shows no client's values and so is no view of them. */
export const readTotals = async (
  { store, openBooks, clock }: ReportDeps,
  actor: Actor,
): Promise<ReportPage['totals'] | undefined> => {
  if (!actor.active) return undefined;
  const { totals } = await store.reportPage({
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
  const page = await store.reportPage({
    scope: scopeOf(actor, openBooks),
    exactNumber: may(actor, 'policy.view', { exactNumber: true }),
    search: reportSearch(ask.query),
    filter: ask.filter,
    carrierId: ask.carrierId,
    cuts: reportCuts(clock()),
    page: ask.page,
    pageSize: REPORT_PAGE_SIZE,
  });
  if (page.rows.length > 0)
    await store.recordReportView(
      actor.id,
      page.rows.map(({ policy }) => policy.id),
    );
  return page;
};
