import { expect, it } from 'vitest';
import { addLinkNotification, checkOff } from '#features/link-reminders/store.ts';
import type { LinkItem } from '#features/notifications/notification.ts';
import { atOnce } from '#test/support/at-once.ts';
import { FACTS, openLinkFirm } from '#test/support/link-firm.ts';
import { setLinked } from '#test/support/logins.ts';

it('two logins that are linked in the same moment are both checked off in the morning’s message', async () => {
  await using firm = await openLinkFirm();
  const { db, store } = firm;
  await db
    .insertInto('login_source')
    .values({ id: 'other', carrier_id: FACTS.id, name: 'Other', holder_id: 'dana' })
    .execute();
  const items = ['source', 'other'].map((sourceId): LinkItem => ({
    sourceId,
    name: sourceId,
    carrierName: FACTS.name,
    why: 'unlinked',
    until: '',
    waiting: 1,
    reason: null,
    done: null,
  }));
  await addLinkNotification(store, {
    kind: 'link-warning',
    name: 'dana:day',
    channel: 'D1',
    items,
  });
  await setLinked(db, true);
  await db.updateTable('login_link').set({ linked_at: firm.time.now }).execute();
  const check = (sourceId: string) => () => checkOff(store, sourceId);
  await atOnce(db, 'notification', check('source'), check('other'));
  const { about } = await db.selectFrom('notification').select('about').executeTakeFirstOrThrow();
  const told = JSON.parse(about) as { items: LinkItem[] };
  expect(told.items.map(({ done }) => done)).toEqual(['linked', 'linked']);
});
