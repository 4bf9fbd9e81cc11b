import { Client } from 'pg';
import { expect, it } from 'vitest';
import { sql } from 'kysely';
import { wipeDeletions, wipeLettersNext } from '#database/deletions.ts';
import { openPostgres } from '#database/postgres.ts';
import { ownPostgres } from '#test/support/database.ts';

it('what an older look may still see counts as wiped only once that look has ended', async () => {
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
  const copy = new Client(own.url);
  await copy.connect();
  stack.defer(() => copy.end());
  await copy.query('begin isolation level repeatable read');
  await copy.query('select count(*) from person');
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
  // Whoever begins to look after that sees nothing of it, and is not waited for.
  const later = new Client(own.url);
  await later.connect();
  stack.defer(() => later.end());
  await later.query('begin isolation level repeatable read');
  await later.query('select count(*) from person');
  await copy.query('commit');
  expect(await wipeDeletions(store)).toBe('wiped');
  expect(await isWiped()).toBe(true);
  const { rows } = await sql<{ pages: number }>`
    select pg_relation_size('contact') as pages`.execute(db);
  expect(rows).toEqual([{ pages: 0 }]);
});
