import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { queueDay } from '#features/daily-sync/queue-day.ts';
import { startFaultFirm } from '#test/trials/faults/firm.ts';

// Processes are started and killed; the limit only ends what hangs.
vi.setConfig({ testTimeout: 400_000 });

const LOGIN = 'S-NB-ANA';

it('a page that kills each worker that reads it costs four of them, and its login no other policy', async () => {
  await using firm = await startFaultFirm();
  const { db, portals } = firm;
  const source = await firm.sourceId(LOGIN);
  const deps = { store: { db, clock: Date.now }, wake: () => Promise.resolve(true) };
  await queueDay(deps, source, '2026-01-05');
  const day = await db
    .selectFrom('sync as s')
    .innerJoin('policy as p', 'p.id', 's.policy_id')
    .select(['s.id', 'p.number'])
    .where('s.source_id', '=', source)
    .orderBy('s.id')
    .execute();
  const poison = day[2]?.number ?? '';
  await firm.startAll();

  const [worker = ''] = firm.workers;
  const readsOf = (number: string) => portals.steps.filter((step) => step.number === number);
  const ended = async (): Promise<string[]> =>
    (
      await db
        .selectFrom('sync')
        .select(['status', 'reason'])
        .where('source_id', '=', source)
        .where('finished_at', 'is not', null)
        .execute()
    ).map(({ status, reason }) => (status === 'success' ? status : `${status}, ${reason}`));
  let kills = 0;
  // As the kernel does when memory is short: at the page, and without a word.
  while ((await ended()).length < day.length && kills < 10) {
    if (readsOf(poison).length > kills) {
      kills += 1;
      await firm.children.get(worker)?.kill();
      await firm.start(worker);
    }
    // The minute for which its login rests is over.
    await db
      .updateTable('login_lease')
      .set({ not_before: 0 })
      .where('not_before', '>', 0)
      .execute();
    await db.updateTable('sync').set({ not_before: 0 }).where('not_before', '>', 0).execute();
    await sleep(5);
  }
  expect(kills).toBe(4);
  const ends = Map.groupBy(await ended(), (end) => end);
  expect(Object.fromEntries([...ends].map(([end, all]) => [end, all.length]))).toEqual({
    'failed, portal-changed': 1,
    success: day.length - 1,
  });
  const passwords = portals.steps.filter(({ step }) => step === 'sign-in');
  expect(passwords).toHaveLength(1);
  const others = day.filter(({ number }) => number !== poison);
  expect(others.filter(({ number }) => readsOf(number).length !== 1)).toEqual([]);
});
