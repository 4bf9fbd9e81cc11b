import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tmpdir } from 'node:os';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import BetterSqlite from 'better-sqlite3';
import { openRehearsal } from '#features/import/store/rehearsal.ts';
import { openLinkFirm } from '#test/support/link-firm.ts';

it('a rehearsal has the data of the firm, and none of its secrets', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rehearsal-'));
  const file = join(folder, 'firm.db');
  const firm = await openLinkFirm({ file });
  await firm.db
    .insertInto('sealed_secret')
    .values({
      owner_id: 'source',
      kind: 'password',
      source_id: 'source',
      key_id: 'k',
      sealed: 'A-SEALED-PASSWORD',
      created_at: 0,
      expires_at: null,
    })
    .execute();
  const { db, ...rehearsal } = await openRehearsal({ databaseFile: file });
  expect(await db.selectFrom('policy').select('number').execute()).toHaveLength(1);
  const { rows } = await sql<{ file: string }>`pragma database_list`.execute(db);
  const copy = rows[0]?.file ?? '';
  for (const end of ['', '-wal'])
    expect(readFileSync(copy + end, 'latin1')).not.toContain('A-SEALED-PASSWORD');
  expect(dirname(copy)).not.toBe(folder);
  await rehearsal[Symbol.asyncDispose]();
  expect(await firm.db.selectFrom('sealed_secret').selectAll().execute()).toHaveLength(1);
  await firm[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

it('a rehearsal of a large firm comes to its end while a bot writes all the time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rehearsal-'));
  const file = join(folder, 'firm.db');
  await (await openLinkFirm({ file }))[Symbol.asyncDispose]();
  const bot = new BetterSqlite(file);
  bot.exec(`insert into asked (id, filler)
    with recursive n (i) as (select 2 union all select i + 1 from n where i < 4000)
    select i, hex(randomblob(2500)) from n`);
  let writes = 0;
  const writing = setInterval(() => {
    bot.prepare('insert or replace into asked values (1, ?)').run(String((writes += 1)));
  }, 1);
  const rehearsal = await openRehearsal({ databaseFile: file });
  clearInterval(writing);
  bot.close();
  expect(writes).toBeGreaterThan(0);
  const copied = rehearsal.db.selectFrom('asked').select('id').where('id', '>', 1);
  expect(await copied.execute()).toHaveLength(3999);
  await rehearsal[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});
