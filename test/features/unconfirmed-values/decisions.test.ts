import { expect, it } from 'vitest';
import { desiredMessages } from '#core/requests/messages/thread.ts';
import type { UnconfirmedValue } from '#core/policies/unconfirmed-values.ts';
import { setAside } from '#core/policies/store/unconfirmed-values.ts';
import { insertSyncs } from '#core/requests/store/requests.ts';
import { forger } from '#test/support/forgery.ts';
import { ANA, TEAM } from '#test/support/people.ts';
import { useFirm } from '#test/support/use-firm.ts';
import { heldOf, itemOf, NOW, viewOf } from '#test/support/views.ts';

/** What a person does about values that look wrong has its button where the words send them. */

const buttonsIn = (settled: UnconfirmedValue['settled']): string[] => {
  const item = itemOf('implausible', {
    held: heldOf(settled === undefined ? {} : { settled }),
  });
  const view = viewOf(item, { contact: { id: '01CONTACT', name: 'Mei Chen' } });
  const [asked] = desiredMessages(view, { privacy: 'full', canLink: true }).filter(({ key }) =>
    key.startsWith('held:'),
  );
  return (asked?.blocks ?? []).flatMap((block) =>
    block.type === 'actions'
      ? block.elements.flatMap((each) => ('text' in each ? [each.text.text] : []))
      : [],
  );
};

it('in the thread of a contact, too, they are read again or brought to support', () => {
  expect(buttonsIn(undefined)).toEqual([
    'These are right',
    'Not right',
    'Sync again',
    'Ask support',
  ]);
  const by = { by: 'Ana Ruiz', at: NOW };
  expect(buttonsIn({ how: 'rejected', ...by })).toEqual(['Sync again', 'Ask support']);
  expect(buttonsIn({ how: 'overtaken', ...by })).toEqual([]);
});

const firm = useFirm();

it('a digest has no card of them: who says they are not right gets one by another sync', async () => {
  const forge = forger(firm, TEAM);
  const { id: policyId } = await firm.db
    .selectFrom('policy')
    .select('id')
    .where('number', '=', '00123-4567')
    .executeTakeFirstOrThrow();
  const sourceId = await firm.sourceId('S-NB-ANA');
  const [syncId = ''] = await insertSyncs(
    { db: firm.db, clock: firm.clock },
    [{ policyId, sourceId, runId: null }],
    { priority: 100, linked: true },
  );
  const { reading } = heldOf();
  await firm.db
    .transaction()
    .execute((trx) => setAside(trx, firm.clock(), { policyId, syncId, reading }));
  const { id: held } = await firm.db
    .selectFrom('held_value')
    .select('id')
    .executeTakeFirstOrThrow();
  await forge.click(ANA, 'held-reject', JSON.stringify({ held, version: 1 }));
  await expect.poll(() => JSON.stringify(forge.told(ANA))).toContain('your values are kept');
  const said = JSON.stringify(forge.told(ANA).at(-1));
  expect(said).toContain('gets one when you sync it again');
  expect(said).toContain('"action_id":"sync-policy"');
});
