import { lookUpContact } from '#core/requests/contacts.ts';
import { drawHome } from '#features/home/publish.ts';
import { freshState } from '#features/home/state.ts';
import { suggestPolicies } from '#core/policies/look-up.ts';
import { atMost, percentile, type Figure } from './figure.ts';
import { largeFirm } from './large-firm.ts';

const CONTACTS = 1_000_000;
const TIMES = 200;
const publicUrl = 'https://sync.example';
const POLICIES = 200_000;
const ADVISORS = 500;
const ADVISOR = { id: 'advisor-007', role: 'advisor', active: true } as const;

/** How long the slowest but one in a hundred of these took, ms of the processor. */
const slowestOf = async <T>(
  of: readonly T[],
  work: (one: T) => Promise<unknown>,
): Promise<number> => {
  const times: number[] = [];
  for (const one of of) {
    const before = process.cpuUsage();
    await work(one);
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  return percentile(times, 0.99);
};

/** Contacts of a name, and the search field, among a million contacts; Home, among all policies. */
export const measureSearches = async (say: (figure: Figure) => void): Promise<void> => {
  await using firm = await largeFirm({
    policies: POLICIES,
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
  for (const [name, search] of Object.entries(ways))
    say(
      atMost(
        `${name}, among ${CONTACTS} contacts: p99`,
        await slowestOf(typed, search),
        'ms of the processor',
        10,
      ),
    );

  const deps = { ...books, clock: books.store.clock, settings: { command: '/sync', publicUrl } };
  for (const role of ['advisor', 'manager'] as const) {
    const people = Array.from({ length: TIMES }, (_, nth) => `${nth % ADVISORS}`.padStart(3, '0'));
    const home = (nth: string) =>
      drawHome(
        // Of an advisor it holds the own book alone.
        { ...deps, openBooks: false },
        { id: `advisor-${nth}`, name: `Advisor ${nth}`, role, active: true },
        freshState(firm.now),
      );
    say(
      atMost(
        `Home of one of ${TIMES} ${role}s, its first page, among ${POLICIES} policies: p99`,
        await slowestOf(people, home),
        'ms of the processor',
        10,
      ),
    );
  }
};
