import { expect, it } from 'vitest';
import { endAccess } from '#core/logins/store/access.ts';
import { askerView } from '#core/requests/asker-view.ts';
import { seeValues } from '#core/requests/show-values.ts';
import { readStatus } from '#features/my-status/my-status.ts';
import { stepOutputs } from '#features/workflow-step/outputs.ts';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { askFor, closingOf, isCardOf } from '#test/support/firm.ts';
import { ANA, MARCUS, SAM, TEAM } from '#test/support/people.ts';
import { useScriptedFirm } from '#test/support/use-firm.ts';

/** Who asked may lose the contact, or leave, while the sync still waits or runs. */

const { firm, at } = useScriptedFirm({ each: true, works: true });

const ask = (number: string, as = ANA): Promise<LocalMessage> =>
  askFor(firm, as, TEAM, `/sync policy ${number}`, isCardOf(as, number));

const reading = async (number: string): Promise<LocalMessage> => {
  at.pause(number);
  const card = await ask(number);
  await expect.poll(() => at.held()).toContain(number);
  return card;
};

const deps = (openBooks = false) => ({
  store: { db: firm.db, clock: firm.clock },
  openBooks,
});

const personOf = (slackId: string) =>
  firm.db
    .selectFrom('person')
    .select('id')
    .where('slack_user_id', '=', slackId)
    .executeTakeFirstOrThrow();

const lose = async (number: string): Promise<void> => {
  await firm.db
    .deleteFrom('book')
    .where('contact_id', 'in', (of) =>
      of.selectFrom('policy').select('contact_id').where('number', '=', number),
    )
    .execute();
};

const leave = async (personId: string): Promise<void> => {
  await firm.db
    .transaction()
    .execute((trx) => endAccess(trx, firm.clock(), personId, { by: 'crm' }));
};

/** All that Slack shows of a card now, in its thread too. */
const shown = async (card: LocalMessage): Promise<string> =>
  JSON.stringify([
    (await firm.client.messages(MARCUS, TEAM)).find(({ ts }) => ts === card.ts),
    await firm.client.messages(MARCUS, TEAM, card.ts),
  ]);

const requestOf = (number: string) =>
  firm.db
    .selectFrom('request as r')
    .innerJoin('policy as p', 'p.id', 'r.policy_id')
    .select(['r.id', 'p.id as policyId'])
    .where('p.number', '=', number)
    .executeTakeFirstOrThrow();

it('draws neither values nor the number for who lost the contact while it was read', async () => {
  const card = await reading('00123-4567');
  await lose('00123-4567');
  at.release('00123-4567');
  const closing = await closingOf(firm, ANA, TEAM, card);
  expect(closing.text).toContain('may not see this client any more');
  expect(closing.text).toContain('Ask a manager.');
  await expect.poll(() => shown(card)).toContain('may not see this client any more');
  expect(await shown(card)).not.toContain('$');
  expect(await shown(card)).not.toContain('00123-4567');

  const { id } = await requestOf('00123-4567');
  const [item] = (await askerView(deps(), id))?.items ?? [];
  if (item === undefined) throw new Error('The request shows no policy.');
  expect(stepOutputs(item, 'full')).toMatchObject({
    policy: 'Northbridge Life •••4567',
    as_of: '',
    values: '',
  });
  const ana = { ...(await personOf(ANA)), role: 'advisor', active: true } as const;
  expect(await seeValues(deps(), ana, id)).toBeUndefined();
  // Where the firm opens every book, nothing is lost with the contact.
  const [open] = (await askerView(deps(true), id))?.items ?? [];
  expect(open?.policy.number).toBe('00123-4567');
  expect(open?.detail.values).toBeDefined();
});

it('keeps the number out of the list of what waits for who lost the contact', async () => {
  await reading('00123-4567');
  const ana = { ...(await personOf(ANA)), role: 'advisor', active: true } as const;
  await lose('00123-4567');
  expect(JSON.stringify((await readStatus(deps(), ana)).requests)).not.toContain('00123-4567');
});

it('shows support its card as long as the number is named, and no longer', async () => {
  await lose('00123-4567');
  const sam = { ...(await personOf(SAM)), role: 'support', active: true } as const;
  await firm.client.command(SAM, TEAM, '/sync policy 00123-4567');
  await firm.client.waitForModal(SAM);
  const source = await firm.sourceId('S-NB-ANA');
  await firm.client.submit(SAM, { source: { source } });
  const card = await firm.client.waitForMessage({
    as: SAM,
    channel: TEAM,
    what: 'the card of support',
    that: isCardOf(SAM, '00123-4567'),
  });
  await closingOf(firm, SAM, TEAM, card);
  expect(await shown(card)).toContain('$');
  const { id } = await requestOf('00123-4567');
  expect((await seeValues(deps(), sam, id))?.items).toHaveLength(1);

  await firm.db.deleteFrom('named_policy').where('person_id', '=', sam.id).execute();
  expect(await seeValues(deps(), sam, id)).toBeUndefined();
  const [item] = (await askerView(deps(), id))?.items ?? [];
  expect(item?.withheld?.why).toBe('not-named');
  expect(item?.detail).toEqual({});
});

it('takes the requests of who left off what waits, and reads on for who still wants it', async () => {
  const under = await reading('00123-4567');
  const alone = await ask('00118-2276');
  const together = await ask('00312-9085');
  await firm.client.command(MARCUS, TEAM, '/sync policy 00312-9085');
  await firm.client.waitForModal(MARCUS);
  await firm.client.submit(MARCUS, { source: { source: await firm.sourceId('S-NB-ANA') } });
  const his = await firm.client.waitForMessage({
    as: MARCUS,
    channel: TEAM,
    what: "Marcus's card",
    that: isCardOf(MARCUS, '00312-9085'),
  });
  const { id: ana } = await personOf(ANA);
  // Not with the links of her own logins, so that his sync goes on.
  await firm.db
    .updateTable('person')
    .set({ deactivated_at: firm.clock() })
    .where('id', '=', ana)
    .execute();
  await firm.bot.sweep();
  for (const card of [alone, together])
    expect((await closingOf(firm, MARCUS, TEAM, card)).text).toContain('has no access any more');
  at.release('00123-4567');
  expect((await closingOf(firm, MARCUS, TEAM, under)).text).toContain('has no access any more');
  expect(await shown(under)).not.toContain('$');
  const success = await closingOf(firm, MARCUS, TEAM, his);
  expect(success.text).toContain('Success');
  expect(at.readsOf('00118-2276')).toBe(0);
  expect(at.readsOf('00312-9085')).toBe(1);
});

it('leaves nothing of who left to wait for a link', async () => {
  const own = await firm.sourceId('S-NB-ANA');
  await reading('00123-4567');
  const waits = await ask('00118-2276');
  const { id: ana } = await personOf(ANA);
  await leave(ana);
  await firm.bot.sweep();
  at.release('00123-4567');
  expect((await closingOf(firm, MARCUS, TEAM, waits)).text).toContain('has no access any more');
  const left = await firm.db
    .selectFrom('sync')
    .select('id')
    .where('source_id', '=', own)
    .where('priority', '=', 1)
    .where('status', 'in', ['queued', 'needs-link'])
    .execute();
  expect(left).toEqual([]);
});
