import { expect, it } from 'vitest';
import {
  eventDelivered,
  listenForEvents,
  takeEvents,
  type WebhookEvent,
} from '#features/webhooks/store.ts';
import { atOnce } from '#test/support/at-once.ts';
import { addWaitingSync, openLinkFirm, addSecondPolicy } from '#test/support/link-firm.ts';

/** Every bot sends what is due, each two seconds; what only one of them may do, the others wait for. */

const openBots = async () => {
  const firm = await openLinkFirm();
  const { db, store } = firm;
  await listenForEvents(store, true);
  await addWaitingSync(firm);
  return {
    db,
    store,
    take: () => takeEvents(store, 8, firm.time.now + 60_000),
    ends: async (reason: string, syncId = 'sync') => {
      const sync = db.updateTable('sync').where('id', '=', syncId);
      await sync.set({ status: 'failed', reason, finished_at: firm.time.now }).execute();
    },
    again: async () => {
      await db.updateTable('sync').set({ status: 'queued', reason: 'waiting' }).execute();
    },
    [Symbol.asyncDispose]: () => firm[Symbol.asyncDispose](),
  };
};

/** A sync of another policy. */
const addOther = async ({ db, store }: Awaited<ReturnType<typeof openBots>>) => {
  await addSecondPolicy(db);
  await db
    .insertInto('sync')
    .values({
      id: 'sync-2',
      policy_id: 'policy-2',
      source_id: 'source',
      priority: 1,
      status: 'queued',
      reason: 'waiting',
      created_at: store.clock(),
    })
    .execute();
};

const reasonOf = ({ body }: WebhookEvent): string =>
  (JSON.parse(body) as { data: { reason: string } }).data.reason;

const reasons = (taken: PromiseSettledResult<readonly WebhookEvent[]>): string[] => {
  if (taken.status === 'rejected') throw taken.reason;
  return taken.value.map(reasonOf);
};

it('an event is taken by one bot, though two look in the same moment', async () => {
  await using bots = await openBots();
  await bots.ends('blocked');
  const [one, other] = await atOnce(bots.db, 'webhook_event', bots.take, bots.take);
  expect([reasons(one), reasons(other)]).toEqual([['blocked'], []]);
});

it('an event has its turn, though it is put in line while the one before it is delivered', async () => {
  await using bots = await openBots();
  await addOther(bots);
  await bots.ends('carrier-down');
  const [first] = await bots.take();
  await bots.again();
  await bots.ends('blocked');
  await bots.ends('implausible', 'sync-2');
  // The bot that has put it in line is at the body of the other policy's event.
  const [taken] = await atOnce(
    bots.db,
    'sync',
    bots.take,
    () => eventDelivered(bots.store, first?.id ?? ''),
    true,
  );
  expect(reasons(taken)).toEqual(['implausible']);
  expect((await bots.take()).map(reasonOf)).toEqual(['blocked']);
});

it('an event that an earlier release has left in line behind nothing has its turn at the next start', async () => {
  await using bots = await openBots();
  await bots.ends('blocked');
  await bots.db.updateTable('webhook_event').set({ not_before: Number.MAX_SAFE_INTEGER }).execute();
  expect(await bots.take()).toEqual([]);
  await listenForEvents(bots.store, true);
  expect((await bots.take()).map(reasonOf)).toEqual(['blocked']);
});
