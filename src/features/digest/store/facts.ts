import { setImmediate } from 'node:timers/promises';
import { sql, type RawBuilder } from 'kysely';
import {
  policyNeedOf,
  NEEDING_REASONS,
  NO_COUNTS,
  sumCounts,
  type DigestCounts,
  type DigestFacts,
  type LinkNeed,
  type PolicyNeed,
} from '../rules.ts';
import { isValuedDaily } from '#core/policies/freshness.ts';
import type { Money } from '#shared/money.ts';
import type { Move } from '../movement.ts';
import { statusOf, type Reason } from '#shared/outcome.ts';
import type { ProductClass } from '#shared/product-class.ts';
import { MAIN_VALUES, type ReportCuts } from '#core/policies/report-rules.ts';
import type { Scope } from '#core/policies/policies.ts';
import type { Database } from '#database/connection.ts';
import { eachNumber, orderedJoin } from '#database/dialect.ts';
import { isUnlinked, staleBefore } from '#core/policies/store/report-terms.ts';

/** Rows of the report that one statement looks at: some milliseconds, whatever it asks of them. */
const SPAN = 2000;

/** A condition on `r`, a row of policy_report, for each span of a scope's rows. */
const spansOf = async (db: Database, scope: Scope): Promise<RawBuilder<unknown>[]> => {
  if (scope.kind === 'all') {
    const { last } = await db
      .selectFrom('policy_report')
      .select(({ fn }) => fn.max('row').as('last'))
      .executeTakeFirstOrThrow();
    return Array.from(
      { length: Math.ceil((last ?? 0) / SPAN) },
      (_, index) => sql`r.row > ${index * SPAN} and r.row <= ${(index + 1) * SPAN}`,
    );
  }
  const { rows } = await sql<{ row: number }>`
    select r.row from book b ${orderedJoin} policy_report r on r.contact_id = b.contact_id
    where b.person_id = ${scope.personId} order by r.row`.execute(db);
  return Array.from({ length: Math.ceil(rows.length / SPAN) }, (_, index) => {
    const span = rows.slice(index * SPAN, (index + 1) * SPAN).map(({ row }) => row);
    return sql`r.row in (select value from ${eachNumber(span)} these)`;
  });
};

interface Asked {
  db: Database;
  cuts: ReportCuts;
  since: number;
  span: RawBuilder<unknown>;
}

/** What waits for a link is known of each policy by itself. */
type Counted = Omit<DigestCounts, 'waiting'> & { carrierId: string };

const countsOf = async ({ db, cuts, since, span }: Asked): Promise<Counted[]> => {
  const count = (which: RawBuilder<unknown>) =>
    sql`coalesce(sum(case when ${which} then 1 else 0 end), 0)`;
  const read = sql`r.last_status = 'success' and r.last_attempt_at >= ${since}`;
  const valued = sql`${read} and r.last_reason = 'changed'`;
  const known = sql`exists (select 1 from policy_value v
    where v.policy_id = r.policy_id and v.observed_at < ${since})`;
  const { rows } = await sql<Counted>`select r.carrier_id as "carrierId",
      count(*) as syncable,
      ${count(read)} as success,
      ${count(sql`${valued} and ${known}`)} as changed,
      ${count(sql`${valued} and not ${known}`)} as first,
      ${count(sql`r.as_of <> '' and r.as_of < ${staleBefore(cuts)}`)} as stale,
      ${count(sql`r.last_reason = 'status-drift'`)} as drift,
      ${count(sql`r.last_status = 'not-found'`)} as "notFound",
      ${count(sql`r.last_success_at < ${cuts.syncedSince}`)} as "notSynced"
    from policy_report r where ${span} and r.syncable = 1 group by r.carrier_id`.execute(db);
  return rows;
};

/** The newest amount by the first of these names that the policy has. */
const newestOf = (policy: RawBuilder<unknown>, names: readonly string[]): RawBuilder<unknown> =>
  sql`coalesce(${sql.join(
    names.map(
      (name) => sql`(select v.id from policy_value v
        where v.policy_id = ${policy} and v.name = ${name} order by v.id desc limit 1)`,
    ),
  )}, '')`;

interface Needing {
  policyId: string;
  carrierId: string;
  /** None of a policy that nobody has tried to read. */
  reason: Reason | null;
  sourceId: string | null;
  minor: number | null;
  currency: string | null;
  /** Values wait for somebody to say whether they are right. */
  held: number;
}

const UNREAD = sql.join(['not-found', 'failed', 'needs-link'].map((status) => sql`${status}`));

/** What was not read, or needs a person though it was, with what it is worth. */
const needingOf = async ({ db, span }: Asked): Promise<Needing[]> => {
  const { rows } = await sql<Needing>`select r.policy_id as "policyId", r.carrier_id as "carrierId",
      r.last_reason as reason,
      l.id as "sourceId", w.minor, w.currency,
      exists (select 1 from held_value h where h.policy_id = r.policy_id and h.settled is null)
        as held
    from policy_report r
    left join login_source l on l.id = r.blocked_source_id and ${isUnlinked}
    left join policy_value w on w.id = ${newestOf(sql`r.policy_id`, MAIN_VALUES)}
    where ${span} and r.syncable = 1 and (l.id is not null or r.last_status in (${UNREAD})
      or r.last_reason in (${sql.join(NEEDING_REASONS)}))`.execute(db);
  return rows;
};

interface Moved {
  policyId: string;
  productClass: ProductClass;
  minor: number;
  currency: string;
  before: number | null;
  beforeCurrency: string | null;
}

/** What the market or a person moves; a benefit or a premium is no value that moves. */
const MOVING = ['Account Value', 'Cash Value'];

const movedOf = async ({ db, span, since }: Asked): Promise<Moved[]> => {
  const { rows } = await sql<Moved>`select r.policy_id as "policyId",
      r.product_class as "productClass", v.minor, v.currency, b.minor as before,
      b.currency as "beforeCurrency"
    from policy_report r
    join policy_value v on v.id = ${newestOf(sql`r.policy_id`, MOVING)}
    left join policy_value b on b.id = (select old.id from policy_value old
      where old.policy_id = v.policy_id and old.name = v.name and old.observed_at < ${since}
      order by old.id desc limit 1)
    where ${span} and r.syncable = 1 and r.last_success_at >= ${since}
      and v.observed_at >= ${since}`.execute(db);
  return rows;
};

const moneyOf = (minor: number | null, currency: string | null): Money | undefined =>
  minor === null || currency === null ? undefined : { minor, currency };

const plus = (sum: Money | undefined, more: Money | undefined): Money | undefined =>
  sum === undefined || more === undefined || sum.currency !== more.currency
    ? (sum ?? more)
    : { ...sum, minor: sum.minor + more.minor };

/** Goes over the rows of a firm or a book, span by span, and lets others have a turn between. */
export const digestFacts = async (
  db: Database,
  scope: Scope,
  cuts: ReportCuts,
  since: number,
): Promise<DigestFacts> => {
  const carriers = new Map<string, DigestCounts>();
  const add = (carrierId: string, counts: Partial<DigestCounts>) =>
    carriers.set(carrierId, sumCounts([carriers.get(carrierId) ?? NO_COUNTS, counts]));
  const unread = new Map<Reason, number>();
  const links = new Map<string, LinkNeed>();
  const needs: PolicyNeed[] = [];
  const moves: Move[] = [];
  for (const span of await spansOf(db, scope)) {
    const asked = { db, cuts, since, span };
    for (const { carrierId, ...counts } of await countsOf(asked)) add(carrierId, counts);
    await setImmediate();
    for (const row of await needingOf(asked)) {
      const { policyId, carrierId, reason: last, sourceId, minor, currency, held } = row;
      const worth = moneyOf(minor, currency);
      const kind = last === null ? undefined : policyNeedOf(last);
      if (sourceId !== null) {
        const link = links.get(sourceId);
        links.set(sourceId, {
          kind: 'link',
          sourceId,
          policies: (link?.policies ?? 0) + 1,
          worth: plus(link?.worth, worth),
        });
      } else if (kind !== undefined && (kind !== 'doubt' || held === 1))
        needs.push({ kind, policyId, worth });
      const reason = sourceId === null && last !== null ? last : 'waiting-for-link';
      if (reason === 'waiting-for-link') add(carrierId, { waiting: 1 });
      if (statusOf(reason) !== 'success') unread.set(reason, (unread.get(reason) ?? 0) + 1);
    }
    await setImmediate();
    for (const row of await movedOf(asked)) {
      const from = moneyOf(row.before, row.beforeCurrency);
      if (from !== undefined)
        moves.push({
          policyId: row.policyId,
          from,
          to: { minor: row.minor, currency: row.currency },
          daily: isValuedDaily(row.productClass),
        });
    }
    await setImmediate();
  }
  return {
    carriers: [...carriers].map(([carrierId, counts]) => ({ carrierId, counts })),
    unread: [...unread].map(([reason, count]) => ({ reason, count })),
    needs: [...links.values(), ...needs],
    moves,
  };
};
