import { afterEach, beforeEach, expect, it } from 'vitest';
import { shareSource } from '#core/logins/store/login-sources.ts';
import type { Database } from '#database/connection.ts';
import { idMaker } from '#database/ids.ts';
import { createImportStore } from '#features/import/store/import.ts';
import { saveSources } from '#features/import/store/sources.ts';
import { atOnce, someWait } from '#test/support/at-once.ts';
import { openTestDatabase } from '#test/support/database.ts';
import { insertPlainFirm } from '#test/support/scene-firm.ts';

/** Two that change one login in the same moment: it is as one of them says, and nobody fails. */

const NOW = Date.parse('2026-11-18T17:00:00Z');
const PEOPLE = ['noor', 'omar', 'priya'];
const emailOf = (name: string) => `${name}@firm.example`;

let db: Database;
let carrier: string;
beforeEach(async () => {
  db = await openTestDatabase();
  await insertPlainFirm(db, NOW);
  for (const id of PEOPLE)
    await db
      .insertInto('person')
      .values({ id, slack_user_id: `U${id}`, name: id, role: 'advisor' })
      .onConflict((on) => on.doNothing())
      .execute();
  for (const id of [...PEOPLE, 'dana'])
    await db
      .updateTable('person')
      .set({ email: emailOf(id) })
      .where('id', '=', id)
      .execute();
  const row = await db
    .updateTable('login_source')
    .set({ external_id: 'S-1' })
    .where('id', '=', 'source')
    .returning('carrier_id')
    .executeTakeFirstOrThrow();
  carrier = row.carrier_id;
  // What somebody agreed to keep is locked as it ends; here nothing is kept.
  await db.deleteFrom('login_consent').execute();
});
afterEach(() => db.destroy());

const line = (source_id: string, holder: string, shared: readonly string[]) => ({
  source_id,
  carrier,
  name: 'Personal login',
  holder: emailOf(holder),
  shared_with: shared.map(emailOf),
  changed_at: null,
});
const importing = (...said: Parameters<typeof line>) =>
  createImportStore(db, { now: () => NOW }).saveSources([line(...said)]);

/** An import that has written and not ended yet, while the other begins; whether that one came through. */
const during = async (
  shared: readonly string[],
  other: () => Promise<unknown>,
): Promise<'fulfilled' | 'rejected'> => {
  const first = await db.startTransaction().execute();
  await saveSources(false)(first, [line('S-1', 'dana', shared)], {
    at: NOW,
    nextId: idMaker(() => NOW),
  });
  let settled = 0;
  const second = Promise.allSettled([other()]).then(([{ status }]) => {
    settled = 1;
    return status;
  });
  await someWait(db, 1, () => settled);
  await first.commit().execute();
  return second;
};

const sharesOf = async (externalId: string): Promise<string[]> => {
  const rows = await db
    .selectFrom('source_share as s')
    .innerJoin('login_source as l', 'l.id', 's.source_id')
    .select('s.person_id')
    .where('l.external_id', '=', externalId)
    .orderBy('s.person_id')
    .execute();
  return rows.map(({ person_id: id }) => id);
};

it('two imports leave the shares of one of them, not of both', async () => {
  expect(await during(['omar'], () => importing('S-1', 'dana', ['priya']))).toBe('fulfilled');
  expect(await sharesOf('S-1')).toEqual(['priya']);
  expect(await during(['omar', 'noor'], () => importing('S-1', 'dana', ['noor']))).toBe(
    'fulfilled',
  );
  expect(await sharesOf('S-1')).toEqual(['noor']);
});

it('an import and a person who shares it leave what the later one says', async () => {
  const share = () => shareSource({ db, clock: () => NOW }, 'source', ['noor', 'priya'], 'dana');
  expect(await during(['noor', 'omar'], share)).toBe('fulfilled');
  expect(await sharesOf('S-1')).toEqual(['noor', 'priya']);
});

it('two imports of a new login add it once', async () => {
  const results = await atOnce(
    db,
    'login_source',
    () => importing('S-2', 'dana', ['noor']),
    () => importing('S-2', 'omar', ['priya']),
  );
  expect(results).toMatchObject([
    { value: [{ saved: 'added' }] },
    { value: [{ saved: 'changed' }] },
  ]);
  expect(await sharesOf('S-2')).toEqual(['priya']);
});
