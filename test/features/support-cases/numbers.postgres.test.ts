import { expect, it } from 'vitest';
import { openCase } from '#features/support-cases/store/cases.ts';
import { atOnce } from '#test/support/at-once.ts';
import {
  addWaitingSync,
  openLinkFirm,
  addSecondPolicy,
  type LinkFirm,
} from '#test/support/link-firm.ts';

/** Each case has a number of its own, and each sync of a card one open case. */

const openWith = async (): Promise<LinkFirm> => {
  const firm = await openLinkFirm();
  await addWaitingSync(firm);
  const { db } = firm;
  await addSecondPolicy(db);
  const sync = await db.selectFrom('sync').selectAll().executeTakeFirstOrThrow();
  await db
    .insertInto('sync')
    .values({ ...sync, id: 'sync-2', policy_id: 'policy-2' })
    .execute();
  await db
    .insertInto('request_sync')
    .values({ request_id: 'request', sync_id: 'sync-2' })
    .execute();
  return firm;
};

const ask =
  ({ store }: LinkFirm, syncId: string, policyId: string) =>
  () =>
    openCase(store, {
      requestId: 'request',
      syncId,
      policyId,
      personId: 'dana',
      note: undefined,
      channel: 'C1',
    });

it('two cases that are opened in the same moment both are, each with its number', async () => {
  await using firm = await openWith();
  const opened = await atOnce(
    firm.db,
    'support_case',
    ask(firm, 'sync', 'policy'),
    ask(firm, 'sync-2', 'policy-2'),
  );
  expect(opened).toMatchObject([{ value: { number: 1 } }, { value: { number: 2 } }]);
});

it('a sync that two people bring to support in the same moment is one case', async () => {
  await using firm = await openWith();
  const bring = ask(firm, 'sync', 'policy');
  const opened = await atOnce(firm.db, 'support_case', bring, bring);
  expect(opened).toMatchObject([
    { value: { number: 1, already: false } },
    { value: { number: 1, already: true } },
  ]);
});
