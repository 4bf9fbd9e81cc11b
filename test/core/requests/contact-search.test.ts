import { expect, it } from 'vitest';
import { isName, lookUpContact, lookUpWhom, requestContact } from '#core/requests/contacts.ts';
import { contactCommand, type ContactAsk } from '#core/requests/contact-slack.ts';
import { searchContacts } from '#core/requests/contact-picker.ts';
import type { SlackDeps } from '#slack/deps.ts';
import type { By } from '#slack/listen.ts';
import { searchText } from '#shared/search-words.ts';
import { openLinkFirm, POLICY_FACTS, type LinkFirm } from '#test/support/link-firm.ts';

const OLGA = { id: 'olga', role: 'manager', active: true } as const;

/** Clients without a policy, by their names. */
const openFirm = async (names: readonly string[]): Promise<LinkFirm> => {
  const firm = await openLinkFirm();
  await firm.db
    .insertInto('person')
    .values({ id: 'olga', name: 'Olga', role: 'manager' })
    .execute();
  for (const [nth, name] of names.entries())
    await firm.db
      .insertInto('contact')
      .values({
        id: `c${nth}`,
        external_id: `${nth}`,
        kind: 'individual',
        name,
        search: searchText(name, null),
      })
      .execute();
  return firm;
};

const found = async ({ store }: LinkFirm, typed: string): Promise<string[]> => {
  const result = await lookUpContact({ store, openBooks: true }, OLGA, typed);
  switch (result.kind) {
    case 'one':
      return [result.contact.name];
    case 'several':
      return result.contacts.map(({ name }) => name);
    case 'none':
      return [];
  }
};

it('finds a client by parts of their names in any order, without accents, also by two letters', async () => {
  await using firm = await openFirm(['Zoë O’Neill', 'Anna Li', 'Oliver Lindqvist']);
  expect(await found(firm, 'neill zoe')).toEqual(['Zoë O’Neill']);
  expect(await found(firm, 'indqv')).toEqual(['Oliver Lindqvist']);
  expect(await found(firm, 'li anna')).toEqual(['Anna Li']);
  expect(await found(firm, 'li')).toEqual(['Anna Li', 'Oliver Lindqvist']);
  expect(await found(firm, 'nobody')).toEqual([]);
});

it('finds a name that is a slip away, also where its first letters are wrong', async () => {
  await using firm = await openFirm(['Margaret Chen', 'Marcus Webb']);
  expect(await found(firm, 'margret chan')).toEqual(['Margaret Chen']);
  expect(await found(firm, 'nargaret chen')).toEqual(['Margaret Chen']);
});

it('knows a client by their new name alone once it has changed, and not once they are gone', async () => {
  await using firm = await openFirm(['Grace Kimani']);
  await firm.db
    .updateTable('contact')
    .set({ name: 'Grace Abara', search: searchText('Grace Abara', null) })
    .where('id', '=', 'c0')
    .execute();
  expect(await found(firm, 'kimani')).toEqual([]);
  expect(await found(firm, 'abara')).toEqual(['Grace Abara']);
  await firm.db.deleteFrom('contact').where('id', '=', 'c0').execute();
  expect(await found(firm, 'abara')).toEqual([]);
});

it('takes for a name the whole words of one, and none of an e-mail', async () => {
  const others = Array.from({ length: 520 }, (_, nth) => `Linker ${nth}`);
  await using firm = await openFirm([...others, 'Zoë Link', 'Ty Ok']);
  await firm.db
    .updateTable('contact')
    .set({ search: searchText('Linker 0', 'share@mail.example') })
    .where('id', '=', 'c0')
    .execute();
  const isOne = (typed: string) => isName({ store: firm.store, openBooks: true }, OLGA, typed);
  for (const typed of ['link', 'Link, Zoe', 'ok', 'ty']) expect(await isOne(typed)).toBe(true);
  for (const typed of ['lin', 'share', 'link ty', '', '?']) expect(await isOne(typed)).toBe(false);
});

it('says that there are more than it shows', async () => {
  await using firm = await openFirm(Array.from({ length: 12 }, (_, nth) => `Ines Varga ${nth}`));
  const result = await lookUpContact({ store: firm.store, openBooks: true }, OLGA, 'varga ines');
  expect(result).toMatchObject({ kind: 'several', more: true });
});

it('finds the one name among hundreds that are made of the same letters', async () => {
  const others = Array.from({ length: 520 }, (_, nth) => `Bannabann ${nth}`);
  await using firm = await openFirm([...others, 'Annabanna Webb']);
  expect(await found(firm, 'annabanna')).toEqual(['Annabanna Webb']);
});

it('finds whose name or address has digits as it finds others, and whose policies a number is part of', async () => {
  await using firm = await openFirm(['Trust 2019', 'John Smith']);
  await firm.db
    .updateTable('contact')
    .set({ search: searchText('John Smith', 'jsmith1985@mail.example') })
    .where('id', '=', 'c1')
    .execute();
  for (let nth = 0; nth < 10; nth += 1) {
    const number = `77700-10${nth}`;
    await firm.db
      .insertInto('policy')
      .values({
        id: `t${nth}`,
        external_id: `t${nth}`,
        contact_id: 'c0',
        number,
        number_key: number.replace('-', ''),
        ...POLICY_FACTS,
      })
      .execute();
  }
  const whom = (typed: string) => lookUpWhom({ store: firm.store, openBooks: true }, OLGA, typed);
  expect(await whom('trust 2019')).toMatchObject({ kind: 'one', contact: { id: 'c0' } });
  expect(await whom('77700')).toMatchObject({ kind: 'one', contact: { id: 'c0' } });
  expect(await whom('jsmth1985@mail.example')).toMatchObject({
    kind: 'one',
    contact: { id: 'c1' },
  });
  expect(await whom('99999-1234')).toEqual({ kind: 'none' });
});

it('leads on from more of one name than an answer shows: the search offers them all', async () => {
  await using firm = await openFirm(Array.from({ length: 12 }, () => 'Wei Zhang'));
  const deps = { ...firm, openBooks: true, settings: { command: '/sync' } } as unknown as SlackDeps;
  const ask = { actor: OLGA } as unknown as ContactAsk;
  const said = JSON.stringify(await contactCommand(deps, ask, 'wei zhang'));
  expect(said).toContain('There are more');
  expect(said).toContain('"action_id":"open-contact-picker"');
  const by = { actor: OLGA } as unknown as By;
  expect(await searchContacts(deps, by, 'wei zhang')).toHaveLength(12);
});

it('takes no other login for one that was chosen and is gone since', async () => {
  await using firm = await openLinkFirm();
  await firm.db.insertInto('book').values({ contact_id: 'contact', person_id: 'dana' }).execute();
  const deps = { ...firm, openBooks: false, mostForced: 9, show: () => Promise.resolve() };
  const wanted = (source: string) => ({
    contactId: 'contact',
    policyIds: ['policy'],
    sources: { northbridge: source },
    origin: { askedIn: 'C1', channel: 'C1' },
    dedupeKey: source,
  });
  const dana = { id: 'dana', role: 'advisor', active: true } as const;
  const wake = () => Promise.resolve(true);
  const request = (source: string) => requestContact({ ...deps, wake }, dana, wanted(source));
  expect(await request('gone')).toEqual({ kind: 'login-gone', carrier: 'Northbridge Life' });
  expect(await request('source')).toMatchObject({ kind: 'requested', policies: 1 });
});
