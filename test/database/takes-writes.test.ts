import BetterSqlite from 'better-sqlite3';
import { sql } from 'kysely';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { whyNoAnswer } from '#database/answers.ts';
import type { Database } from '#database/connection.ts';
import { openTestFile } from '#test/support/database.ts';

/** A file that is read as ever, and takes no writes. */

let stack: AsyncDisposableStack;
let db: Database;
let file: string;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'takes-writes-'));
  stack.defer(() => rmSync(folder, { recursive: true }));
  file = join(folder, 'firm.db');
  db = await openTestFile(file);
  stack.defer(() => db.destroy());
});
afterEach(() => stack.disposeAsync());

const people = () => db.selectFrom('person').select('id').execute();

it('says that another program holds it, while whoever reads goes on', async () => {
  expect(await whyNoAnswer(db)).toBeUndefined();
  const other = new BetterSqlite(file);
  stack.defer(() => void other.close());
  other.exec('begin exclusive');
  const ended: string[] = [];
  const asked = whyNoAnswer(db).finally(() => ended.push('asked'));
  for (let reads = 0; reads < 20; reads += 1) await people();
  ended.push('read');
  expect(await asked).toMatch(/^takes no writes: another program holds it\. /);
  expect(ended).toEqual(['read', 'asked']);
  other.exec('rollback');
  expect(await whyNoAnswer(db)).toBeUndefined();
});

it('says that its disk is full, until there is room', async () => {
  expect(await whyNoAnswer(db)).toBeUndefined();
  // No page is free, and the file may not grow.
  await sql`vacuum`.execute(db);
  const pages = (most: number) => sql`pragma max_page_count = ${sql.lit(most)}`.execute(db);
  await pages(1);
  expect(await people()).toEqual([]);
  expect(await whyNoAnswer(db)).toBe('takes no writes: its disk is full. Give it room.');
  await pages(1_000_000);
  expect(await whyNoAnswer(db)).toBeUndefined();
  expect(await db.selectFrom('asked').selectAll().execute()).toEqual([]);
});
