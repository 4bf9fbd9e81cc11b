import { expect, it } from 'vitest';
import { digestNeeds } from '#features/digest/store/digest.ts';
import { needButton } from '#features/digest/words.ts';
import { addWaitingSync, openLinkFirm } from '#test/support/link-firm.ts';

it.each([
  [['00999-1111', '00999-1234'], 'Correct number', { sync: 'sync', close: 1 }],
  [['00999-1111'], 'Sync again', { policy: 'policy' }],
])('of %j, offers no number that another policy has', async (closeNumbers, text, value) => {
  await using firm = await openLinkFirm();
  await addWaitingSync(firm);
  const detail = JSON.stringify({ crmNumber: '00123-4567', closeNumbers });
  const ended = { status: 'not-found', reason: 'number-mismatch', detail, finished_at: 1 } as const;
  await firm.db.updateTable('sync').set(ended).execute();
  const policy = await firm.db.selectFrom('policy').selectAll().executeTakeFirstOrThrow();
  const other = { id: 'other', external_id: 'o', number: '00999-1111', number_key: '009991111' };
  await firm.db
    .insertInto('policy')
    .values({ ...policy, ...other })
    .execute();
  const asked = { kind: 'number' as const, policyId: 'policy', worth: undefined };
  const [need] = await digestNeeds({ db: firm.db, clock: firm.clock }, [asked]);
  if (need === undefined) throw new Error('Nothing needs a person.');
  const button = needButton(need, { privacy: 'full', canLink: true });
  expect(button?.text).toBe(text);
  expect(button?.value).toBe(value && JSON.stringify(value));
});
