import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase, type Database } from '#database/connection.ts';
import { addRequest } from '#core/requests/store/requests.ts';
import { insertFirm } from '#test/support/scene-firm.ts';

const NOW = Date.parse('2026-11-18T17:00:00Z');

let db: Database;
beforeEach(async () => {
  db = await openDatabase(':memory:');
  await insertFirm(
    db,
    {
      carrier: 'northbridge-life',
      now: new Date(NOW).toISOString(),
      policy: { number: '1', type: 'Annuity', plan: 'Variable', status: 'Active', values: [] },
      beside: [{ number: '2' }],
      signIn: 'kept',
    },
    NOW,
  );
});
afterEach(() => db.destroy());

let times = 0;
const ask = async (...policyIds: string[]) => {
  times += 1;
  const added = await addRequest(
    { db, clock: () => NOW + times },
    {
      personId: 'dana',
      contactId: 'contact',
      origin: { askedIn: 'C1', channel: 'C1' },
      dedupeKey: `ask ${times}`,
      items: policyIds.map((policyId) => ({ policyId, sourceId: 'source' })),
      mostForced: 100,
    },
  );
  if (!('requestId' in added)) throw new Error('There were too many.');
  return added;
};

const policiesOf = async (requestId: string): Promise<string[]> =>
  (
    await db
      .selectFrom('request_sync as rs')
      .innerJoin('sync as s', 's.id', 'rs.sync_id')
      .select('s.policy_id')
      .where('rs.request_id', '=', requestId)
      .orderBy('s.policy_id')
      .execute()
  ).map(({ policy_id }) => policy_id);

it('other policies of a contact are asked for, whatever else of it is open', async () => {
  const first = await ask('policy-0');
  const second = await ask('policy-1');
  expect(second).toMatchObject({ already: false });
  expect(second.requestId).not.toBe(first.requestId);
  expect(await policiesOf(second.requestId)).toEqual(['policy-1']);
});

it('more policies than an open card shows make a card of all of them', async () => {
  await ask('policy-0');
  const both = await ask('policy-0', 'policy-1');
  expect(both).toMatchObject({ already: false, joined: true });
  expect(await policiesOf(both.requestId)).toEqual(['policy-0', 'policy-1']);
});

it('what an open card shows already is on that card', async () => {
  const both = await ask('policy-0', 'policy-1');
  expect(await ask('policy-1')).toMatchObject({ already: true, requestId: both.requestId });
  expect(await ask('policy-0', 'policy-1')).toMatchObject({
    already: true,
    requestId: both.requestId,
  });
});
