import { Client } from 'pg';
import { expect, it, vi } from 'vitest';
import { sql } from 'kysely';
import { wipeDeletions, wipeLettersNext } from '#database/deletions.ts';
import type { Store } from '#database/store.ts';
import { openPostgres } from '#database/postgres.ts';
import { ownPostgres } from '#test/support/database.ts';

/** Others of the same server write too, and who writes now has to end first. */
const untilWiped = (store: Store): Promise<void> =>
  vi.waitFor(
    async () => {
      if ((await wipeDeletions(store)) !== 'wiped') throw new Error('It is waited for still.');
    },
    { timeout: 20_000, interval: 20 },
  );

it('what an older look may still see counts as wiped once it and who began beside it have ended', async () => {
  await using own = await ownPostgres();
  await using stack = new AsyncDisposableStack();
  const db = await openPostgres({ url: own.url, connections: 4 });
  stack.defer(() => db.destroy());
  const store = { db, clock: Date.now };
  const row = { external_id: 'c1', kind: 'individual', name: 'Ines Ito', search: 'ines ito' };
  await db
    .insertInto('contact')
    .values({ id: 'contact', ...row })
    .execute();
  const look = async (): Promise<Client> => {
    const client = new Client(own.url);
    await client.connect();
    stack.defer(() => client.end());
    await client.query('begin isolation level repeatable read');
    await client.query('select count(*) from person');
    return client;
  };
  const copy = await look();
  await db.deleteFrom('contact').execute();
  await wipeLettersNext(db);
  const isWiped = async (): Promise<boolean> => {
    const { letters_made, letters_wiped } = await db
      .selectFrom('deletion')
      .selectAll()
      .executeTakeFirstOrThrow();
    return letters_made === letters_wiped;
  };
  expect(await wipeDeletions(store)).toBe('later');
  expect(await isWiped()).toBe(false);
  const beside = await look();
  await copy.query('commit');
  expect(await wipeDeletions(store)).toBe('later');
  expect(await isWiped()).toBe(false);
  await beside.query('commit');
  await untilWiped(store);
  expect(await isWiped()).toBe(true);
  const { rows } = await sql<{ pages: number }>`
    select pg_relation_size('contact') as pages`.execute(db);
  expect(rows).toEqual([{ pages: 0 }]);
});
