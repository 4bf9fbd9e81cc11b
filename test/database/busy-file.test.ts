import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import BetterSqlite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { openDatabase } from '#database/connection.ts';

it('waits for another process that writes, and blocks nothing meanwhile', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sync-busy-'));
  const file = join(folder, 'firm.db');
  const db = await openDatabase(file);
  const another = new BetterSqlite(file);
  another.exec('begin immediate');
  const name = (id: string) => db.insertInto('carrier').values({ id, name: id }).execute();
  const written: string[] = [];
  const writes = [
    name('alone').then(() => written.push('alone')),
    db
      .transaction()
      .execute((trx) => trx.insertInto('carrier').values({ id: 'two', name: 'Two' }).execute())
      .then(() => written.push('in a transaction')),
  ];
  // Each turn of the event loop is one that an ack has.
  for (let turn = 0; turn < 20; turn += 1) await sleep(1);
  expect(written).toEqual([]);
  another.exec('commit');
  await Promise.all(writes);
  expect(written.toSorted()).toEqual(['alone', 'in a transaction']);
  another.close();
  await db.destroy();
  await rm(folder, { recursive: true, force: true });
});

it('lets what has arrived in between the statements of a long chain', async () => {
  await using db = await openDatabase(':memory:');
  let hasArrived = false;
  setTimeout(() => {
    hasArrived = true;
  });
  const chain = async (): Promise<number> => {
    for (let nth = 1; nth <= 50_000; nth += 1) {
      await db.selectFrom('carrier').selectAll().execute();
      if (hasArrived) return nth;
    }
    return Infinity;
  };
  expect(await chain()).toBeLessThan(Infinity);
});
