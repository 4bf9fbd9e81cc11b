import { expect, it } from 'vitest';
import { setNumber } from '#features/corrections/store.ts';
import { createImportStore } from '#features/import/store/import.ts';
import { atOnce } from '#test/support/at-once.ts';
import {
  addSecondPolicy,
  openLinkFirm,
  POLICY_FACTS,
  type LinkFirm,
} from '#test/support/link-firm.ts';

/** A number is one policy's at its carrier, and stays as a person has set it. */

const FROM = '00123-4567';

const correct =
  ({ store }: LinkFirm, to: string, policyId = 'policy', from = FROM) =>
  () =>
    setNumber(store, { policyId, personId: 'dana', from, to });

const numbers = async ({ db }: LinkFirm): Promise<string[]> =>
  (await db.selectFrom('policy').select('number').orderBy('id').execute()).map(
    ({ number }) => number,
  );

it('two policies that get the same number in the same moment do not share it', async () => {
  await using firm = await openLinkFirm();
  await addSecondPolicy(firm.db);
  const results = await atOnce(
    firm.db,
    'source_policy',
    correct(firm, '9'),
    correct(firm, '9', 'policy-2', '2'),
  );
  expect(results).toMatchObject([{ value: [] }, { value: 'taken' }]);
  expect(await numbers(firm)).toEqual(['9', '2']);
});

it('two people who correct one number in the same moment do not undo each other', async () => {
  await using firm = await openLinkFirm();
  const results = await atOnce(firm.db, 'source_policy', correct(firm, '8'), correct(firm, '9'));
  expect(results).toMatchObject([{ value: [] }, { value: undefined }]);
  expect(await numbers(firm)).toEqual(['8']);
});

it('a file that is read in the same moment does not undo a correction', async () => {
  await using firm = await openLinkFirm();
  const line = {
    policy_id: 'p1',
    contact_id: 'c1',
    carrier: POLICY_FACTS.carrier_id,
    number: FROM,
    product: 'Horizon VA II',
    product_type: 'Annuity',
    plan_type: 'IRA',
    status: 'In Force',
    changed_at: null,
  };
  const [, saved] = await atOnce(firm.db, 'audit', correct(firm, '9'), () =>
    createImportStore(firm.db, { now: firm.clock }).savePolicies([line]),
  );
  expect(saved).toMatchObject({ value: [{ saved: 'changed', kept: [{ column: 'number' }] }] });
  expect(await numbers(firm)).toEqual(['9']);
});
