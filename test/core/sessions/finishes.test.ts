import { expect, it } from 'vitest';
import { absenceFacts } from '#core/sessions/store/finishes.ts';
import { normalizeNumber } from '#shared/policy-number.ts';
import { openLinkFirm } from '#test/support/link-firm.ts';

it('finds numbers close to one with a letter beyond A to Z, as the CRM search does', async () => {
  await using firm = await openLinkFirm();
  const numbers = ['Ñ1-23456', 'Ñ1-23987'];
  const template = await firm.db.selectFrom('policy').selectAll().executeTakeFirstOrThrow();
  await firm.db
    .insertInto('policy')
    .values(
      numbers.map((number, index) => ({
        ...template,
        id: `spanish-${index}`,
        external_id: `s${index}`,
        number,
        number_key: normalizeNumber(number),
      })),
    )
    .execute();
  const source = { id: 'source', carrierId: template.carrier_id, name: 'Dana at Northbridge' };
  const { nearNumbers } = await absenceFacts(
    { db: firm.db, clock: firm.clock },
    {
      id: 'sync',
      policy: {
        id: 'spanish-0',
        number: 'Ñ1-23456',
        contactId: template.contact_id,
        carrierId: template.carrier_id,
      },
    } as unknown as Parameters<typeof absenceFacts>[1],
    { source, fence: 1 } as unknown as Parameters<typeof absenceFacts>[2],
  );
  expect(nearNumbers).toContain('Ñ1-23987');
});
