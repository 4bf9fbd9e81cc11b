import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sql } from 'kysely';
import { openDatabase } from '#database/connection.ts';
import { wipeDeletions, wipeLettersNext } from '#database/deletions.ts';
import { eraseContact } from '#core/policies/store/erasure/erase.ts';
import { planErasure } from '#core/policies/store/erasure/plan.ts';
import { beginSignIn } from '#core/sign-in/sign-in.ts';
import { nextSignIn, runSignIn } from '#core/sign-in/sign-in-run.ts';
import {
  accepts,
  POLICY_FACTS,
  openLinkFirm,
  sessionOf,
  TYPED,
  type LinkFirm,
} from '#test/support/link-firm.ts';
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

/** Letters that no other name here has, three by three as the index of the search keeps them. */
const LETTERS = { name: ['zqx', 'qxj', 'xjw'], number: ['kvz', 'vzq', 'zqw'] };

const addSought = async ({ db }: LinkFirm): Promise<void> => {
  await db
    .insertInto('contact')
    .values({
      id: 'sought',
      external_id: 'C-SOUGHT',
      kind: 'individual',
      name: 'Zqxjw',
      search: 'zqxjw',
    })
    .execute();
  await db
    .insertInto('policy')
    .values({
      id: 'sought-policy',
      external_id: 'P-SOUGHT',
      contact_id: 'sought',
      number: 'KV-ZQW',
      number_key: 'KVZQW',
      ...POLICY_FACTS,
    })
    .execute();
  // The index has it on a page of its own, as after months.
  await sql`pragma wal_checkpoint(truncate)`.execute(db);
};

const allLetters = (): number[] => [...LETTERS.name, ...LETTERS.number].map(remains);

it('no letters of a contact who was erased stay in the indexes of the search', async () => {
  await using firm = await openLinkFirm({ file });
  await addSought(firm);
  expect(Math.min(...allLetters())).toBeGreaterThan(0);
  const plan = await planErasure(firm.store, 'C-SOUGHT');
  if (plan === undefined) throw new Error('There is no such contact.');
  await eraseContact(firm.store, plan, () => Promise.resolve());
  expect(allLetters()).toEqual([0, 0, 0, 0, 0, 0]);
});

/** What the task of the night asks for, and the sweep after it does. */
const night = async ({ store }: LinkFirm): Promise<void> => {
  await wipeLettersNext(store.db);
  await wipeDeletions(store);
};

it('letters of a former name, or of a contact who is simply gone, stay in them until the night', async () => {
  await using firm = await openLinkFirm({ file });
  await addSought(firm);
  await wipeDeletions(firm.store);
  await firm.db
    .updateTable('contact')
    .set({ name: 'Ines Berg', search: 'ines berg' })
    .where('id', '=', 'sought')
    .execute();
  expect(await wipeDeletions(firm.store)).toBe('wiped');
  expect(Math.min(...LETTERS.name.map(remains))).toBeGreaterThan(0);
  await night(firm);
  expect(LETTERS.name.map(remains)).toEqual([0, 0, 0]);
  expect(Math.min(...LETTERS.number.map(remains))).toBeGreaterThan(0);
  await firm.db.deleteFrom('policy').where('id', '=', 'sought-policy').execute();
  await firm.db.deleteFrom('contact').where('id', '=', 'sought').execute();
  await night(firm);
  expect(allLetters()).toEqual([0, 0, 0, 0, 0, 0]);
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
