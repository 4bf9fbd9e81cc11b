import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { wakeWhenFree } from '#core/sessions/when-free.ts';
import { FACTS, openLinkFirm, type LinkFirm } from '#test/support/link-firm.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A firm of more logins, each in the hands of a session for so many ms. */
const openFirm = async (leases: Readonly<Record<string, number>>): Promise<LinkFirm> => {
  const firm = await openLinkFirm();
  for (const id of Object.keys(leases))
    await firm.db
      .insertInto('login_source')
      .values({ id, carrier_id: FACTS.id, name: id, holder_id: 'omar' })
      .execute();
  for (const [id, ms] of Object.entries(leases)) await renew(firm, id, ms);
  return firm;
};

const renew = ({ db, time }: LinkFirm, id: string, ms: number): Promise<unknown> =>
  db
    .updateTable('login_lease')
    .set({ expires_at: time.now + ms, holder: 'worker-1' })
    .where('source_id', '=', id)
    .execute();

const remove = ({ db }: LinkFirm, id: string): Promise<unknown> =>
  db.updateTable('login_source').set({ removed_at: 1 }).where('id', '=', id).execute();

it('wakes logins as leases of dead sessions run out, once each, and no other', async () => {
  const firm = await openFirm({
    gone: 1_000,
    leaves: 2_000,
    lives: 3_000,
    dead: 4_000,
    last: 5_000,
  });
  await using _ = firm;
  const woken: string[] = [];
  const failed: unknown[] = [];
  using whenFree = wakeWhenFree({
    store: firm.store,
    wake: (id) => Promise.resolve(woken.push(id)),
    onError: (error) => void failed.push(error),
  });
  await remove(firm, 'gone');
  for (const id of ['gone', 'leaves', 'lives', 'dead', 'dead', 'last']) await whenFree.look(id);
  await renew(firm, 'lives', 90_000);
  await remove(firm, 'leaves');

  firm.time.now += 10_000;
  vi.advanceTimersByTime(10_000);
  await expect.poll(() => woken).toContain('last');
  expect(woken.toSorted()).toEqual(['dead', 'last']);
  expect(failed).toEqual([]);
});

it('wakes nobody once its worker has stopped', async () => {
  await using firm = await openFirm({ dead: 4_000 });
  const whenFree = wakeWhenFree({
    store: firm.store,
    wake: () => Promise.reject(new Error('it has stopped')),
    onError: (error) => {
      throw error;
    },
  });
  await whenFree.look('dead');
  whenFree[Symbol.dispose]();
  await whenFree.look('dead');
  expect(vi.getTimerCount()).toBe(0);
});
