import { lookUpContact } from '#core/requests/contacts.ts';
import { suggestPolicies } from '#core/policies/look-up.ts';
import { atMost, percentile, type Figure } from './figure.ts';
import { largeFirm } from './large-firm.ts';

const CONTACTS = 1_000_000;
const TIMES = 200;
const ADVISOR = { id: 'advisor-007', role: 'advisor', active: true } as const;

/** A name of the firm as somebody types it, each another one. */
const typed = (nth: number): string => {
  const i = (nth * 7919) % CONTACTS;
  return nth % 2 === 0 ? `person${i}`.slice(0, 6 + (nth % 5)) : `family${i % 997} pers`;
};

/** Contacts of a name, and the search field, among a million contacts. */
export const measureSearches = async (say: (figure: Figure) => void): Promise<void> => {
  await using firm = await largeFirm({
    policies: 200_000,
    contacts: CONTACTS,
    logins: 2000,
    days: 1,
    requests: 0,
  });
  const books = { store: { db: firm.db, clock: () => firm.now }, openBooks: true };
  const ways = {
    'the contacts of a name': (text: string) => lookUpContact(books, ADVISOR, text),
    'the search field': (text: string) => suggestPolicies(books, ADVISOR, text),
  };
  for (const [name, search] of Object.entries(ways)) {
    const times: number[] = [];
    for (let nth = 0; nth < TIMES; nth += 1) {
      const began = performance.now();
      await search(typed(nth));
      times.push(performance.now() - began);
    }
    say(atMost(`${name}, among ${CONTACTS} contacts: p99`, percentile(times, 0.99), 'ms', 10));
  }
};
