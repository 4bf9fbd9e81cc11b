import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Database } from '#database/connection.ts';
import { createImportStore } from '#features/import/store/import.ts';
import { claimOwnership, hasOwner, setRole } from '#features/team/store/team.ts';
import { atOnce } from '#test/support/at-once.ts';
import { openTestDatabase } from '#test/support/database.ts';

/** A firm has an owner, and one who was the first, whoever chooses in the same moment. */

const NOW = Date.parse('2026-11-18T17:00:00Z');

let db: Database;
let store: { db: Database; clock: () => number };
beforeEach(async () => {
  db = await openTestDatabase();
  store = { db, clock: () => NOW };
});
afterEach(() => db.destroy());

const account = (name: string) => ({
  slackId: `U${name.toUpperCase()}`,
  name,
  email: `${name}@firm.example`,
});

const insertOwners = (...names: string[]) =>
  db
    .insertInto('person')
    .values(
      names.map((name) => {
        const { slackId, email } = account(name);
        return { id: name, slack_user_id: slackId, email, name, role: 'owner' };
      }),
    )
    .execute();

const demote = (who: string, by: string) => () => setRole(store, account(who), 'advisor', by);

it('two owners who take the role from each other leave one of them', async () => {
  await insertOwners('ana', 'ben');
  const results = await atOnce(db, 'person', demote('ben', 'ana'), demote('ana', 'ben'));
  expect(results).toMatchObject([
    { value: { kind: 'changed' } },
    { value: { kind: 'last-owner' } },
  ]);
  expect(await hasOwner(store)).toBe(true);
});

it('a file takes the role from nobody who becomes the last owner meanwhile', async () => {
  await insertOwners('ana', 'ben');
  const line = {
    email: account('ben').email,
    name: 'ben',
    role: 'advisor' as const,
    slack_user_id: null,
    active: true,
    changed_at: null,
  };
  const [, saved] = await atOnce(db, 'person', demote('ana', 'ben'), () =>
    createImportStore(db, { now: () => NOW }).savePeople([line]),
  );
  expect(saved).toMatchObject({ value: [{ saved: 'refused' }] });
  expect(await hasOwner(store)).toBe(true);
});

it('one person becomes the first owner, though two ask in the same moment', async () => {
  const claim = (name: string) => () => claimOwnership(store, account(name));
  const results = await atOnce(db, 'person', claim('ana'), claim('ben'));
  expect(results).toMatchObject([{ value: true }, { value: false }]);
});
