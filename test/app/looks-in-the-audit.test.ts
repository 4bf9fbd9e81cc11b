import { beforeEach, afterEach, expect, it } from 'vitest';
import { contactSheet } from '#core/requests/contacts.ts';
import type { Role } from '#shared/access.ts';
import { evidenceOf } from '#features/carrier-pauses/pauses.ts';
import { statusChoices } from '#features/corrections/correct.ts';
import { lookAtUnconfirmed } from '#features/unconfirmed-values/decide.ts';
import { addWaitingSync, openLinkFirm, type LinkFirm } from '#test/support/link-firm.ts';

let firm: LinkFirm;
beforeEach(async () => {
  firm = await openLinkFirm();
  await firm.db
    .insertInto('person')
    .values({ id: 'adam', name: 'Adam', role: 'advisor' })
    .execute();
  await firm.db.insertInto('book').values({ contact_id: 'contact', person_id: 'dana' }).execute();
});
afterEach(() => firm[Symbol.asyncDispose]());

const MANAGER = { id: 'mona', role: 'manager' as Role, active: true };
const OTHER = { id: 'adam', role: 'advisor' as Role, active: true };

const audited = async (action: string): Promise<[string | null, string][]> =>
  (
    await firm.db
      .selectFrom('audit')
      .select(['person_id', 'subject_id'])
      .where('action', '=', action)
      .orderBy('seq')
      .execute()
  ).map(({ person_id, subject_id }) => [person_id, subject_id]);

const deps = () => ({
  store: firm.store,
  clock: firm.store.clock,
  openBooks: false,
  show: () => Promise.resolve(),
  pictures: { issue: (file: string) => Promise.resolve(`/picture/${file}`) },
});

it('a look at values in doubt is written down, once for each', async () => {
  await addWaitingSync(firm);
  const amount = { minor: 412_812, currency: 'USD' };
  const reading = { doubts: [], values: [{ name: 'Account Value', amount, asOf: '2026-11-20' }] };
  await firm.db
    .insertInto('held_value')
    .values({
      id: 'held',
      policy_id: 'policy',
      sync_id: 'sync',
      reading: JSON.stringify(reading),
      held_at: 0,
    })
    .execute();
  expect(await lookAtUnconfirmed(deps(), OTHER, 'held')).toBeUndefined();
  expect(await lookAtUnconfirmed(deps(), MANAGER, 'held')).toBeDefined();
  expect(await lookAtUnconfirmed(deps(), MANAGER, 'held')).toBeDefined();
  const once = ['mona', 'policy'];
  expect(await audited('values.viewed')).toEqual([once, once]);
});

it('a look at a status before it is changed is written down', async () => {
  expect(await statusChoices(deps(), OTHER, 'policy', undefined)).toBeUndefined();
  expect(await statusChoices(deps(), MANAGER, 'policy', undefined)).toBeDefined();
  expect(await audited('status.viewed')).toEqual([['mona', 'policy']]);
});

it('a look at a client of another book is written down, and one at a client of the own is not', async () => {
  const dana = { id: 'dana', role: 'advisor', active: true } as const;
  expect(await contactSheet(deps(), OTHER, 'contact')).toBe('refused');
  expect(await contactSheet(deps(), dana, 'contact')).toMatchObject({ contact: { id: 'contact' } });
  expect(await contactSheet(deps(), MANAGER, 'contact')).toMatchObject({
    contact: { id: 'contact' },
  });
  expect(await audited('contact.viewed')).toEqual([['mona', 'mona']]);
});

it('a look at the picture of a page that was not understood is written down', async () => {
  await firm.db
    .insertInto('carrier_pause')
    .values({
      id: 'pause',
      carrier_id: firm.facts.id,
      reason: 'portal-changed',
      began_at: 0,
      failures: 5,
      policies: 2,
      picture: 'page.png',
    })
    .execute();
  expect(await evidenceOf(deps(), OTHER, 'pause', 'picture')).toBeUndefined();
  expect(await evidenceOf(deps(), MANAGER, 'pause', 'picture')).toBe('/picture/page.png');
  expect(await audited('evidence.viewed')).toEqual([['mona', firm.facts.id]]);
});
