import { beforeEach, expect, it } from 'vitest';
import { completeSteps, type StepDeps } from '#features/workflow-step/slack.ts';
import { addStep, requestsOfSteps } from '#features/workflow-step/store.ts';
import { openLinkFirm, POLICY_FACTS, type LinkFirm } from '#test/support/link-firm.ts';
import { addRequest, addSync } from '#test/support/planted-contact.ts';

/** A card of two policies, of which one has ended. */
const openCard = async (): Promise<LinkFirm> => {
  const firm = await openLinkFirm();
  const { db } = firm;
  await db
    .updateTable('person')
    .set({ slack_user_id: 'U0DANA' })
    .where('id', '=', 'dana')
    .execute();
  await db.insertInto('book').values({ contact_id: 'contact', person_id: 'dana' }).execute();
  await db
    .insertInto('policy')
    .values({
      ...POLICY_FACTS,
      id: 'second',
      external_id: 'p2',
      contact_id: 'contact',
      number: '00777-0002',
      number_key: '007770002',
    })
    .execute();
  await addSync(firm, 'a', 'policy', 'success');
  await addSync(firm, 'b', 'second', 'queued');
  await addRequest(firm, 'card', { contactId: 'contact' }, ['a', 'b']);
  return firm;
};

const end = async ({ db }: LinkFirm): Promise<void> => {
  await db
    .updateTable('sync')
    .set({ status: 'success', reason: 'unchanged' })
    .where('id', '=', 'b')
    .execute();
};

const told: { execution: string; policy: string }[] = [];
beforeEach(() => void told.splice(0));

const complete = async ({ store }: LinkFirm): Promise<void> => {
  const client = {
    functions: {
      completeSuccess: (of: { function_execution_id: string; outputs: { policy: string } }) => {
        told.push({ execution: of.function_execution_id, policy: of.outputs.policy });
        return Promise.resolve({ ok: true });
      },
    },
  } as unknown as StepDeps['client'];
  const budget = { refuse: () => 0, refusedFor: () => 0 };
  const settings = { openBooks: false };
  await completeSteps({ store, client, budget, settings, log: () => undefined }, 'card', 'full');
};

it('each goes on once its own policy has ended, whatever else the card holds', async () => {
  await using firm = await openCard();
  await addStep(firm.store, 'of b', { requestId: 'card', policyId: 'second' });
  expect(await requestsOfSteps(firm.store, 5)).toEqual([]);
  await complete(firm);
  expect(told).toEqual([]);

  await addStep(firm.store, 'of a', { requestId: 'card', policyId: 'policy' });
  expect(await requestsOfSteps(firm.store, 5)).toEqual(['card']);
  await complete(firm);
  expect(told).toEqual([{ execution: 'of a', policy: 'Northbridge Life 00123-4567' }]);
  expect(await requestsOfSteps(firm.store, 5)).toEqual([]);

  await end(firm);
  expect(await requestsOfSteps(firm.store, 5)).toEqual(['card']);
  await complete(firm);
  expect(told[1]).toEqual({ execution: 'of b', policy: 'Northbridge Life 00777-0002' });
});

it('one that is taken off the card is over for its step', async () => {
  await using firm = await openCard();
  await addStep(firm.store, 'of b', { requestId: 'card', policyId: 'second' });
  await firm.db
    .updateTable('request_sync')
    .set({ cancelled_at: 1 })
    .where('sync_id', '=', 'b')
    .execute();
  expect(await requestsOfSteps(firm.store, 5)).toEqual(['card']);
  await complete(firm);
  expect(told).toEqual([{ execution: 'of b', policy: 'Northbridge Life 00777-0002' }]);
});

it('one of an earlier release, which named no policy, takes the first of its request', async () => {
  await using firm = await openCard();
  await firm.db
    .insertInto('workflow_step')
    .values({ execution_id: 'old', request_id: 'card', created_at: 1 })
    .execute();
  await complete(firm);
  expect(told).toEqual([{ execution: 'old', policy: 'Northbridge Life 00123-4567' }]);
});
