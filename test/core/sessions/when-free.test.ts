import { expect, it } from 'vitest';
import { wakeWhenFree } from '#core/sessions/when-free.ts';
import { FACTS, openLinkFirm, type LinkFirm } from '#test/support/link-firm.ts';

const lease = ({ db }: LinkFirm, sourceId: string, endsAt: number): Promise<unknown> =>
  db
    .updateTable('login_lease')
    .set({ expires_at: endsAt, holder: 'worker-1' })
    .where('source_id', '=', sourceId)
    .execute();

it('wakes a login as the lease of a dead session runs out, and leaves one that is renewed', async () => {
  await using firm = await openLinkFirm({ realTime: true });
  const { db, store, clock } = firm;
  const another = { id: 'another', carrier_id: FACTS.id, name: 'Omar', holder_id: 'omar' };
  await db.insertInto('login_source').values(another).execute();
  const failed: unknown[] = [];
  const woken = Promise.withResolvers<string>();
  const wake = (sourceId: string): Promise<void> => {
    woken.resolve(sourceId);
    return Promise.resolve();
  };
  using whenFree = wakeWhenFree({ store, wake, onError: (error) => void failed.push(error) });

  // The one that lives comes first, and would be the first that is woken.
  await lease(firm, 'another', clock() + 20);
  await whenFree.look('another');
  await lease(firm, 'another', clock() + 60_000);
  await lease(firm, 'source', clock() + 200);
  await whenFree.look('source');
  await whenFree.look('source');

  expect(await woken.promise).toBe('source');
  expect(failed).toEqual([]);
});
