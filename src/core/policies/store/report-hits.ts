import { sql, type RawBuilder } from 'kysely';
import type { ReportFilter, ReportSearch } from '../report-rules.ts';
import type { Database } from '#database/connection.ts';
import {
  allOfAny,
  eachNumber,
  holds,
  isIndexed,
  orderedJoin,
  searched,
  type Parts,
} from '#database/dialect.ts';
import { isOfCarrier, isUnlinked, ORDERS, staleBefore, statusDiffers } from './report-terms.ts';
import type { ReportPage, ReportSought } from './report-rows.ts';

/** Rows of the report that a book or a search leaves; each of them is looked at. */
export interface Hits {
  /** A select of `row`. */
  rows: RawBuilder<unknown>;
  more: boolean;
}

/** So many matches are no answer any more: the person is asked to type more. */
const MOST_HITS = 2000;

const holdsAll = ({ anyOf }: ReportSearch): RawBuilder<unknown> =>
  anyOf.length === 0 ? sql`false` : allOfAny(anyOf, (part) => holds(sql`r.text`, part));

/** What the index knows of it; empty when everything typed is too short. */
const indexed = ({ anyOf }: ReportSearch): Parts[] =>
  anyOf.map((parts) => parts.filter(isIndexed)).filter((parts) => parts.length > 0);

const numbered = (key: string): RawBuilder<unknown> =>
  sql`select row from policy_report where number_key = ${key}`;

type Sought = Pick<ReportSought, 'scope' | 'search' | 'exactNumber' | 'carrierId'>;

const ofBook = (
  personId: string,
  { search, exactNumber, carrierId }: Sought,
): RawBuilder<unknown> => {
  const book = sql`select r.row from book b ${orderedJoin} policy_report r on r.contact_id = b.contact_id
      where b.person_id = ${personId} and ${isOfCarrier(carrierId)}`;
  if (search === undefined) return book;
  const exact = exactNumber ? sql` union ${numbered(search.numberKey)}` : sql``;
  return sql`${book} and ${holdsAll(search)}${exact}`;
};

/** Of these rows, whose column is `value`, those that are meant: an index of parts knows no order of them. */
const meant = (
  rows: RawBuilder<unknown>,
  search: ReportSearch,
  carrierId: string | undefined,
): RawBuilder<unknown> => sql`select r.row from ${rows} hit
      ${orderedJoin} policy_report r on r.row = hit.value
      where ${holdsAll(search)} and ${isOfCarrier(carrierId)} union ${numbered(search.numberKey)}`;

/** The same rows within one statement, for who need not know whether there are more. */
export const hitsIn = (sought: Sought): RawBuilder<unknown> => {
  const { scope, search, carrierId } = sought;
  if (scope.kind === 'book') return ofBook(scope.personId, sought);
  if (search === undefined) throw new Error('all policies are not a few hits');
  const known = indexed(search);
  if (known.length === 0) return numbered(search.numberKey);
  return meant(
    sql`(select known.row as value from (${searched(known, MOST_HITS)}) known)`,
    search,
    carrierId,
  );
};

export const hitsOf = async (db: Database, sought: Sought): Promise<Hits> => {
  const { scope, search, carrierId } = sought;
  if (scope.kind === 'book') return { rows: ofBook(scope.personId, sought), more: false };
  if (search === undefined) throw new Error('all policies are not a few hits');
  const known = indexed(search);
  if (known.length === 0) return { rows: numbered(search.numberKey), more: true };
  const { rows } = await sql<{ row: number }>`${searched(known, MOST_HITS + 1)}`.execute(db);
  const few = rows.slice(0, MOST_HITS).map(({ row }) => row);
  return { rows: meant(eachNumber(few), search, carrierId), more: rows.length > MOST_HITS };
};

const condition = (filter: ReportFilter, { cuts }: ReportSought): RawBuilder<unknown> => {
  switch (filter) {
    case 'all':
      return sql`true`;
    case 'success':
    case 'not-found':
      return sql`r.last_status = ${filter}`;
    case 'not-synced':
      return sql`r.syncable = 1 and r.last_success_at < ${cuts.syncedSince}`;
    case 'needs-link':
      return sql`r.blocked_source_id in (select l.id from login_source l where ${isUnlinked})`;
    case 'stale':
      return sql`r.syncable = 1 and r.as_of <> '' and r.as_of < ${staleBefore(cuts)}`;
    case 'status-differs':
      return statusDiffers;
    case 'unconfirmed':
      return sql`exists (select 1 from held_value h
        where h.policy_id = r.policy_id and h.settled is null)`;
  }
};

/** A cross join is walked as it is written: an index over all policies would be the long way round. */
const from = (hits: Hits, carrierId: string | undefined): RawBuilder<unknown> =>
  sql`(${hits.rows}) found ${orderedJoin} policy_report r on r.row = found.row
    where ${isOfCarrier(carrierId)}`;

export const totalsOfHits = async (
  db: Database,
  hits: Hits,
  sought: ReportSought,
): Promise<ReportPage['totals']> => {
  const count = (filter: ReportFilter) =>
    sql`coalesce(sum(case when ${condition(filter, sought)} then 1 else 0 end), 0)`;
  const { rows } = await sql<ReportPage['totals']>`
    select ${count('all')} as "all", ${count('success')} as success,
      ${count('not-found')} as "not-found", ${count('not-synced')} as "not-synced",
      ${count('needs-link')} as "needs-link", ${count('stale')} as stale,
      ${count('status-differs')} as "status-differs", ${count('unconfirmed')} as unconfirmed
    from ${from(hits, sought.carrierId)}`.execute(db);
  const [totals] = rows;
  if (totals === undefined) throw new Error('a sum gave no row');
  return totals;
};

/** The report's row numbers of one page; a policy whose whole number was typed comes first. */
export const pageOfHits = async (
  db: Database,
  hits: Hits,
  sought: ReportSought,
): Promise<number[]> => {
  const { rows } = await sql<{ row: number }>`
    select r.row from ${from(hits, sought.carrierId)} and ${condition(sought.filter, sought)}
    order by r.number_key <> ${sought.search?.numberKey ?? ''}, ${ORDERS[sought.filter]}
    limit ${sought.pageSize} offset ${sought.page * sought.pageSize}`.execute(db);
  return rows.map(({ row }) => row);
};
