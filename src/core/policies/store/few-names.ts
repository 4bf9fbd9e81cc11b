import { sql } from 'kysely';
import type { Store } from '#database/store.ts';
import type { Database } from '#database/connection.ts';
import { eachNumber, isPostgres, type Parts } from '#database/dialect.ts';
import { HOUR } from '#shared/clock.ts';

/** More of them leave hardly fewer names, and each is one more list to read. */
const MOST_LISTS = 4;
const SAMPLE = 1000;
const KEPT_MS = HOUR;

/** Each three letters of a text, once. */
const threesOf = (text: string): string[] => {
  const letters = Array.from(text);
  return [...new Set(letters.slice(2).map((_, at) => letters.slice(at, at + 3).join('')))];
};

/** How many of these texts hold three letters. */
export const countThrees = (texts: readonly string[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const three of texts.flatMap(threesOf)) counts.set(three, (counts.get(three) ?? 0) + 1);
  return counts;
};

/**
 * What holds all of these parts holds these few, which hardly any other name holds: an index of three
 * letters reads the list of each that it is asked for, and half of all names may be in one.
 */
export const inFewNames = (parts: Parts, counts: ReadonlyMap<string, number>): Parts =>
  [...new Set(parts.flatMap(threesOf))]
    .toSorted((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0))
    .slice(0, MOST_LISTS);

/** Names from everywhere in the index. */
const sample = async (db: Database): Promise<string[]> => {
  const { rows: last } = await sql<{ row: number | null }>`
    select max(row) as row from contact_words`.execute(db);
  const step = (last[0]?.row ?? 0) / SAMPLE;
  const places = new Set(Array.from({ length: SAMPLE }, (_, nth) => Math.ceil((nth + 1) * step)));
  const { rows } = await sql<{ search: string }>`
    select w.search from ${eachNumber([...places])} place
      join contact_words w on w.row = place.value`.execute(db);
  return rows.map(({ search }) => ` ${search} `);
};

const known = new WeakMap<Database, { at: number; counts: ReadonlyMap<string, number> }>();

/** Of a sample; how often three letters are in names changes little in an hour. */
const countsOf = async ({ db, clock }: Store): Promise<ReadonlyMap<string, number>> => {
  const now = clock();
  const before = known.get(db);
  if (before !== undefined && Math.abs(now - before.at) < KEPT_MS) return before.counts;
  const counts = countThrees(await sample(db));
  // Of no names at all nothing is known: the next search counts those that an import brought.
  if (counts.size > 0) known.set(db, { at: now, counts });
  return counts;
};

export type Asked = (parts: Parts) => Parts;

/** The parts to ask the index of contacts for. Postgres chooses among all of them by what it has counted. */
export const partsToAskFor = async (store: Store): Promise<Asked> => {
  if (isPostgres(store.db)) return (parts) => parts;
  const counts = await countsOf(store);
  return (parts) => inFewNames(parts, counts);
};
