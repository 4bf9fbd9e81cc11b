import { deliverEvents } from '#features/webhooks/deliver.ts';
import {
  eventDead,
  eventDelivered,
  eventLater,
  listenForEvents,
  takeEvents,
} from '#features/webhooks/store.ts';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { addWaitingSync, openLinkFirm, type LinkFirm } from '#test/support/link-firm.ts';

const HOUR = 60 * 60_000;

const listening = async (firm: LinkFirm) => {
  const store = { db: firm.db, clock: firm.clock };
  await listenForEvents(store, true);
  await addWaitingSync(firm);
  return {
    store,
    take: () => takeEvents(store, 8, firm.time.now + 60_000),
    ends: (status: 'queued' | 'failed' | 'success', reason: string) =>
      firm.db.updateTable('sync').set({ status, reason, finished_at: firm.time.now }).execute(),
  };
};

const bodies = (events: readonly { body: string }[]): unknown[] =>
  events.map(({ body }) => JSON.parse(body) as unknown);

it('an event of a sync that was opened again is left out, and its next end is told once', async () => {
  await using firm = await openLinkFirm();
  const { store, take, ends } = await listening(firm);
  await ends('failed', 'carrier-down');
  await ends('queued', 'waiting');
  expect(await take()).toEqual([]);
  await ends('failed', 'blocked');
  await ends('queued', 'waiting');
  await ends('success', 'changed');
  const events = await take();
  expect(bodies(events)).toMatchObject([{ data: { status: 'success', reason: 'changed' } }]);
  await eventDelivered(store, events[0]?.id ?? '');
  expect(await take()).toEqual([]);
});

it('an event of a policy that was erased meanwhile is left out, and the others are sent', async () => {
  await using firm = await openLinkFirm();
  const { take, ends } = await listening(firm);
  await ends('failed', 'carrier-down');
  await firm.db
    .insertInto('webhook_event')
    .values({
      id: 'evt_0',
      type: 'sync.finished',
      subject_id: 'sync',
      policy_id: 'erased',
      created_at: 0,
      not_before: 0,
    })
    .execute();
  expect(bodies(await take())).toMatchObject([{ data: { reason: 'carrier-down' } }]);
});

it('the events of a policy are taken one after the other, whichever way the first one ends', async () => {
  await using firm = await openLinkFirm();
  const { store, take, ends } = await listening(firm);
  await ends('failed', 'carrier-down');
  const [first] = await take();
  await ends('queued', 'waiting');
  await ends('failed', 'blocked');
  expect(await take()).toEqual([]);
  await eventLater(store, first?.id ?? '', firm.time.now + HOUR);
  expect(await take()).toEqual([]);
  firm.time.now += HOUR;
  const again = await take();
  expect(again).toMatchObject([{ id: first?.id, body: first?.body, tries: 1 }]);
  await eventDelivered(store, first?.id ?? '');
  const [second] = await take();
  await ends('queued', 'waiting');
  await ends('failed', 'implausible');
  expect(await take()).toEqual([]);
  await eventDead(store, second?.id ?? '');
  const third = await take();
  expect(bodies([...again, ...third])).toMatchObject([
    { data: { reason: 'carrier-down' } },
    { data: { reason: 'implausible' } },
  ]);
});

it('what piles up behind a receiver that is down is looked at once, however much it is', async () => {
  await using firm = await openLinkFirm();
  const { take } = await listening(firm);
  await sql`with recursive n (i) as (select 1 union all select i + 1 from n where i < 6000)
    insert into webhook_event (id, type, subject_id, policy_id, created_at, not_before)
    select 'evt_' || substr('000000' || i, length('' || i) + 1), 'sync.finished', 'sync', 'p' || (i % 1000), 0,
      case when i <= 1000 then cast(${firm.time.now + HOUR} as bigint) else 0 end from n`.execute(
    firm.db,
  );
  expect(await take()).toEqual([]);
  const { rows } = await sql<{ n: number }>`select count(*) as n from webhook_event
    where delivered_at is null and dead_at is null and not_before <= ${firm.time.now}`.execute(
    firm.db,
  );
  expect(rows).toEqual([{ n: 0 }]);
});

it('an event that a clock years ahead has put off is sent once the clock is right', async () => {
  await using firm = await openLinkFirm();
  const { store, take, ends } = await listening(firm);
  await ends('failed', 'carrier-down');
  const [event] = await take();
  const id = event?.id ?? '';
  await eventLater(store, id, firm.time.now + 6 * HOUR);
  expect(await take()).toEqual([]);
  await eventLater(store, id, firm.time.now + 10_000 * HOUR);
  expect((await take()).map((taken) => taken.id)).toEqual([id]);
});

it('what nobody has taken is given up and holds nothing when nobody listens any more', async () => {
  await using firm = await openLinkFirm();
  const { store, take, ends } = await listening(firm);
  await ends('failed', 'carrier-down');
  const [first] = await take();
  await eventLater(store, first?.id ?? '', firm.time.now);
  await ends('queued', 'waiting');
  await ends('failed', 'blocked');
  expect(await listenForEvents(store, false)).toBe(2);
  expect(await firm.db.selectFrom('webhook_event').select(['dead_at', 'body']).execute()).toEqual([
    { dead_at: firm.time.now, body: null },
    { dead_at: firm.time.now, body: null },
  ]);
  expect(await listenForEvents(store, true)).toBe(0);
  expect(await take()).toEqual([]);
});

it('what no bot has sent in all its days is given up unsent', async () => {
  await using firm = await openLinkFirm();
  const { store, take, ends } = await listening(firm);
  await ends('failed', 'carrier-down');
  await take();
  firm.time.now += 78 * HOUR;
  await ends('queued', 'waiting');
  await ends('failed', 'blocked');
  const told: string[] = [];
  const deps = {
    store,
    clock: firm.clock,
    send: ({ body }: { body: string }) => {
      told.push((JSON.parse(body) as { data: { reason: string } }).data.reason);
      return Promise.resolve({ kind: 'taken' as const });
    },
    givenUp: (problem: string) => Promise.resolve(void told.push(problem)),
  };
  expect(await deliverEvents(deps)).toBe(1);
  expect(told).toEqual(['the bot did not send it in that time', 'blocked']);
  const events = firm.db.selectFrom('webhook_event').select(['body']).execute();
  expect(await events).toEqual([{ body: null }, { body: null }]);
});
