import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Database } from '#database/connection.ts';
import { firstInSlack } from '#features/notifications/store.ts';
import { openTestDatabase } from '#test/support/database.ts';

let db: Database;

beforeEach(async () => {
  db = await openTestDatabase();
});
afterEach(() => db.destroy());

const hire = (role: 'support' | 'manager' | 'advisor', slackIds: readonly (string | null)[]) =>
  db
    .insertInto('person')
    .values(
      slackIds.map((slackId, index) => ({
        id: `${role}-${index}`,
        name: `${role} ${index}`,
        role,
        slack_user_id: slackId,
      })),
    )
    .execute();

it('operators are told though the first whom one would name are not in Slack', async () => {
  await hire('support', [null, null, null]);
  await hire('advisor', ['UANARUIZ1']);
  expect(await firstInSlack(db)).toBeUndefined();
  await hire('manager', [null, 'UMARCUS01']);
  expect(await firstInSlack(db)).toEqual({ name: 'manager 1', slackId: 'UMARCUS01' });
});
