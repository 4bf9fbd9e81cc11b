import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { describeProblem } from '#features/import/problem.ts';
import { Secret } from '#shared/secret.ts';
import type { Database } from '#database/connection.ts';
import { createImportStore } from '#features/import/store/import.ts';
import { localFirmStore, type PastSync } from './store.ts';
import type { Clock } from '#shared/clock.ts';
import { readHeader, readLines, type CsvFile } from '#features/import/csv.ts';
import { importFirm } from '#features/import/import.ts';
import type { CarrierFacts } from '#portal/portal.ts';
import type { Sealer } from '#database/sealed.ts';
import { packCredentials } from '#core/sign-in/sign-in.ts';
import { readPortalData, type PortalLogin } from './portals/data.ts';
import { resolveDay } from './portals/days.ts';

export const SEED = join(import.meta.dirname, '../../db/seed');
export const PORTAL_SEED = join(import.meta.dirname, 'portals/seed.json');

const FILES = ['statuses', 'people', 'contacts', 'sources', 'policies'];
const HISTORY = 'history.csv';

const DAY = 24 * 60 * 60_000;

const fileIn = (folder: string, name: string): CsvFile => ({
  name,
  open: () => createReadStream(join(folder, name)),
});

/** What of a carrier decides how its logins begin. */
export type SeededCarrier = Pick<CarrierFacts, 'id' | 'name' | 'codes' | 'fields'>;

/**
 * Fills an empty local database with a firm, through the import that real firms use; a database
 * that has people is left as it is. Answers whether it did. Throws when a seed file has a bad line.
 */
export const seedLocalFirm = async (
  {
    db,
    clock,
    sealer,
    carriers,
  }: { db: Database; clock: Clock; sealer: Sealer; carriers: readonly SeededCarrier[] },
  /** Also `{carrier, user, password, source, linked}` of other portals than the seeded ones. */
  logins: readonly PortalLogin[] = readPortalData(PORTAL_SEED).logins,
): Promise<boolean> => {
  const store = localFirmStore(db);
  if (!(await store.isEmpty())) return false;
  const problems: string[] = [];
  await importFirm(
    { store: createImportStore(db, { now: clock }), carriers },
    FILES.map((name) => fileIn(SEED, `${name}.csv`)),
    (problem) => problems.push(describeProblem(problem)),
  );
  if (problems.length > 0) throw new Error(`The seed is not whole. ${problems.join(' ')}`);
  await store.addPast(await readHistory(clock()));
  for (const login of logins) {
    const carrier = carriers.find(({ id }) => id === login.carrier);
    // A carrier that may ask for a code needs its person, so such a login begins unlinked.
    if (!login.linked || login.source === undefined || carrier?.codes !== 'never') continue;
    const sourceId = await store.sourceId(login.source);
    const password = await sealer.seal(credentialsOf(login, carrier), sourceId);
    await store.keepLinked(sourceId, { password, at: clock(), endsAt: clock() + DAY });
  }
  return true;
};

const credentialsOf = (login: PortalLogin, carrier: SeededCarrier): Secret =>
  packCredentials(
    Object.fromEntries(
      carrier.fields.map(({ name, secret }) => [
        name,
        new Secret(secret ? login.password : login.user),
      ]),
    ),
  );

/** Each sync is one run of lines with the same policy and login. */
const readHistory = async (now: number): Promise<PastSync[]> => {
  const file = fileIn(import.meta.dirname, HISTORY);
  const { columns, delimiter } = await readHeader(file);
  const syncs = new Map<string, PastSync & { values: PastSync['values'][number][] }>();
  for await (const read of readLines(file, delimiter)) {
    if ('broken' in read) throw new Error(`${HISTORY}:${read.line}: ${read.broken}`);
    const field = (column: string): string => read.values[columns.indexOf(column)] ?? '';
    const [policy, source] = [field('policy_id'), field('source_id')];
    const key = `${policy} ${source}`;
    const sync = syncs.get(key) ?? {
      policy,
      source,
      at: now - Number(field('days_ago')) * DAY,
      values: [],
    };
    syncs.set(key, sync);
    if (field('outcome') !== 'found') continue;
    sync.values.push({
      name: field('name'),
      amount: { minor: Math.round(Number(field('amount')) * 100), currency: 'USD' },
      asOf: resolveDay(field('as_of'), now),
    });
  }
  return [...syncs.values()];
};
