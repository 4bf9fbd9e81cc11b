import { expect, it } from 'vitest';
import { askFor, closingOf, startFirm } from '#test/support/firm.ts';
import { ANA, TEAM } from '#test/support/people.ts';

it('brings the values of today into the thread of a policy with one linked source', async () => {
  await using firm = await startFirm();
  await firm.work();
  const card = await askFor(firm, ANA, TEAM, '/sync policy 00123-4567');
  const closing = await closingOf(firm, ANA, TEAM, card);
  expect(closing.text).toContain('Success');
  const thread = await firm.client.transcript(ANA, TEAM, card.ts);
  expect(thread).toContain('$409,112.90 → $412,806.44');
  expect(await firm.local.portals.northbridge.ledger('aruiz')).toHaveLength(1);
});
