import { lookUpContact } from '#core/requests/contacts.ts';
import { suggestPolicies } from '#core/policies/look-up.ts';
import { atMost, percentile, type Figure } from './figure.ts';
import { largeFirm } from './large-firm.ts';

const CONTACTS = 1_000_000;
const TIMES = 200;
const ADVISOR = { id: 'advisor-007', role: 'advisor', active: true } as const;

/** Contacts of a name, and the search field, among a million contacts. */
export const measureSearches = async (say: (figure: Figure) => void): Promise<void> => {
  await using firm = await largeFirm({
    policies: 200_000,
    contacts: CONTACTS,
    spoken: true,
    logins: 2000,
    days: 1,
    requests: 0,
  });
  const books = { store: { db: firm.db, clock: () => firm.now }, openBooks: true };
  /** As people type: the first letters of a name, or some of each of its words, now and then with a slip. */
  const typed: string[] = [];
  for (let nth = 0; nth < TIMES; nth += 1) {
    const { name } = await firm.db
      .selectFrom('contact')
      .select('name')
      .where('id', '=', `contact-${String((nth * 7919) % CONTACTS).padStart(6, '0')}`)
      .executeTakeFirstOrThrow();
    const [first = '', last = ''] = name.split(' ');
    typed.push(
      nth % 4 === 0
        ? first
        : nth % 4 === 1
          ? last
          : nth % 4 === 2
            ? `${last} ${first}`
            : `${first} ${last}q`,
    );
  }
  const ways = {
    'the contacts of a name': (text: string) => lookUpContact(books, ADVISOR, text),
    'the search field': (text: string) => suggestPolicies(books, ADVISOR, text),
  };
  for (const [name, search] of Object.entries(ways)) {
    const times: number[] = [];
    for (const text of typed) {
      const before = process.cpuUsage();
      await search(text);
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1000);
    }
    say(
      atMost(
        `${name}, among ${CONTACTS} contacts: p99`,
        percentile(times, 0.99),
        'ms of the processor',
        10,
      ),
    );
  }
};
