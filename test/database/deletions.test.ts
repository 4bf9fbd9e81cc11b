import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sql } from 'kysely';
import { openDatabase } from '#database/connection.ts';
import { wipeDeletions } from '#database/deletions.ts';
import { beginSignIn } from '#core/sign-in/sign-in.ts';
import { nextSignIn, runSignIn } from '#core/sign-in/sign-in-run.ts';
import { accepts, openLinkFirm, sessionOf, TYPED } from '#test/support/link-firm.ts';
import { readyLink } from '#test/support/ready-link.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deletions-'));
  file = join(folder, 'firm.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** How often this stands in the database's files, the write-ahead log among them. */
const remains = (text: string): number =>
  ['', '-wal', '-journal']
    .map((end) => file + end)
    .filter((name) => existsSync(name))
    .reduce((count, name) => count + readFileSync(name, 'latin1').split(text).length - 1, 0);

it('the password of a one-time sign-in is in no file of the database when it is over', async () => {
  await using firm = await openLinkFirm({ file });
  // A worker has the database open too.
  const worker = await openDatabase(file);
  const link = await readyLink(firm);
  const begun = await beginSignIn(firm, link, TYPED, false);
  expect(begun.kind).toBe('begun');
  const { sealed } = await firm.db
    .selectFrom('sealed_secret')
    .select('sealed')
    .where('kind', '=', 'credentials')
    .executeTakeFirstOrThrow();
  expect(remains(sealed)).toBeGreaterThan(0);
  const signIn = await nextSignIn(firm.runner, 'source', 1);
  if (signIn === undefined) throw new Error('There is no sign-in to run.');
  await runSignIn(firm.runner, signIn, sessionOf(firm, accepts()));
  expect(await wipeDeletions(firm.store)).toBe('wiped');
  expect(remains(sealed)).toBe(0);
  await worker.destroy();
});

it.each([
  ['fits a page', 200],
  ['needs pages of its own', 60_000],
])('a deleted secret that %s is overwritten, and so is one that was replaced', async (_, size) => {
  await using firm = await openLinkFirm({ file });
  const secret = (mark: string): string => mark + 'x'.repeat(size);
  const put = (sealed: string) =>
    firm.db
      .insertInto('sealed_secret')
      .values({
        owner_id: 'source',
        kind: 'session',
        source_id: 'source',
        key_id: 'k',
        sealed,
        created_at: 0,
        expires_at: null,
      })
      .onConflict((on) => on.columns(['owner_id', 'kind']).doUpdateSet({ sealed }))
      .execute();
  await put(secret('FIRST-SECRET'));
  // An earlier checkpoint has brought it into the database itself.
  await sql`pragma wal_checkpoint(truncate)`.execute(firm.db);
  await put(secret('OTHER-SECRET'));
  await wipeDeletions(firm.store);
  expect([remains('FIRST-SECRET'), remains('OTHER-SECRET')]).toEqual([0, 1]);
  await firm.db.deleteFrom('sealed_secret').execute();
  await wipeDeletions(firm.store);
  expect([remains('FIRST-SECRET'), remains('OTHER-SECRET')]).toEqual([0, 0]);
});

it('while somebody reads it comes later, without waiting', async () => {
  await using firm = await openLinkFirm({ file });
  await wipeDeletions(firm.store);
  await firm.db
    .insertInto('sealed_secret')
    .values({
      owner_id: 'source',
      kind: 'session',
      source_id: 'source',
      key_id: 'k',
      sealed: 'A-SECRET',
      created_at: 0,
      expires_at: null,
    })
    .execute();
  const reader = await openDatabase(file);
  await sql`begin`.execute(reader);
  await reader.selectFrom('person').selectAll().execute();
  await firm.db.deleteFrom('sealed_secret').execute();
  expect(await wipeDeletions(firm.store)).toBe('later');
  await sql`commit`.execute(reader);
  expect(await wipeDeletions(firm.store)).toBe('wiped');
  expect(remains('A-SECRET')).toBe(0);
  await reader.destroy();
});
