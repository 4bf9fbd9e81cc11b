import type { Secret } from '#shared/secret.ts';
import { isLoopback } from '#shared/setting.ts';
import { CONNECTIONS } from '#database/postgres.ts';
import type { PostgresFacts } from '#database/examine.ts';
import { GIB, MOST_OFF_MS, offBy, sized, type Finding, type Outside } from './finding.ts';

const OLDEST = 15;
/** A bot, a worker, and a command beside them. */
const LEAST_PROCESSES = 3;

/** Makes one that the program takes; the name stands in DATABASE_URL. */
const CREATE = `template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'`;

type Problem = Required<Pick<Finding, 'is' | 'found' | 'next'>>;

/** What is wrong with it, in the order of what it costs. */
export function* problems(
  facts: PostgresFacts,
  { now, free, database }: { now: number; free: number | undefined; database: string },
): Generator<Problem> {
  const bad = (found: string, next: string): Problem => ({ is: 'bad', found, next });
  if (facts.major < OLDEST)
    yield bad(`${facts.version} is too old`, `Bring up Postgres ${OLDEST} or later.`);
  if (facts.sortsByLanguage)
    yield bad(
      'it sorts text by a language, and pages of lists lean on the order of bytes',
      `Make another and move the rows: create database ${database} ${CREATE}`,
    );
  if (facts.encoding !== 'UTF8')
    yield bad(
      `it keeps text as ${facts.encoding}, and names of people need UTF8`,
      `Make another: create database ${database} ${CREATE}`,
    );
  if (facts.mayNot.includes('tables'))
    yield bad(
      'this user may make no tables in it',
      `As its superuser: alter database ${database} owner to the user of DATABASE_URL`,
    );
  else if (facts.mayNot.includes('extension'))
    yield bad(
      'this user may not make the extension pg_trgm, which the search needs',
      `As its superuser, in ${database}: create extension pg_trgm`,
    );
  if (!facts.syncs)
    yield bad(
      'a crash of its machine can break it: it does not wait for its disk',
      'In postgresql.conf: fsync = on and full_page_writes = on',
    );
  if (!facts.waitsForDisk)
    yield bad(
      'it says to have written what a crash still loses, and a password could then be sent twice',
      'In postgresql.conf: synchronous_commit = on; also: alter database … reset synchronous_commit',
    );
  // While the answer was on its way its clock went on.
  const off = now - facts.at;
  if (Math.abs(off) > MOST_OFF_MS + facts.tookMs)
    yield bad(
      `this machine is ${offBy(off, "the server's clock")}`,
      'Leases go by the server. Let both keep their time: timedatectl set-ntp true',
    );
  const wanted = LEAST_PROCESSES * CONNECTIONS;
  if (facts.room < wanted)
    yield bad(
      `${facts.room} connections are left for us, and a bot, a worker and a command take up to ${wanted}`,
      `In postgresql.conf raise max_connections by ${CONNECTIONS} for each process; look at limits of the database and the user as well.`,
    );
  if (!facts.hasTrigrams)
    yield bad('the extension pg_trgm is missing', 'Install it: apt install postgresql-contrib');
  const room = Math.max(GIB, facts.bytes);
  if (free !== undefined && free < room)
    yield bad(
      `${sized(free)} are free on its disk, and ${sized(room)} are wanted`,
      `Make room where ${facts.dataFolder} is.`,
    );
}

/** Known where the server is on this machine, and this user may look there. */
const freeOf = async (
  { hostname }: URL,
  { dataFolder }: PostgresFacts,
  freeAt: Outside['freeAt'],
): Promise<number | undefined> => {
  if (dataFolder === undefined || !isLoopback({ hostname })) return undefined;
  return freeAt(dataFolder).catch(() => undefined);
};

/** The Postgres of DATABASE_URL itself; one that does not answer is told of as the database. */
export async function* examineServer(
  databaseUrl: Secret,
  { clock, freeAt, postgres }: Outside,
): AsyncGenerator<Finding> {
  const url = new URL(databaseUrl.reveal());
  let facts: PostgresFacts;
  try {
    facts = await postgres(url.href);
  } catch {
    return;
  }
  const of = 'Postgres';
  const free = await freeOf(url, facts, freeAt);
  const database = decodeURIComponent(url.pathname.slice(1));
  const found = [...problems(facts, { now: clock(), free, database })];
  for (const problem of found) yield { of, ...problem };
  if (found.length > 0) return;
  const disk = free === undefined ? 'its free disk is not known from here' : `${sized(free)} free`;
  yield {
    of,
    is: 'good',
    found: `${facts.version}, ${facts.room} connections for us, ${sized(facts.bytes)} of data, ${disk}`,
  };
}
