import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '#database/connection.ts';
import { openTestDatabase } from '#test/support/database.ts';
import { cancelSyncsOf } from '#core/requests/store/cancels.ts';
import { addRequest, insertSyncs } from '#core/requests/store/requests.ts';
import { insertFirm } from '#test/support/scene-firm.ts';

const NOW = Date.parse('2026-11-18T17:00:00Z');

let db: Database;
beforeEach(async () => {
  db = await openTestDatabase();
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
const ask = (...policyIds: string[]) => askAs('dana', 'C1', ...policyIds);

const askAs = async (personId: string, channel: string, ...policyIds: string[]) => {
  times += 1;
  const added = await addRequest(
    { db, clock: () => NOW + times },
    {
      personId,
      contactId: 'contact',
      origin: { askedIn: channel, channel },
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
  expect(both).toMatchObject({ already: false, askedBefore: { kind: 'elsewhere' } });
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

describe('who asked before', () => {
  const inBackground = () =>
    insertSyncs(
      { db, clock: () => NOW },
      [{ policyId: 'policy-0', sourceId: 'source', runId: null }],
      {
        priority: 100,
        linked: true,
      },
    );

  it('is nobody, where only the background waits for the policy', async () => {
    const [background] = await inBackground();
    const first = await ask('policy-0');
    expect(first).toMatchObject({ already: false });
    expect(first.askedBefore).toBeUndefined();
    expect(await db.selectFrom('sync').select('id').execute()).toEqual([{ id: background }]);
  });

  it('is somebody else by name, or the person elsewhere', async () => {
    await askAs('dana', 'C1', 'policy-0');
    expect(await askAs('omar', 'C1', 'policy-0')).toMatchObject({
      already: false,
      askedBefore: { kind: 'by', name: 'Dana Whitfield' },
    });
    expect(await askAs('dana', 'C2', 'policy-0')).toMatchObject({
      already: false,
      askedBefore: { kind: 'elsewhere' },
    });
  });

  it('is nobody who has cancelled it', async () => {
    await inBackground();
    const { requestId } = await askAs('dana', 'C1', 'policy-0');
    await cancelSyncsOf({ db, clock: () => NOW }, requestId, 'dana');
    expect((await askAs('omar', 'C1', 'policy-0')).askedBefore).toBeUndefined();
  });
});
