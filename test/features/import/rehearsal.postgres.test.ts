import { expect, it } from 'vitest';
import { addRequest } from '#core/requests/store/requests.ts';
import { beginPause } from '#core/sessions/store/pauses.ts';
import { openPostgres } from '#database/postgres.ts';
import { setNumber } from '#features/corrections/store.ts';
import { createImportStore } from '#features/import/store/import.ts';
import { openRehearsal } from '#features/import/store/rehearsal.ts';
import { setRole } from '#features/team/store/team.ts';
import { Secret } from '#shared/secret.ts';
import { someWait } from '#test/support/at-once.ts';
import { ownPostgres } from '#test/support/database.ts';
import { insertPlainFirm } from '#test/support/scene-firm.ts';

/** A dry run on Postgres is one transaction to its end; nobody waits for what it does not change. */

const NOW = Date.parse('2026-11-18T17:00:00Z');
const CARRIER = { id: 'northbridge-life', name: 'Northbridge Life' };

const person = (name: string, role: 'owner' | 'advisor') => ({
  email: `${name}@firm.example`,
  name,
  role,
  slack_user_id: null,
  active: true,
  changed_at: null,
});

const policy = {
  policy_id: 'p0',
  contact_id: 'c1',
  carrier: CARRIER.id,
  number: '1',
  status: 'Active',
  product: 'Annuity Variable',
  product_type: 'Annuity',
  plan_type: 'Variable',
  changed_at: null,
};

it('nobody waits for a dry run that adds people, changes roles and leaves the rest', async () => {
  await using postgres = await ownPostgres();
  await using db = await openPostgres({ url: postgres.url, connections: 8 });
  await insertPlainFirm(db, NOW);
  const { email } = person('omar', 'owner');
  await db.updateTable('person').set({ email }).where('id', '=', 'omar').execute();
  const place = { databaseFile: '', databaseUrl: new Secret(postgres.url) };
  await using rehearsal = await openRehearsal(place);
  const rehearsed = rehearsal.db;
  const file = createImportStore(rehearsed, { now: () => NOW });
  await file.saveCarriers([CARRIER]);
  const people = await file.savePeople([person('omar', 'owner'), person('noor', 'advisor')]);
  const policies = await file.savePolicies([policy]);
  expect([...people, ...policies].map(({ saved }) => saved)).toEqual([
    'changed',
    'added',
    'unchanged',
  ]);

  const store = { db, clock: () => NOW };
  const dana = { slackId: 'U0DANA', name: 'Dana Whitfield', email: undefined };
  const acts = [
    () =>
      addRequest(store, {
        personId: 'dana',
        origin: { askedIn: 'C1', channel: 'C1' },
        dedupeKey: 'once',
        items: [{ policyId: 'policy-0', sourceId: 'source' }],
        mostForced: 9,
      }),
    () => setRole(store, dana, 'manager', 'dana'),
    () => setNumber(store, { policyId: 'policy-0', personId: 'dana', from: '1', to: '2' }),
    () =>
      db
        .transaction()
        .execute((trx) =>
          beginPause(trx, NOW, { carrierId: CARRIER.id, reason: 'by-hand', until: null }),
        ),
  ];
  const stopped: number[] = [];
  for (const [index, act] of acts.entries()) {
    let ended = 0;
    const acting = act().finally(() => (ended = 1));
    await someWait(db, 1, () => ended);
    if (ended === 1) await acting;
    else stopped.push(index);
  }
  expect(stopped).toEqual([]);
  expect(await rehearsed.selectFrom('person').select('id').execute()).toHaveLength(3);
  expect(await db.selectFrom('person').select('id').execute()).toHaveLength(2);
});
