import { expect, it } from 'vitest';
import { requestView } from '#core/requests/store/views.ts';
import { clearHold, insertHold } from '#features/holds/store.ts';
import { addWaitingSync, openLinkFirm } from '#test/support/link-firm.ts';
import { setLinked } from '#test/support/logins.ts';

it('tells of a hold where its person was in the portal before, for they cannot run it now', async () => {
  await using firm = await openLinkFirm();
  const { db, store, clock } = firm;
  await addWaitingSync(firm);
  await setLinked(db, true, 'source');
  await db
    .updateTable('person')
    .set({ slack_user_id: 'U0DANA' })
    .where('id', '=', 'dana')
    .execute();
  const later = clock() + 12 * 60_000;
  await db
    .updateTable('sync')
    .set({ status: 'queued', reason: 'session-conflict', not_before: later })
    .execute();
  const reason = async () => (await requestView(store, 'request'))?.items[0]?.reason;
  expect(await reason()).toBe('session-conflict');
  await insertHold(store, 'source', clock() + 30 * 60_000, 'dana');
  expect(await reason()).toBe('on-hold');
  await clearHold(store, 'source', 'dana');
  expect(await reason()).toBe('session-conflict');
});
