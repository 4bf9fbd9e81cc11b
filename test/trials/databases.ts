import { sql } from 'kysely';
import { Client } from 'pg';
import { contactsMatching } from '#core/policies/store/contacts.ts';
import { policiesMatching, policiesNear } from '#core/policies/store/policies.ts';
import { reportCuts, reportSearch, REPORT_FILTERS } from '#core/policies/report-rules.ts';
import { reportPage } from '#core/policies/store/report.ts';
import { requestView } from '#core/requests/store/views.ts';
import { sourcesWithDaily, sourcesWithForced } from '#core/sessions/store/sweeps.ts';
import { openDatabase, type Database } from '#database/connection.ts';
import { openPostgres } from '#database/postgres.ts';
import { findPostgres } from '#setup/tools.mjs';
import { startPostgres } from '#test/support/postgres.ts';
import { figuresOf, randomOf, type Figure, type Trial, type TrialRun } from './trial.ts';
import { drawn, NOW, plain, side, time, type Random, type Side } from './databases/work.ts';

const OPERATIONS = { short: 600, long: 10_000 };
/** After so many, searches, reports and a card are compared too. */
const LOOK_EVERY = 100;
/** Lists of ids come in any order. */
const answer = (value: unknown): string =>
  Array.isArray(value) ? JSON.stringify(value.map(answer).toSorted()) : plain(value);

const looked = async (on: Side): Promise<string> => {
  const seen: unknown[] = [await sourcesWithForced(on.store), await sourcesWithDaily(on.store, 9)];
  for (const scope of [{ kind: 'all' }, { kind: 'book', personId: 'dana' }] as const) {
    for (const filter of REPORT_FILTERS)
      for (const typed of ['', 'whit', '0012', '7', 'a_%'])
        seen.push(
          await reportPage(on.store, {
            scope,
            exactNumber: true,
            search: typed === '' ? undefined : reportSearch(typed),
            filter,
            carrierId: undefined,
            cuts: reportCuts(time.now),
            page: 0,
            pageSize: 10,
          }),
        );
    seen.push(await contactsMatching(on.store, ['i'], scope, 9));
    seen.push(await policiesMatching(on.store, '00123', scope, 9));
    seen.push((await policiesNear(on.store, '001234568', scope)).map(plain).toSorted());
  }
  return plain(seen);
};

/** What is random, or counts rows that were made or what an index of SQLite alone has forgotten, says nothing. */
const DRAWN: Record<string, readonly string[]> = {
  audit: ['id', 'salt', 'hash'],
  deletion: ['letters_made'],
  policy_report: ['row'],
  webhook_event: ['id', 'created_at'],
};

const tables = async (on: Side, sqlite: Side): Promise<Record<string, string[]>> => {
  const { rows: names } = await sql<{ name: string }>`
    select name from sqlite_master where type = 'table'
      and name not like 'sqlite_%' and name not like 'policy_search%' and name not like 'contact_search%'
      and name <> 'contact_words' and name not like 'kysely%'
    `.execute(sqlite.db);
  const all: Record<string, string[]> = {};
  for (const { name } of names) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(
      on.db,
    );
    all[name] = rows
      .map((row) =>
        plain(
          Object.entries(row)
            .filter(([column]) => DRAWN[name]?.includes(column) !== true)
            .toSorted(([a], [b]) => (a < b ? -1 : 1)),
        ),
      )
      .toSorted();
  }
  return all;
};

const figure = figuresOf('databases');

/** What became of the work on both; the first difference is told. */
export const sameOnBoth = async (
  postgresDb: Database,
  { seed, short, say }: TrialRun,
): Promise<Figure[]> => {
  const operations = short ? OPERATIONS.short : OPERATIONS.long;
  const draw = randomOf(seed);
  const random: Random = (below) => Math.floor(draw() * below);
  time.now = NOW;
  const sqlite = await side(await openDatabase(':memory:'));
  const postgres = await side(postgresDb);
  const differs = { answers: 0, looks: 0, tables: 0 };
  const compare = (what: keyof typeof differs, where: string, here: string, there: string) => {
    if (here === there) return;
    differs[what] += 1;
    say(`${where}: SQLite has ${here.slice(0, 2000)} and Postgres ${there.slice(0, 2000)}`);
  };
  try {
    for (let nth = 1; nth <= operations; nth += 1) {
      time.now += 1 + random(60);
      const act = drawn(random);
      const [here, there] = [await act(sqlite), await act(postgres)];
      compare('answers', `operation ${nth}`, answer(here), answer(there));
      if (nth % LOOK_EVERY > 0) continue;
      compare('looks', `after ${nth}`, await looked(sqlite), await looked(postgres));
      const newest = (on: Side) => requestView(on.store, on.requests.at(-1) ?? '');
      compare('looks', `card ${nth}`, plain(await newest(sqlite)), plain(await newest(postgres)));
      if (nth % 1000 === 0) say(`${nth} operations`);
    }
    const [ended, other] = [await tables(sqlite, sqlite), await tables(postgres, sqlite)];
    for (const [name, rows] of Object.entries(ended))
      compare('tables', name, JSON.stringify(rows), JSON.stringify(other[name]));
    // It was work of every kind, and not the same refusal again and again.
    const filled = Object.values(ended).filter((rows) => rows.length > 0).length;
    const states = new Set(ended['sync']?.map((row) => /"status","([a-z-]+)"/.exec(row)?.[1]));
    return [
      figure('operations', operations, 'on each', '=', operations),
      figure('answers that differ', differs.answers, 'answers', '=', 0),
      figure('searches, reports and cards that differ', differs.looks, 'looks', '=', 0),
      figure('tables that differ afterwards', differs.tables, 'tables', '=', 0),
      figure('tables that hold something', filled, 'tables', '>=', 15),
      figure('states of syncs', states.size, 'states', '>=', 4),
    ];
  } finally {
    await sqlite.db.destroy();
  }
};

export const databases: Trial = {
  name: 'databases',
  about: 'the same random work on SQLite and on Postgres comes to the same answers and tables',
  beside: 'lowest',
  run: async (run) => {
    if (findPostgres(process.env) === undefined) {
      run.say('Postgres is missing: apt install postgresql, or brew install postgresql@17.');
      return [];
    }
    await using server = await startPostgres();
    const name = 'differential';
    await using admin = await openPlain(`${server.url}postgres`);
    await admin.query(`create database ${name}`);
    const db = await openPostgres({ url: server.url + name, connections: 4 });
    try {
      return await sameOnBoth(db, run);
    } finally {
      await db.destroy();
    }
  },
};

const openPlain = async (url: string) => {
  const client = new Client(url);
  await client.connect();
  return {
    query: (text: string) => client.query(text),
    [Symbol.asyncDispose]: () => client.end(),
  };
};
