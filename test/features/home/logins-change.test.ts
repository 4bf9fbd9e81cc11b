import { expect, it } from 'vitest';
import { beginHold, endHold } from '#core/logins/store/hold.ts';
import { reportCuts } from '#core/policies/report-rules.ts';
import { reportRows } from '#core/policies/store/report-rows.ts';
import { rowBlocks } from '#features/home/row-blocks.ts';
import { sourceMarks } from '#features/home/store.ts';
import { openLinkFirm, type LinkFirm } from '#test/support/link-firm.ts';
import { setLinked } from '#test/support/logins.ts';

const HOUR = 3_600_000;

const rowOf = async ({ db, clock }: LinkFirm): Promise<string> => {
  const { row } = await db.selectFrom('policy_report').select('row').executeTakeFirstOrThrow();
  const [shown] = await reportRows(db, [row], reportCuts(clock()));
  if (shown === undefined) throw new Error('There is no such row.');
  return JSON.stringify(rowBlocks(shown, { mayLink: () => true, syncedSince: 0, drawing: 1 }));
};

it('a row says that its login is linked again, and not so where that one was removed', async () => {
  await using firm = await openLinkFirm();
  await firm.db
    .updateTable('policy_report')
    .set({
      last_status: 'needs-link',
      last_reason: 'bad-credentials',
      last_attempt_at: firm.clock(),
      blocked_source_id: 'source',
    })
    .execute();
  await setLinked(firm.db, true);
  expect(await rowOf(firm)).toContain('Linked again since');
  await firm.db
    .updateTable('login_source')
    .set({ removed_at: firm.clock() })
    .where('id', '=', 'source')
    .execute();
  const gone = await rowOf(firm);
  expect(gone).not.toContain('Linked again since');
  expect(gone).toContain('Needs link*, the password was refused');
});

it('an open Home follows a hold of a login, its end, and its time', async () => {
  await using firm = await openLinkFirm();
  const { db, store, time } = firm;
  await db
    .updateTable('person')
    .set({ slack_user_id: 'U0DANA' })
    .where('id', '=', 'dana')
    .execute();
  const mark = async () => (await sourceMarks(store, ['U0DANA'])).get('U0DANA');
  const free = await mark();
  const hold = () =>
    db
      .transaction()
      .execute((trx) => beginHold(trx, 'source', { until: time.now + HOUR, personId: 'dana' }));
  await hold();
  expect(await mark()).not.toBe(free);
  await db.transaction().execute((trx) => endHold(trx, 'source'));
  expect(await mark()).toBe(free);
  await hold();
  time.now += 2 * HOUR;
  expect(await mark()).toBe(free);
});
