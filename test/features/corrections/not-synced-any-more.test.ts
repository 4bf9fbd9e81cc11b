import { expect, it } from 'vitest';
import { reflectSource } from '#core/logins/store/source-changes.ts';
import { contactClosing } from '#core/requests/messages/contact-card.ts';
import { card, type MessageSettings } from '#core/requests/messages/card.ts';
import { sentence } from '#core/requests/messages/words.ts';
import { requestView } from '#core/requests/store/views.ts';
import { setStatus } from '#features/corrections/store.ts';
import { addWaitingSync, openLinkFirm, type LinkFirm } from '#test/support/link-firm.ts';
import { setLinked } from '#test/support/logins.ts';
import { itemOf, viewOf } from '#test/support/views.ts';

const FULL: MessageSettings = { privacy: 'full', canLink: true };

const openFirm = async (): Promise<LinkFirm> => {
  const firm = await openLinkFirm();
  await firm.db
    .updateTable('person')
    .set({ slack_user_id: 'U0DANA' })
    .where('id', '=', 'dana')
    .execute();
  await firm.db
    .insertInto('product_status')
    .values({ name: 'Surrendered', indicator: 'closed' })
    .execute();
  await addWaitingSync(firm);
  return firm;
};

const change = (firm: LinkFirm, from: string, to: string) =>
  setStatus(firm.store, { policyId: 'policy', personId: 'omar', from, to });

const shown = async (firm: LinkFirm) => {
  const view = await requestView(firm.store, 'request');
  const item = view?.items[0];
  if (view === undefined || item === undefined) throw new Error('There is no such request.');
  return {
    says: sentence(item, 'full'),
    card: JSON.stringify(card(view, FULL).blocks),
  };
};

it('a sync that a colleague’s change of the status ends says who changed it, and offers no other', async () => {
  await using firm = await openFirm();
  expect(await change(firm, 'In Force', 'Surrendered')).toEqual(['request']);
  const closed = await shown(firm);
  expect(closed.says).toBe(
    'Omar Reyes set its status to *Surrendered*, which is not synced, so nothing was read here.',
  );
  expect(closed.card).not.toContain('Sync again');
  await change(firm, 'Surrendered', 'In Force');
  const open = await shown(firm);
  expect(open.says).toContain('Its status is another one now: sync again to read it.');
  expect(open.card).toContain('Sync again');
});

it('a policy that is not synced any more is not read after the next link either', async () => {
  await using firm = await openFirm();
  await firm.db
    .updateTable('sync')
    .set({ status: 'needs-link', reason: 'bad-credentials', finished_at: firm.clock() })
    .execute();
  expect(await change(firm, 'In Force', 'Surrendered')).toEqual(['request']);
  await setLinked(firm.db, true);
  await reflectSource(firm.store, 'source');
  const { status } = await firm.db.selectFrom('sync').select('status').executeTakeFirstOrThrow();
  expect(status).toBe('cancelled');
});

it('a contact’s last reply says what was taken off by others, and not what the person took off', () => {
  const removed = itemOf('cancelled', { detail: { cancelledBy: 'source-removed' } });
  const closing = (item: typeof removed) => contactClosing(viewOf(item, { items: [item] }), FULL);
  expect(closing(removed)).toContain('Sync again to use another.');
  expect(closing(removed)).not.toContain('Nothing needs you.');
  expect(closing({ ...removed, cancelledBy: 'Ana Ruiz' })).toContain('Nothing needs you.');
});
