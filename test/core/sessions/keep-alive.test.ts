import { expect, it } from 'vitest';
import { keepSessionsAlive } from '#core/sessions/keep-alive.ts';
import { keepState } from '#core/sign-in/store/kept-state.ts';
import { Secret } from '#shared/secret.ts';
import { accepts, openLinkFirm } from '#test/support/link-firm.ts';

const MINUTE = 60_000;

it('a session that cannot be opened is told by its login, and the others are kept', async () => {
  await using firm = await openLinkFirm({ facts: { codes: 'always', keepAliveMinutes: 7 } });
  const logins = ['altered', 'second', 'third'];
  await firm.db
    .insertInto('login_source')
    .values(logins.map((id) => ({ id, carrier_id: firm.facts.id, name: id, holder_id: 'dana' })))
    .execute();
  await firm.db.updateTable('login_lease').set({ fence: 1 }).execute();
  for (const id of logins) {
    const source = { id, name: id, carrierId: firm.facts.id, holderId: 'dana' };
    await keepState(firm.runner, { fence: 1, source }, new Secret(`cookies of ${id}`));
  }
  const { now } = firm.time;
  await firm.db
    .updateTable('login_link')
    .set({ linked: 1, used_at: now, ends_at: now + 60 * MINUTE })
    .where('source_id', 'in', logins)
    .execute();
  // It is the first of them, and sealed for another login.
  await firm.db
    .updateTable('login_link')
    .set({ used_at: now - 1 })
    .where('source_id', '=', 'altered')
    .execute();
  const { sealed } = await firm.sealer.seal(new Secret('cookies'), 'another');
  await firm.db
    .updateTable('sealed_secret')
    .set({ sealed })
    .where('owner_id', '=', 'altered')
    .execute();
  firm.time.now += 7 * MINUTE;

  const told: string[] = [];
  await keepSessionsAlive(
    {
      ...firm.runner,
      portals: {
        carrier: firm.carrier,
        open: () =>
          Promise.resolve({ ...accepts(), resume: () => Promise.resolve({ kind: 'alive' }) }),
      },
      holder: 'w',
      wake: () => Promise.resolve(true),
      onError: (_error, sourceId) => void told.push(sourceId),
    },
    new AbortController().signal,
  );
  expect(told).toEqual(['altered']);
  const used = firm.db.selectFrom('login_link').select('source_id').where('used_at', '>', now);
  expect((await used.execute()).map(({ source_id }) => source_id).toSorted()).toEqual([
    'second',
    'third',
  ]);
});
