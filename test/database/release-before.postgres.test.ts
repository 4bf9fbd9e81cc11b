import { sql } from 'kysely';
import { afterEach, expect, it } from 'vitest';
import { postgresMigrations } from '#db/postgres/index.ts';
import { RELEASE_BEFORE, TAKES_AWAY } from '#db/release-before.ts';
import type { Step } from '#db/step.ts';
import type { Database } from '#database/connection.ts';
import { migratePostgres } from '#database/migrate.ts';
import { connectPostgres } from '#database/postgres.ts';
import { newPostgres } from '#test/support/database.ts';
import { shapeOf, takenAway, type Shape } from '#test/support/taken-away.ts';

/** What the release before leans on stays as it is, so that its processes work on beside this one. */

let db: Database | undefined;
afterEach(async () => {
  await db?.destroy();
});

const names = Object.keys(postgresMigrations).toSorted();
const upTo = (newest: string): Record<string, Step> =>
  Object.fromEntries(Object.entries(postgresMigrations).filter(([name]) => name <= newest));

const openAt = async (newest: string): Promise<Database> => {
  db = await connectPostgres({ url: await newPostgres('nothing'), connections: 2 });
  await migratePostgres(db, upTo(newest));
  return db;
};

it('a migration since the release before only adds, or names since when it may do more', async () => {
  expect(names).toContain(RELEASE_BEFORE);
  const at = await openAt(RELEASE_BEFORE);
  let before: Shape = await shapeOf(at);
  const faults: string[] = [];
  for (const name of names.filter((each) => each > RELEASE_BEFORE)) {
    await migratePostgres(at, upTo(name));
    const after = await shapeOf(at);
    const found = takenAway(before, after, postgresMigrations[name]?.isAlone);
    const { knows } = TAKES_AWAY[name] ?? {};
    if (knows === undefined) faults.push(...found.map((fault) => `${name}: ${fault}`));
    else if (knows > RELEASE_BEFORE) faults.push(`${name} comes before its time`);
    before = after;
  }
  expect(faults).toEqual([]);
});

it.each([
  ['drop table home_wish', 'home_wish is gone'],
  ['alter table home_wish drop column at', 'home_wish.at is gone'],
  ['alter table home_wish rename at to since', 'home_wish.at is gone'],
  ['alter table home_wish alter at type text', 'home_wish.at is text and no more bigint'],
  [
    'alter table login_link alter linked_at set not null',
    'login_link.linked_at is required by now',
  ],
  ['alter table home_wish add why text not null', 'home_wish.why is required of who writes'],
  [
    'alter table login_link alter linked drop default',
    'login_link.linked begins with nothing by now',
  ],
  [
    'alter table home_wish add check (at > 0)',
    'home_wish.home_wish_at_check refuses what was let in',
  ],
  ['alter table home_wish drop constraint home_wish_pkey', 'home_wish.home_wish_pkey is gone'],
  ['create unique index one_at on home_wish (at)', 'home_wish.one_at refuses what was let in'],
  ['drop index meeting_once', 'meeting.meeting_once is gone'],
  ['drop trigger login_source_parts on login_source', 'login_source.login_source_parts is gone'],
  ['create index by_at on home_wish (at)', 'home_wish.by_at keeps writers waiting'],
])('%s is found', async (statement, what) => {
  const at = await openAt(RELEASE_BEFORE);
  const before = await shapeOf(at);
  await sql.raw(statement).execute(at);
  expect(takenAway(before, await shapeOf(at)).join('\n')).toContain(what);
});

it('tables, columns that may be left out, and indexes made beside writers are let in', async () => {
  const at = await openAt(RELEASE_BEFORE);
  const before = await shapeOf(at);
  for (const statement of [
    'create table new_one (id text primary key, at bigint not null unique)',
    'create index new_one_at on new_one (at)',
    'alter table home_wish add why text',
    `alter table home_wish add how text not null default ''`,
    'drop index meeting_due',
  ])
    await sql.raw(statement).execute(at);
  expect(takenAway(before, await shapeOf(at))).toEqual([]);
  const then = await shapeOf(at);
  await sql.raw('create index concurrently home_wish_at on home_wish (at)').execute(at);
  expect(takenAway(then, await shapeOf(at), true)).toEqual([]);
});
