import { isDeepStrictEqual } from 'node:util';
import { normalizeNumber } from '#shared/policy-number.ts';
import type { BookReading, PolicySnapshot, PortalFailure } from './portal.ts';
import type { BookPage, Carrier, JsonPortal, Snapshot } from './contract.ts';
import type { TaughtWords } from '#shared/status.ts';
import { checkSnapshot, type Vocabulary } from './reading.ts';
import type { Tab } from './tab.ts';
import { PortalChanged, scrubbed } from './failure.ts';

type Page = Extract<BookReading, { kind: 'page' }>;

/** A book has at most some thousand policies: a listing without an end is none. */
const MOST_SCREENS = 500;
const MOST_ROWS = 20_000;

type BookCarrier = Carrier & Required<Pick<Carrier, 'readBook' | 'parseBook'>>;

export const hasBook = (carrier: Carrier): carrier is BookCarrier =>
  carrier.readBook !== undefined && carrier.parseBook !== undefined;

/**
 * The whole book, each screen checked as it comes; ends after the first trouble. A listing that ends
 * before the portal's own count is reached is not understood.
 */
export const readBook = async function* (
  deps: { tab: Tab; json: JsonPortal; limitMs: number; taught: TaughtWords | undefined },
  carrier: BookCarrier,
): AsyncGenerator<BookReading> {
  const { tab, json, limitMs, taught } = deps;
  const read = checkedBook(carrier, taught);
  const screens = carrier.readBook(tab.page(), json)[Symbol.asyncIterator]();
  const next = (): Promise<Page | PortalFailure | { kind: 'end' }> =>
    tab.behindSignIn('book', limitMs, async () => {
      const screen = await screens.next();
      const found = await tab.judge();
      if (found) return found;
      if (screen.done) return read.end();
      const page = read.page(carrier.parseBook(screen.value));
      await tab.remember();
      return page;
    });
  try {
    for (;;) {
      const screen = await next();
      if (screen.kind === 'end') return;
      yield screen;
      if (screen.kind === 'failure') return;
    }
  } finally {
    // A screen that still waits is of no concern any more; its end is not waited for.
    void screens.return?.()?.catch(() => undefined);
  }
};

/** What the screens of one listing say together. Everything here throws PortalChanged. */
export const checkedBook = (vocabulary?: Vocabulary, taught?: TaughtWords) => {
  const known = new Map<string, PolicySnapshot>();
  let screens = 0;
  let rows = 0;
  let unread = 0;
  let total: number | undefined;

  return {
    page: (given: BookPage): Page => {
      screens += 1;
      const { entries, unreadable } = checkedRows(given, vocabulary, taught);
      rows += entries.length + unreadable.length;
      unread += unreadable.length;
      if (screens > MOST_SCREENS || rows > MOST_ROWS)
        throw new PortalChanged('The listing has no end');
      const fresh = entries.filter((entry) => {
        const before = known.get(normalizeNumber(entry.number));
        if (before && !isDeepStrictEqual({ ...before, number: entry.number }, entry))
          throw new PortalChanged('A policy is listed twice, and not alike');
        known.set(normalizeNumber(entry.number), entry);
        return before === undefined;
      });
      total = given.total ?? total;
      if (given.total === 0 ? rows > 0 : entries.length + unreadable.length === 0)
        throw new PortalChanged('A screen of the listing has no rows');
      if (entries.length === 0 && unreadable.length > 1)
        throw new PortalChanged(`No row of the listing is understood: ${unreadable[0]?.why}`);
      return {
        kind: 'page',
        entries: fresh,
        unreadable,
        ...(total === undefined ? {} : { total }),
      };
    },
    end: (): { kind: 'end' } => {
      if (screens === 0) throw new PortalChanged('The listing has no screens');
      // A row that came twice, as when the list moved on meanwhile, stands for one that did not come.
      if (known.size + unread < (total ?? 0))
        throw new PortalChanged('The listing ends before its last policy');
      return { kind: 'end' };
    },
  };
};

/** A row whose policy is not believed is one that was not understood; its place is told. */
const checkedRows = (
  page: BookPage,
  vocabulary: Vocabulary | undefined,
  taught: TaughtWords | undefined,
): Pick<Page, 'entries' | 'unreadable'> => {
  const unreadable = (page.unreadable ?? []).map(({ row, why }) => ({ row, why: scrubbed(why) }));
  const taken = new Set(unreadable.map(({ row }) => row));
  const entries: PolicySnapshot[] = [];
  let row = 0;
  for (const entry of page.entries) {
    do row += 1;
    while (taken.has(row));
    try {
      entries.push(checkRow(entry, vocabulary, taught));
    } catch (error) {
      if (!(error instanceof PortalChanged)) throw error;
      unreadable.push({ row, why: scrubbed(error.message) });
    }
  }
  return { entries, unreadable: unreadable.toSorted((a, b) => a.row - b.row) };
};

const checkRow = (
  entry: Snapshot,
  vocabulary: Vocabulary | undefined,
  taught: TaughtWords | undefined,
): PolicySnapshot => {
  if (normalizeNumber(entry.number) === '') throw new PortalChanged('The policy number is empty');
  if (!/\d/.test(entry.number)) throw new PortalChanged('A policy number has no digit');
  if (/\p{Ll}{3}/u.test(entry.number)) throw new PortalChanged('A policy number has words in it');
  return checkSnapshot(entry, vocabulary, taught);
};
