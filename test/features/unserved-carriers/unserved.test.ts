import { expect, it } from 'vitest';
import { beginWorker } from '#core/sessions/store/workers.ts';
import { tellUnserved } from '#features/unserved-carriers/unserved.ts';
import { addWaitingSync, openLinkFirm, type LinkFirm } from '#test/support/link-firm.ts';
import { setLinked } from '#test/support/logins.ts';

const MINUTE = 60_000;
const YEARS = 1000 * 24 * 60 * MINUTE;

const waitingFirm = async (): Promise<LinkFirm> => {
  const firm = await openLinkFirm();
  await setLinked(firm.db, true, 'source');
  await addWaitingSync(firm);
  await firm.db.updateTable('sync').set({ reason: 'waiting' }).execute();
  return firm;
};

const tell = ({ store }: LinkFirm): Promise<void> =>
  tellUnserved({ store, show: () => Promise.resolve(true), log: () => undefined, channel: 'COPS' });

const told = async ({ db }: LinkFirm): Promise<number> =>
  (await db.selectFrom('notification').select('id').execute()).length;

/** A worker is away for long enough to be told of, and then it is back. */
const outage = async (firm: LinkFirm): Promise<void> => {
  firm.time.now += 10 * MINUTE;
  await Promise.all([tell(firm), tell(firm)]);
  await tell(firm);
  await beginWorker(firm.store, 'main', []);
  await tell(firm);
};

it('operators are told of each time once, also when the first times are forgotten', async () => {
  await using firm = await waitingFirm();
  await outage(firm);
  await outage(firm);
  expect(await told(firm)).toBe(2);
  const { id } = await firm.db
    .selectFrom('notification')
    .select('id')
    .orderBy('id')
    .executeTakeFirstOrThrow();
  await firm.db.deleteFrom('notification').where('id', '=', id).execute();
  await outage(firm);
  await outage(firm);
  expect(await told(firm)).toBe(3);
});

it('operators are told of each time once, also after one that a wrong clock dated years ahead', async () => {
  await using firm = await waitingFirm();
  await outage(firm);
  firm.time.now += YEARS;
  await outage(firm);
  firm.time.now -= YEARS;
  await firm.db.deleteFrom('worker').execute();
  await outage(firm);
  await outage(firm);
  expect(await told(firm)).toBe(4);
});
