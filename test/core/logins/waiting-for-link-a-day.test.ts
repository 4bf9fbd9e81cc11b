import { setLinked } from '#test/support/logins.ts';
import { endLinkWaits } from '#core/logins/store/source-changes.ts';
import { addRequest } from '#core/requests/store/requests.ts';
import type { Store } from '#database/store.ts';
import { expect, it } from 'vitest';
import { sourceChanged } from '#app/login-changed.ts';
import { addWaitingSync, openLinkFirm, type LinkFirm } from '#test/support/link-firm.ts';

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;

const open = async () => {
  const firm = await openLinkFirm();
  const store = { db: firm.db, clock: firm.clock };
  const syncs = () =>
    firm.db.selectFrom('sync').select(['id', 'status', 'reason', 'priority']).execute();
  return { firm, store, syncs };
};

const links = async (firm: LinkFirm, store: Store): Promise<string[]> => {
  await setLinked(firm.db, true);
  const shown: string[] = [];
  await sourceChanged({ store, show: (id) => Promise.resolve(void shown.push(id)) }, 'source');
  return shown;
};

it('a sync that nobody links a login for ends after a day, says so, and is not begun by a later link', async () => {
  const { firm, store, syncs } = await open();
  await using _firm = firm;
  await addWaitingSync(firm);
  firm.time.now += DAY - 1;
  expect(await endLinkWaits(store, 10)).toEqual([]);
  firm.time.now += 1;
  expect(await endLinkWaits(store, 10)).toEqual(['request']);
  expect(await endLinkWaits(store, 10)).toEqual([]);
  const ended = { status: 'needs-link', reason: 'not-linked' };
  expect(await syncs()).toMatchObject([ended]);
  const request = await firm.db.selectFrom('request').select('ended_at').executeTakeFirst();
  expect(request).toEqual({ ended_at: firm.time.now });
  await links(firm, store);
  expect(await syncs()).toMatchObject([ended]);
});

it('background work waits for its login as long as it takes', async () => {
  const { firm, store, syncs } = await open();
  await using _firm = firm;
  await addWaitingSync(firm);
  await firm.db.updateTable('sync').set({ priority: 100 }).execute();
  firm.time.now += 9 * DAY;
  expect(await endLinkWaits(store, 10)).toEqual([]);
  expect(await syncs()).toMatchObject([{ status: 'queued', reason: 'waiting-for-link' }]);
});

it('who asks for what the background has waited for a long time has a day of their own', async () => {
  const { firm, store, syncs } = await open();
  await using _firm = firm;
  await addWaitingSync(firm);
  await firm.db.deleteFrom('request_sync').execute();
  await firm.db.updateTable('sync').set({ priority: 100 }).execute();
  firm.time.now += 2 * DAY;
  const asked = await addRequest(store, {
    personId: 'dana',
    items: [{ policyId: 'policy', sourceId: 'source' }],
    origin: { askedIn: 'C1', channel: 'C1' },
    dedupeKey: 'asked',
    mostForced: 10,
  });
  expect(await syncs()).toMatchObject([{ id: 'sync', priority: 1, reason: 'waiting-for-link' }]);
  firm.time.now += HOUR;
  expect(await endLinkWaits(store, 10)).toEqual([]);
  expect(await links(firm, store)).toEqual(['requestId' in asked ? asked.requestId : '']);
  expect(await syncs()).toMatchObject([{ status: 'queued', reason: 'waiting' }]);
});
