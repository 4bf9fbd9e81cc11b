import { existsSync } from 'node:fs';
import type { Secret } from '#shared/secret.ts';
import { startCheckpoints } from './checkpoints.ts';
import { openDatabase, type Database, type OnStatement } from './connection.ts';
import { isInUse } from './copy.ts';
import type { Store } from './store.ts';
import { expectWhole } from './serving.ts';
import { Unusable } from './unusable.ts';
import { databaseVersion, postgresVersion, type DatabaseVersion } from './version.ts';

/** Where a firm's data is: in the Postgres of this address where there is one, else in the file. */
export interface DatabasePlace {
  databaseFile: string;
  databaseUrl?: Secret | undefined;
}

/** Opens it, whole or not; what Postgres needs is loaded for Postgres alone. */
export const openAsItIs = async (
  { databaseFile, databaseUrl }: DatabasePlace,
  onStatement?: OnStatement,
  by: 'command' | 'server' = 'command',
): Promise<Database> => {
  if (databaseUrl === undefined) return openDatabase(databaseFile, onStatement);
  const { openPostgres, SERVING } = await import('./postgres.ts');
  const limits = by === 'server' ? SERVING : undefined;
  return openPostgres({ url: databaseUrl.reveal(), limits }, onStatement);
};

/** No process of an older release bears a file that is changed under it; those of a start end together. */
const expectNoOlder = async (place: DatabasePlace): Promise<void> => {
  // What is wrong with it is said as it is opened.
  const is = await versionAt(place).catch(() => undefined);
  if (is?.kind === 'behind' && is.version !== 'empty' && isInUse(place.databaseFile))
    throw new Unusable(
      `${place.databaseFile} is of an older release, and a bot, worker or command has it open. Stop all of them, then run this again, or start this release. Nothing was changed.`,
    );
};

/**
 * Opens it, and brings its tables up to date. Throws where the firm moved elsewhere, or is on its way
 * here, or is taken out; and a command where others serve an older file.
 */
export const openAt = async (
  place: DatabasePlace,
  onStatement?: OnStatement,
  by: 'command' | 'server' = 'command',
): Promise<Database> => {
  if (by === 'command' && place.databaseUrl === undefined) await expectNoOlder(place);
  const db = await openAsItIs(place, onStatement, by);
  try {
    await expectWhole(db);
    return db;
  } catch (error) {
    await db.destroy();
    throw error;
  }
};

/** What a person reads of it: the file, or server and database without user and password. */
export const nameOf = ({ databaseFile, databaseUrl }: DatabasePlace): string => {
  if (databaseUrl === undefined) return databaseFile;
  const { host, pathname } = new URL(databaseUrl.reveal());
  return `Postgres ${host}${decodeURIComponent(pathname)}`;
};

/** Looks at it without changing it. Throws where that cannot be done. */
export const versionAt = async ({
  databaseFile,
  databaseUrl,
}: DatabasePlace): Promise<DatabaseVersion> =>
  databaseUrl === undefined ? databaseVersion(databaseFile) : postgresVersion(databaseUrl.reveal());

/** Why there is nothing to open, with the next step. A Postgres says so itself when it is opened. */
export const whyAbsent = ({ databaseFile, databaseUrl }: DatabasePlace): string | undefined =>
  databaseUrl !== undefined || existsSync(databaseFile)
    ? undefined
    : `${databaseFile}: there is no such database. Set DATA_DIR, DATABASE_FILE or DATABASE_URL.`;

export interface ServeOptions {
  onStatement?: OnStatement;
  /** Told from which version to which before its tables are brought up to date: that may take minutes. */
  onUpgrade?: (from: string, to: string) => void;
  /** Told what keeps the log of a file from its file. */
  onProblem?: (problem: unknown) => void;
}

/** Serves from it: with the time of the server where it has one, else with this machine's. */
export const serveFrom = async (
  place: DatabasePlace,
  { onStatement, onUpgrade, onProblem = () => undefined }: ServeOptions = {},
): Promise<Store & AsyncDisposable> => {
  await using stack = new AsyncDisposableStack();
  // What is wrong with it is said as it is opened.
  const is = await versionAt(place).catch(() => undefined);
  if (is?.kind === 'behind' && is.version !== 'empty') onUpgrade?.(is.version, is.wanted);
  const db = stack.adopt(await openAt(place, onStatement, 'server'), (opened) => opened.destroy());
  const { databaseFile, databaseUrl } = place;
  if (databaseUrl === undefined) stack.use(await startCheckpoints(db, databaseFile, onProblem));
  const server = databaseUrl === undefined ? undefined : await import('./server-clock.ts');
  const time = server && stack.use(await server.serverClock(db));
  const opened = stack.move();
  return {
    db,
    clock: time?.clock ?? Date.now,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
};

/** Whether a bot, a worker or a command has it open besides. */
export const isOpenElsewhere = async ({
  databaseFile,
  databaseUrl,
}: DatabasePlace): Promise<boolean> =>
  databaseUrl === undefined
    ? isInUse(databaseFile)
    : (await (await import('./examine.ts')).othersAt(databaseUrl.reveal())) > 0;

/** For what is done with files alone: none of that is known of a Postgres. */
export const refusedOfPostgres = (
  { databaseUrl }: DatabasePlace,
  instead: string,
): string | undefined =>
  databaseUrl === undefined ? undefined : `DATABASE_URL names a Postgres: ${instead}`;
