import type {
  BookReading,
  CarrierFacts,
  PolicyReading,
  Portals,
  PortalSession,
} from '#portal/portal.ts';
import { DAY, MINUTE } from '#shared/clock.ts';
import { Secret } from '#shared/secret.ts';

export const CARRIER = 'year-life';
/** Asks for a code at each sign-in, and lists the whole book of a login. */
export const LISTING = 'year-mutual';

/** What a portal shows of one policy instead of what is right. */
export type Oddity =
  | { kind: 'times'; factor: number }
  | { kind: 'word'; word: string }
  | { kind: 'mistyped'; close: string }
  | { kind: 'changed' };

const common = { portalUrl: '', unlockSteps: '', automaticSignInsPerDay: 50, fields: [] };
const FACTS: readonly CarrierFacts[] = [
  { ...common, id: CARRIER, name: 'Year Life', sessionMinutes: 30, codes: 'never' },
  {
    ...common,
    id: LISTING,
    name: 'Year Mutual',
    sessionMinutes: (3 * DAY) / MINUTE,
    codes: 'always',
    listsBook: true,
  },
];

export const factsOf = (carrierId: string): CarrierFacts | undefined =>
  FACTS.find(({ id }) => id === carrierId);

/** Carriers without a browser: they take every password, end sessions that idle, and values change each day. */
export const portalsAt = (
  clock: () => number,
  odd: ReadonlyMap<string, Oddity>,
  bookOf: (sourceId: string) => Promise<readonly string[]>,
): Portals => {
  const usedAt = new Map<string, number>();
  const day = (): number => Math.floor(clock() / DAY) - 1;
  return {
    carrier: factsOf,
    open: (source, kept): Promise<PortalSession> => {
      const facts = factsOf(source.carrierId);
      const lastsMs = (facts?.sessionMinutes ?? 0) * MINUTE;
      const use = (): void => void usedAt.set(source.id, clock());
      return Promise.resolve({
        resume: () => {
          const isAlive = kept && clock() - (usedAt.get(source.id) ?? 0) < lastsMs;
          if (isAlive) use();
          return Promise.resolve({ kind: isAlive ? 'alive' : 'ended' });
        },
        signIn: async (_credentials, hooks) => {
          await hooks.beforeSubmit();
          if (
            facts?.codes === 'always' &&
            typeof (await hooks.code('a text to ••17')) === 'undefined'
          )
            return { kind: 'failure', reason: 'code-timed-out' };
          use();
          return { kind: 'signed-in' };
        },
        read: (number) => {
          use();
          return Promise.resolve(readingOf(number, day(), odd.get(number)));
        },
        readBook: () => listing(bookOf(source.id), day()),
        picture: () => Promise.resolve('page.png'),
        keep: () => Promise.resolve(new Secret('a session')),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      });
    },
  };
};

async function* listing(
  book: Promise<readonly string[]>,
  day: number,
): AsyncGenerator<BookReading> {
  const entries = (await book).map((number) => snapshotOf(number, day));
  yield { kind: 'page', entries, unreadable: [] };
}

const snapshotOf = (number: string, day: number, factor = 1, status = 'In Force') => {
  const minor = (10_000_000 + (day % 365) * 1000 + Number(number.slice(-3))) * factor;
  const asOf = new Date(day * DAY).toISOString().slice(0, 10);
  const values = [{ name: 'Account Value', amount: { minor, currency: 'USD' }, asOf }];
  return { number, status, values, missing: [] };
};

const readingOf = (number: string, day: number, odd: Oddity | undefined): PolicyReading => {
  switch (odd?.kind) {
    case undefined:
      return { kind: 'found', snapshot: snapshotOf(number, day) };
    case 'times':
      return { kind: 'found', snapshot: snapshotOf(number, day, odd.factor) };
    case 'word':
      return { kind: 'found', snapshot: snapshotOf(number, day, 1, odd.word) };
    case 'mistyped':
      return { kind: 'absent', closeNumbers: [odd.close] };
    case 'changed':
      return { kind: 'failure', reason: 'portal-changed', picture: 'page.png' };
  }
};
