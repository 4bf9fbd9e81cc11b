import { sql } from 'kysely';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Database } from '#database/connection.ts';
import { openAt } from '#database/place.ts';
import { openPostgres, SERVING, type Limits } from '#database/postgres.ts';
import { Secret } from '#shared/secret.ts';
import { newPostgres } from '#test/support/database.ts';
import { wayToPostgres, type WayToPostgres } from '#test/support/way-to-postgres.ts';

/** A Postgres whose host is gone says nothing at all, and its connections stay open. */

let stack: AsyncDisposableStack;
let url: string;
let way: WayToPostgres;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  url = await newPostgres();
  way = stack.use(await wayToPostgres(url));
});
afterEach(() => stack.disposeAsync());

const open = async (limits: Partial<Limits>, connections = 2): Promise<Database> =>
  stack.adopt(
    await openPostgres({ url: way.at, connections, limits: { ...SERVING, ...limits } }),
    (db) => db.destroy(),
  );

const people = (db: Database) => db.selectFrom('person').select('id').execute();

it('a statement ends, its connection is not used again, and the next finds the server that is back', async () => {
  const db = await open({ silentMs: 500, connectMs: 500 }, 1);
  await people(db);
  way.hush();
  await expect(people(db)).rejects.toThrow('has not answered for 0.5 seconds');
  await expect(people(db)).rejects.toThrow('timeout');
  way.mend();
  expect(await people(db)).toEqual([]);
});

it('a transaction under way ends, and whoever waits for its connection', async () => {
  const db = await open({ silentMs: 500, connectMs: 500 }, 1);
  const inside = db.transaction().execute(async (trx) => {
    await people(trx);
    way.hush();
    await people(trx);
  });
  await Promise.all([
    expect(inside).rejects.toThrow(/has not answered|not queryable/),
    expect(people(db)).rejects.toThrow('timeout'),
  ]);
  way.mend();
  expect(await people(db)).toEqual([]);
});

it('the server ends what is only slow, and the connection stays', async () => {
  const db = await open({ statementMs: 300 }, 1);
  const pid = async () =>
    (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)).rows;
  const before = await pid();
  await expect(sql`select pg_sleep(60)`.execute(db)).rejects.toThrow('statement timeout');
  expect(await pid()).toEqual(before);
});

it('what a process that is gone had locked is free again', async () => {
  const db = await open({ idleMs: 300 });
  await db.insertInto('person').values({ id: 'x', name: 'X', role: 'owner' }).execute();
  const gone = db.transaction().execute(async (trx) => {
    await trx.updateTable('person').set({ name: 'Y' }).execute();
    way.hush();
    await people(trx);
  });
  const end = gone.catch((error: unknown) => error);
  const other = new Client(url);
  await other.connect();
  await other.query(`update person set name = 'Z'`);
  await other.end();
  way.cut();
  expect(await end).toBeInstanceOf(Error);
});

it('what a process that stands still within a transaction had locked is free again, and it begins anew', async () => {
  const db = await open({ idleMs: 300 }, 1);
  await db.insertInto('person').values({ id: 'x', name: 'X', role: 'owner' }).execute();
  const other = new Client(url);
  await other.connect();
  const seen: string[] = [];
  const [written] = await db.transaction().execute(async (trx) => {
    const { name } = await trx
      .selectFrom('person')
      .select('name')
      .forUpdate()
      .executeTakeFirstOrThrow();
    seen.push(name);
    // It goes on once another has got what it had locked.
    if (seen.length === 1) await other.query(`update person set name = 'Y'`);
    return trx
      .updateTable('person')
      .set({ name: `${name}Z` })
      .returning('name')
      .execute();
  });
  await other.end();
  expect({ seen, written }).toEqual({ seen: ['X', 'Y'], written: { name: 'YZ' } });
});

it('one that only reads after a failover is left, and the next finds who writes', async () => {
  const db = await open({});
  const name = new URL(url).pathname.slice(1);
  const write = () => db.updateTable('deletion').set({ made: 0 }).execute();
  await write();
  const { href } = new URL('/postgres', url);
  const server = new Client(href);
  await server.connect();
  await server.query(`alter database ${name} set default_transaction_read_only = on`);
  await server.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
  );
  await expect.poll(() => write().catch((error: { code?: string }) => error.code)).toBe('25006');
  await server.query(`alter database ${name} reset default_transaction_read_only`);
  await server.end();
  await write();
});

it('a command is given the time that its work takes, and keeps no lock where it falls asleep', async () => {
  const db = stack.adopt(
    await openAt({ databaseFile: '', databaseUrl: new Secret(way.at) }),
    (opened) => opened.destroy(),
  );
  const { rows } = await sql`select current_setting('statement_timeout') as statement,
    current_setting('idle_in_transaction_session_timeout') as idle,
    current_setting('tcp_keepalives_idle') as keepalive`.execute(db);
  expect(rows).toEqual([{ statement: '0', idle: '1min', keepalive: '10' }]);
});
