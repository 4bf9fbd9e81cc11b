import { expect, it } from 'vitest';
import {
  lookUpPolicy,
  mayCorrect,
  maySync,
  mayView,
  suggestPolicies,
} from '#core/policies/look-up.ts';
import { endAccess, giveAccess } from '#core/logins/store/access.ts';
import { policyById } from '#core/policies/store/policies.ts';
import { lookUpContact } from '#core/requests/contacts.ts';
import { sourceChoices } from '#core/logins/choices.ts';
import { readHistory } from '#features/history/history.ts';
import { openCase, recordCaseClosed } from '#features/support-cases/store/cases.ts';
import { addWaitingSync, openLinkFirm, type LinkFirm } from '#test/support/link-firm.ts';

const SAM = { id: 'sam', role: 'support', active: true } as const;
const MONA = { id: 'mona', role: 'manager', active: true } as const;
const HOUR = 3_600_000;

const openFirm = async (): Promise<LinkFirm> => {
  const firm = await openLinkFirm();
  await firm.db
    .insertInto('person')
    .values([
      { id: 'sam', name: 'Sam', role: 'support' },
      { id: 'olga', name: 'Olga', role: 'manager' },
    ])
    .execute();
  await firm.db.insertInto('book').values({ contact_id: 'contact', person_id: 'dana' }).execute();
  return firm;
};
const deps = (firm: LinkFirm) => ({ store: firm.store, openBooks: false });

/** What Sam may do with the policy by its id alone. */
const may = async (firm: LinkFirm): Promise<boolean> => {
  const policy = await policyById(firm.store, 'policy');
  if (policy === undefined) throw new Error('There is no policy.');
  const each = await Promise.all([
    mayView(deps(firm), SAM, policy),
    maySync(deps(firm), SAM, policy),
    mayCorrect(deps(firm), SAM, policy),
    readHistory(deps(firm), SAM, 'policy').then((history) => history !== undefined),
    sourceChoices(deps(firm), SAM, 'policy').then(({ kind }) => kind !== 'refused'),
  ]);
  expect(new Set(each).size).toBe(1);
  return each[0];
};
const audited = async (firm: LinkFirm, action: string): Promise<[string | null, unknown][]> =>
  (
    await firm.db
      .selectFrom('audit')
      .select(['person_id', 'detail'])
      .where('action', '=', action)
      .orderBy('seq')
      .execute()
  ).map(({ person_id, detail }) => [person_id, JSON.parse(detail ?? '{}')]);

it('an id alone shows support nothing: the whole number must be named, and that ends and is written down', async () => {
  await using firm = await openFirm();
  expect(await may(firm)).toBe(false);
  await lookUpPolicy(deps(firm), SAM, '00123-456');
  await suggestPolicies(deps(firm), SAM, '00123-4567');
  expect(await may(firm)).toBe(false);
  expect(await lookUpPolicy(deps(firm), SAM, '001234567')).toMatchObject({ kind: 'one' });
  expect(await may(firm)).toBe(true);
  expect(await audited(firm, 'policy.named')).toEqual([['sam', { policies: ['policy'] }]]);
  firm.time.now += 9 * HOUR;
  expect(await may(firm)).toBe(false);
});

it('who leaves and comes back names the number again', async () => {
  await using firm = await openFirm();
  await lookUpPolicy(deps(firm), SAM, '00123-4567');
  expect(await may(firm)).toBe(true);
  const now = firm.time.now;
  await firm.db.transaction().execute(async (trx) => {
    await endAccess(trx, now, 'sam', { by: 'slack' });
    await giveAccess(trx, now, 'sam', { by: 'owner' });
  });
  expect(await may(firm)).toBe(false);
});

it('a case about the policy shows it to support while it is open', async () => {
  await using firm = await openFirm();
  await addWaitingSync(firm);
  const of = { requestId: 'request', syncId: 'sync', policyId: 'policy', personId: 'dana' };
  const { id } = await openCase(firm.store, { ...of, note: undefined, channel: 'C1' });
  expect(await may(firm)).toBe(true);
  await recordCaseClosed(firm.store, id, 'sam');
  expect(await may(firm)).toBe(false);
});

it('what is looked up outside the own book is written down, and what is in it is not', async () => {
  await using firm = await openFirm();
  await lookUpPolicy(deps(firm), MONA, '00123-4567');
  await lookUpPolicy(deps(firm), MONA, 'ito');
  await suggestPolicies(deps(firm), MONA, 'ito');
  const dana = { id: 'dana', role: 'advisor', active: true } as const;
  await lookUpPolicy(deps(firm), dana, '00123-4567');
  await lookUpPolicy(deps(firm), dana, 'ito');
  for (const action of ['policy.named', 'policy.found', 'policy.suggested'])
    expect(await audited(firm, action)).toEqual([['mona', { policies: ['policy'] }]]);
});

it('a client shown at each letter of a search is written down once in a sitting, and a new one at once', async () => {
  await using firm = await openFirm();
  const search = async (...typed: string[]): Promise<void> => {
    for (const each of typed) {
      await suggestPolicies(deps(firm), MONA, each);
      await lookUpContact(deps(firm), MONA, each);
    }
  };
  await search('it', 'ito', 'it', 'ito');
  const once = ['mona', { policies: ['policy'] }];
  expect(await audited(firm, 'policy.suggested')).toEqual([once]);
  expect(await audited(firm, 'contact.found')).toEqual([['mona', { contacts: ['contact'] }]]);

  // Another one is written without the first, though both are shown.
  const { policy, contact } = {
    policy: await firm.db.selectFrom('policy').selectAll().executeTakeFirstOrThrow(),
    contact: await firm.db.selectFrom('contact').selectAll().executeTakeFirstOrThrow(),
  };
  await firm.db
    .insertInto('contact')
    .values({ ...contact, id: 'other', external_id: 'other' })
    .execute();
  await firm.db
    .insertInto('policy')
    .values({
      ...policy,
      id: 'other',
      contact_id: 'other',
      number: '9',
      number_key: '9',
      external_id: 'other',
    })
    .execute();
  await search('ito');
  const another = ['mona', { policies: ['other'] }];
  expect(await audited(firm, 'policy.suggested')).toEqual([once, another]);

  // Each person's look is their own, and a later sitting is another look.
  await suggestPolicies(deps(firm), { ...MONA, id: 'olga' }, 'ito');
  expect(await audited(firm, 'policy.suggested')).toHaveLength(3);
  firm.time.now += HOUR;
  await search('ito', 'ito');
  expect((await audited(firm, 'policy.suggested')).filter(([who]) => who === 'mona')).toEqual([
    once,
    another,
    ['mona', { policies: expect.arrayContaining(['policy', 'other']) as unknown }],
  ]);
});
