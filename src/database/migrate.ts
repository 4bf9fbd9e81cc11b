import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { sql, type Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { RELEASE_BEFORE } from '#db/release-before.ts';
import type { Step } from '#db/step.ts';
import { isLost, whileBusy } from './patience.ts';
import type { Tables } from './schema.ts';
import { Unusable } from './unusable.ts';
import { appliedOn, versionOf } from './version.ts';

type Steps = Readonly<Record<string, Step>>;

/** The database is of a release with which this program does not work: the message says what to do. */
export class OtherRelease extends Unusable {}

const namesOf = (steps: Steps): string[] => Object.keys(steps).toSorted();

const PROGRAM = 'swivel-sync ';
/** How this program is called in the list of connections of a Postgres: by the newest migration it knows. */
export const programOf = (steps: Steps): string => `${PROGRAM}${namesOf(steps).at(-1)}`;

const migratorOf = (db: Kysely<Tables>, steps: Steps): Migrator =>
  new Migrator({ db, provider: { getMigrations: () => Promise.resolve({ ...steps }) } });

const failed = (error: unknown): Error =>
  error instanceof OtherRelease
    ? error
    : new Error(`The database could not be brought up to date. ${inspect(error)}`, {
        cause: error,
      });

/** Each try at a busy file waits itself; these are the rests between some forty of them, ms. */
const RESTS_AT_FILE_MS = 20_000;

/** Brings a SQLite file up to date: one process does, in one transaction, and others wait for it. */
export const migrateFile = async (db: Kysely<Tables>, steps: Steps): Promise<void> => {
  const { rows: has } = await sql`select 1 from sqlite_master
    where type = 'table' and name = 'kysely_migration'`.execute(db);
  const { rows } =
    has.length === 0
      ? { rows: [] }
      : await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  const at = versionOf(
    rows.map(({ name }) => name),
    namesOf(steps),
  );
  if (at.kind === 'current') return;
  if (at.kind === 'ahead')
    throw new OtherRelease(
      `This database is of a newer release: its version is ${at.version}, and this program knows ${at.wanted}. Start the newer release. To go back, restore the copy from before its upgrade: swivel-sync restore <copy> --replace.`,
    );
  const run = async (): Promise<void> => {
    const { error } = await migratorOf(db, steps).migrateToLatest();
    if (error !== undefined) throw error;
  };
  try {
    await whileBusy(run, RESTS_AT_FILE_MS);
  } catch (error) {
    throw failed(error);
  }
};

/** Who waits for a lock lets nobody by who comes later, so it waits this long and tries again. */
const LOCK_TIMEOUT = '2s';
/** The rests between two tries come to as much; with the tries it is some ten minutes. */
const RESTS_MS = 2 * 60_000;

/**
 * Brings a Postgres up to date while others work on it: a migration a transaction, none of which
 * waits long for a lock; several that start at once do it one after the other. Nothing is done where a
 * newer release has used it and lets this one work beside its own. Throws `OtherRelease` where it does
 * not, or where processes are there that would not bear what is to be done.
 */
export const migratePostgres = async (
  db: Kysely<Tables>,
  steps: Steps,
  restsMs = RESTS_MS,
): Promise<void> => {
  try {
    if ((await dueOn(db, steps)) === undefined) return;
    await whileBusy(
      () => db.connection().execute((one) => underLock(one, () => stepByStep(one, steps))),
      restsMs,
    );
  } catch (error) {
    if (!isLost(error)) throw failed(error);
    throw new Unusable(
      'The database could not be brought up to date: another transaction kept what has to change. This says which: select pid, application_name, xact_start, query from pg_stat_activity order by xact_start. End it (select pg_terminate_backend(pid)), then start again.',
      { cause: error },
    );
  }
};

interface Due {
  /** What is to be done next. */
  step: string | undefined;
  /** It is not written down yet which release may work beside this one. */
  isSilent: boolean;
  /** What is there is older than the release that may work beside this one. */
  isOlder: boolean;
}

/** What there is to do, if anything. Throws where this program may not be here. */
const dueOn = async (db: Kysely<Tables>, steps: Steps): Promise<Due | undefined> => {
  const applied = await appliedOn((text) => sql.raw<object>(text).execute(db));
  const { names, oldest } = applied ?? { names: [], oldest: undefined };
  const at = versionOf(names, namesOf(steps), oldest);
  if (at.kind === 'ahead') {
    if (at.beside) return undefined;
    throw new OtherRelease(
      `This database is of a newer release: its version is ${at.version}, and this program knows ${at.wanted}, which that release does not let work beside it. Start the newer release here too. To go back, restore the copy from before its upgrade into an empty database: swivel-sync restore.`,
    );
  }
  const step = namesOf(steps).find((name) => !names.includes(name));
  const isSilent = applied !== undefined && (oldest ?? '') < RELEASE_BEFORE;
  if (step === undefined && !isSilent) return undefined;
  return {
    step,
    isSilent,
    isOlder: at.kind === 'behind' && !at.beside && names.length > 0,
  };
};

const stepByStep = async (one: Kysely<Tables>, steps: Steps): Promise<void> => {
  for (;;) {
    const due = await dueOn(one, steps);
    if (due === undefined) return;
    if (due.isSilent) {
      await expectNoneBefore(one, due.isOlder);
      // Before anything is taken away that an older one would lean on.
      await sql`comment on table kysely_migration is ${sql.lit(RELEASE_BEFORE)}`.execute(one);
    }
    if (due.step === undefined) continue;
    const { error } = await migratorOf(one, patient(steps)).migrateUp({
      disableTransactions: steps[due.step]?.isAlone === true,
    });
    if (error !== undefined) throw error;
  }
};

/** Each gives up soon where others have what it wants, so that they are not kept waiting behind it. */
const patient = (steps: Steps): Steps =>
  Object.fromEntries(
    Object.entries(steps).map(([name, step]) => [
      name,
      {
        up: async (trx: Kysely<unknown>): Promise<void> => {
          if (step.isAlone !== true)
            await sql`set local lock_timeout = ${sql.lit(LOCK_TIMEOUT)}`.execute(trx);
          await step.up(trx);
        },
      },
    ]),
  );

/** The one that Kysely takes itself, so that a program of before waits for it as well. */
const LOCK = sql.lit('3853314791062309107');
const LOOKS_EVERY_MS = 100;
/** What another process does to a large firm takes minutes. */
const WAITS_FOR_OTHERS_MS = 10 * 60_000;

/**
 * Looks for the lock now and then: a statement that waits for it would be waited for by an index that
 * is made meanwhile (`concurrently`), and neither would come to an end.
 */
const underLock = async (one: Kysely<Tables>, work: () => Promise<void>): Promise<void> => {
  for (let waited = 0; ; waited += LOOKS_EVERY_MS) {
    const { rows } = await sql<{ has: 0 | 1 }>`
      select pg_try_advisory_lock(${LOCK}::bigint) as has`.execute(one);
    if (rows[0]?.has === 1) break;
    if (waited >= WAITS_FOR_OTHERS_MS)
      throw new Unusable('Another process is at it for ten minutes: look at its log.');
    await sleep(LOOKS_EVERY_MS);
  }
  try {
    await work();
  } finally {
    await sql`select pg_advisory_unlock(${LOCK}::bigint)`.execute(one);
  }
};

/** A connection that was closed ends on the server a moment later. */
const ENDING_MS = 2000;

/**
 * Throws where processes that may not work beside this release are still connected. Those of before
 * this rule tell no name: they are older where the database is (`isOlder`). Other programs tell theirs.
 */
const expectNoneBefore = async (db: Kysely<Tables>, isOlder: boolean): Promise<void> => {
  const unnamed = isOlder ? sql`application_name = ''` : sql`false`;
  for (let waited = 0; ; waited += LOOKS_EVERY_MS) {
    const { rows } = await sql<{ from: string }>`
      select distinct coalesce(host(client_addr), 'this machine') as from from pg_stat_activity
      where datname = current_database() and backend_type = 'client backend'
        and pid <> pg_backend_pid() and (${unnamed}
          or (starts_with(application_name, ${PROGRAM})
            and substr(application_name, ${PROGRAM.length + 1}::int) < ${RELEASE_BEFORE}))`.execute(
      db,
    );
    if (rows.length === 0) return;
    if (waited >= ENDING_MS)
      throw new OtherRelease(
        `Processes of a release that is too old for this one still have this database open, from ${rows.map(({ from }) => from).join(', ')}. This release works beside those that know ${RELEASE_BEFORE}. Stop every bot, worker and command of the older one, then start this one again. Nothing was changed.`,
      );
    await sleep(LOOKS_EVERY_MS);
  }
};
