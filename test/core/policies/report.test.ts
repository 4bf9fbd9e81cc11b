import { copyFile } from 'node:fs/promises';
import BetterSqlite from 'better-sqlite3';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshness, freshSince } from '#core/policies/freshness.ts';
import { PRODUCT_CLASSES } from '#shared/product-class.ts';
import {
  mainValue,
  REPORT_FILTERS,
  reportCuts,
  reportSearch,
  type ReportFilter,
} from '#core/policies/report-rules.ts';
import { migrations } from '#db/migrations/index.ts';
import { openDatabase, type Database } from '#database/connection.ts';
import { reportPage } from '#core/policies/store/report.ts';
import { manyPolicies, NOW } from '#test/support/many-policies.ts';
import type { ReportSought } from '#core/policies/store/report-rows.ts';

type Firm = Awaited<ReturnType<typeof manyPolicies>>;

const DAY = 24 * 60 * 60_000;
const cuts = reportCuts(NOW);

const sought = (more: Partial<ReportSought> = {}): ReportSought => ({
  scope: { kind: 'all' },
  exactNumber: false,
  search: undefined,
  filter: 'all',
  carrierId: undefined,
  cuts,
  page: 0,
  pageSize: 10,
  ...more,
});

/** Counted the long way, from the tables that the report is made of. */
const countedSlowly = async (db: Database, which = sql<boolean>`1`) => {
  const stale = sql.join(
    PRODUCT_CLASSES.map(
      (name) => sql`(p.product_class = ${name} and v.as_of < ${cuts.freshSince[name]})`,
    ),
    sql` or `,
  );
  const syncable = sql`st.indicator in ('pending', 'open')`;
  const sum = (condition: ReturnType<typeof sql>) =>
    sql`sum(case when ${condition} then 1 else 0 end)`;
  const { rows } = await sql<Record<ReportFilter, number>>`select
      count(*) as "all",
      ${sum(sql`s.status = 'success'`)} as success,
      ${sum(sql`s.status = 'not-found'`)} as "not-found",
      ${sum(sql`${syncable} and (s.status is null or s.status <> 'success'
        or s.finished_at < ${NOW - 7 * DAY})`)} as "not-synced",
      ${sum(sql`${syncable} and s.status = 'needs-link' and k.linked = 0`)} as "needs-link",
      ${sum(sql`${syncable} and (${stale})`)} as stale,
      ${sum(sql`s.reason = 'status-drift'`)} as "status-differs",
      ${sum(sql`h.id is not null`)} as unconfirmed
    from policy p join product_status st on st.name = p.status
    join contact c on c.id = p.contact_id
    left join sync s on s.policy_id = p.id left join login_link k on k.source_id = s.source_id
    left join policy_value v on v.policy_id = p.id
    left join held_value h on h.policy_id = p.id and h.settled is null
    where ${which}`.execute(db);
  return rows[0];
};

/** Some readings wait for a person's word, and as many no more. */
const setAside = async (db: Database): Promise<void> => {
  await sql`insert into held_value (id, policy_id, sync_id, reading, held_at, settled)
    select 'held-' || s.id, s.policy_id, s.id, '{}', s.finished_at,
      case when s.rowid % 2 = 0 then 'accepted' end
    from sync s where s.status = 'success' and s.id like '%33'`.execute(db);
};

describe('a firm of 200,000 policies', () => {
  let many: Firm;
  let few: Firm;
  beforeAll(async () => {
    many = await manyPolicies(200_000);
    few = await manyPolicies(2_000);
    for (const { db } of [many, few]) await setAside(db);
  });
  afterAll(async () => {
    await many[Symbol.asyncDispose]();
    await few[Symbol.asyncDispose]();
  });

  const read = (more: Partial<ReportSought>, firm = many) =>
    reportPage({ db: firm.db, clock: () => NOW }, sought(more));

  it('counts every filter right', async () => {
    const { totals } = await read({});
    expect(totals).toEqual(await countedSlowly(many.db));
    expect(totals.all).toBe(200_000);
    for (const filter of REPORT_FILTERS) expect(totals[filter]).toBeGreaterThan(0);
  });

  it('counts right for one carrier, one book and one search', async () => {
    expect((await read({ carrierId: 'meri' })).totals).toEqual(
      await countedSlowly(many.db, sql`p.carrier_id = 'meri'`),
    );
    const book = { kind: 'book', personId: 'advisor-007' } as const;
    const inBook = sql<boolean>`p.contact_id in
      (select contact_id from book where person_id = 'advisor-007')`;
    expect((await read({ scope: book })).totals).toEqual(await countedSlowly(many.db, inBook));
    expect((await read({ search: reportSearch('Family 421') })).totals).toEqual(
      await countedSlowly(
        many.db,
        sql`instr(c.search, 'family') > 0
          and (instr(c.search, '421') > 0 or instr(p.number_key, '421') > 0)
          or instr(lower(p.number_key), 'family421') > 0`,
      ),
    );
  });

  it('shows on the pages of each filter just what it counts, each policy once', async () => {
    const book = { kind: 'book', personId: 'advisor-010' } as const;
    for (const filter of REPORT_FILTERS) {
      const seen: string[] = [];
      const { totals } = await read({ scope: book, filter });
      for (let page = 0; page * 50 < totals[filter]; page += 1) {
        const shown = await read({ scope: book, filter, page, pageSize: 50 });
        expect(shown.page).toBe(page);
        seen.push(...shown.rows.map(({ policy }) => policy.id));
      }
      expect(new Set(seen).size).toBe(totals[filter]);
      expect(seen).toHaveLength(totals[filter]);
    }
  });

  it('goes through all policies page by page in one order', async () => {
    for (const filter of REPORT_FILTERS) {
      const small = { filter, carrierId: 'small', pageSize: 30 };
      const { totals } = await read(small);
      const pages = await Promise.all(
        Array.from({ length: Math.ceil(totals[filter] / 30) }, (_, page) =>
          read({ ...small, page }),
        ),
      );
      const seen = pages.flatMap(({ rows }) => rows.map(({ policy }) => policy.id));
      expect(new Set(seen).size).toBe(totals[filter]);
    }
    const names = (await read({ pageSize: 100 })).rows.map(({ policy }) =>
      policy.contactName.toLowerCase(),
    );
    expect(names).toEqual(names.toSorted());
  });

  it('finds a number with its zeros and dashes, and nothing outside the book', async () => {
    const search = reportSearch('00740000-0');
    const number = '00740000-0';
    const found = await read({ search });
    expect(found.rows[0]?.policy.number).toBe(number);
    const [row] = found.rows;
    const owner = `advisor-${String(Number(row?.policy.contactId.slice(-6)) % 100).padStart(3, '0')}`;
    const own = await read({ search, scope: { kind: 'book', personId: owner } });
    expect(own.rows[0]?.policy.number).toBe(number);
    const other = { kind: 'book', personId: 'support' } as const;
    expect((await read({ search, scope: other })).rows).toEqual([]);
    expect((await read({ search, scope: other, exactNumber: true })).rows).toHaveLength(1);
    const part = reportSearch('0074000');
    expect((await read({ search: part, scope: other, exactNumber: true })).rows).toEqual([]);
  });

  it('says that there are more when a search is too broad, and never reads them all', async () => {
    const broad = await read({ search: reportSearch('person') });
    expect(broad.more).toBe(true);
    expect(broad.totals.all).toBe(2000);
    expect((await read({ search: reportSearch('%"; drop table policy; --') })).rows).toEqual([]);
    expect((await read({ search: reportSearch('🙂') })).rows).toEqual([]);
  });

  it('goes to its last page when a later one is asked for', async () => {
    const { page, rows } = await read({ page: 1e9, carrierId: 'small', filter: 'stale' });
    expect(page).toBe(19);
    expect(rows).toHaveLength(10);
  });
});

describe('the report as the firm changes', () => {
  const tables = [
    `select policy_id, contact_id, carrier_id, product_class, syncable, number_key, text, last_status,
      last_reason, last_attempt_at, last_success_at, blocked_source_id, as_of
      from policy_report order by policy_id`,
    `select * from report_tally order by kind, carrier_id, key`,
  ];

  /** What a fresh installation would make of the same data. */
  const madeAnew = async (firm: Firm): Promise<unknown[]> => {
    const copy = `${firm.file}.copy`;
    await sql`pragma wal_checkpoint(truncate)`.execute(firm.db);
    await copyFile(firm.file, copy);
    const raw = new BetterSqlite(copy);
    // With the report's own, indexes go that nothing here needs.
    const made = raw
      .prepare(
        `select 'drop ' || type || ' ' || name from sqlite_master
          where type = 'trigger' and name like 'report_%' or type = 'index' and sql is not null
            and (name like 'policy_%' or name like 'login_%' or name like 's%')`,
      )
      .pluck()
      .all() as string[];
    for (const drop of made) raw.exec(drop);
    raw.exec(`drop table policy_report; drop table report_tally; drop table policy_search`);
    raw.close();
    const db = await openDatabase(copy);
    await migrations['0002-report']?.up(db);
    const rows = await contents(db);
    await db.destroy();
    return rows;
  };
  const contents = (db: Database): Promise<unknown[]> =>
    Promise.all(tables.map(async (table) => (await sql.raw(table).execute(db)).rows));

  const sync = (db: Database, id: string, policy: string, status: string, reason: string, at = 0) =>
    sql`insert into sync (id, policy_id, source_id, priority, status, reason, created_at, finished_at)
      values (${id}, ${policy}, 'source-05', 1, ${status}, ${reason}, ${NOW}, ${at || null})`.execute(
      db,
    );

  it('is kept by every writer just as it would be made anew', async () => {
    await using firm = await manyPolicies(400);
    const { db } = firm;
    const changes = [
      `update policy set status = 'Surrendered' where id < 'policy-000030'`,
      `update policy set carrier_id = 'small', number_key = '777' || number_key where id like '%5'`,
      `update policy set contact_id = 'contact-000001' where id = 'policy-000100'`,
      `update contact set search = 'zoe oneill' where id = 'contact-000003'`,
      `update product_status set indicator = 'lost' where name = 'Surrendered'`,
      `insert into product_status values ('Pending', 'pending')`,
      `update product_status set indicator = 'open' where name = 'Surrendered'`,
      `insert into policy select 'new', 'new', contact_id, carrier_id, number, 'NEW1', product_name,
        product_type, plan_type, 'indexed', 'Pending', null, 0, null from policy where id = 'policy-000009'`,
      `insert into policy_value values ('zz', 'policy-000019', 'sync-000018', 'Cash Value', 5, 'USD',
        '2026-11-18', ${NOW})`,
    ];
    for (const change of changes) await sql.raw(change).execute(db);
    await sync(db, 'z1', 'new', 'queued', 'waiting-for-link');
    await sync(db, 'z2', 'policy-000019', 'queued', 'waiting');
    await sql`update sync set status = 'success', reason = 'changed', finished_at = ${NOW}
      where id = 'z2'`.execute(db);
    await sync(db, 'z3', 'policy-000020', 'needs-link', 'locked', NOW);
    await sync(db, 'z4', 'policy-000021', 'needs-link', 'locked', NOW);
    await sql`update sync set status = 'queued', reason = 'waiting', finished_at = null
      where id = 'z4'`.execute(db);
    await sync(db, 'z5', 'policy-000022', 'queued', 'waiting-for-link');
    await sql`update sync set status = 'cancelled', reason = 'cancelled', finished_at = ${NOW}
      where id = 'z5'`.execute(db);
    await sync(db, 'z6', 'policy-000023', 'not-found', 'gone', NOW - 1);
    await sync(db, 'z7', 'policy-000023', 'failed', 'carrier-down', NOW);
    expect(await contents(db)).toEqual(await madeAnew(firm));
    const find = async (typed: string) =>
      (await reportPage({ db, clock: () => NOW }, sought({ search: reportSearch(typed) }))).rows;
    expect((await find('Zoë')).length).toBeGreaterThan(0);
    expect((await find('person3')).map(({ policy }) => policy.contactId)).not.toContain(
      'contact-000003',
    );
    expect((await find('NEW-1'))[0]).toMatchObject({
      policy: { id: 'new' },
      open: { status: 'queued' },
      needsLink: { sourceName: 'Login 5' },
    });
  });
});

describe('the words of the report', () => {
  it('cuts the dates just where staleness begins', () => {
    for (const now of [NOW, NOW + 3 * DAY, NOW + 8 * DAY, Date.parse('2026-01-02T15:00:00Z')])
      for (const name of PRODUCT_CLASSES) {
        const since = freshSince(now, name);
        const dayBefore = new Date(Date.parse(since) - DAY).toISOString().slice(0, 10);
        expect(freshness(since, now, name).kind).toBe('fresh');
        expect(freshness(dayBefore, now, name).kind).toBe('stale');
      }
  });

  it('takes the account value for the value of a policy, and a premium only when there is no other', () => {
    const value = (name: string) => ({
      name,
      amount: { minor: 1, currency: 'USD' },
      asOf: '2026-11-17',
    });
    const named = (...names: string[]) => mainValue(names.map(value))?.name;
    expect(named('Annual Premium', 'Cash Value', 'Account Value')).toBe('Account Value');
    expect(named('Annual Premium', 'Loan Balance')).toBe('Loan Balance');
    expect(named()).toBeUndefined();
  });

  it('searches for signs alone without finding everything', () => {
    expect(reportSearch('   ')).toBeUndefined();
    expect(reportSearch('---')).toEqual({ numberKey: '', anyOf: [] });
  });
});
