import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findPostgres } from '#setup/tools.mjs';
import { CopyError } from '#database/copy.ts';
import type { Secret } from '#shared/secret.ts';

/** Postgres' own programs for a copy of one moment, while all runs. */

const run = promisify(execFile);

/** On PATH, or beside the server that is on this machine. */
const programAt = (name: string): string => {
  const server = findPostgres(process.env)?.path;
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...(server === undefined ? [] : [dirname(server)]),
  ];
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined)
    throw new CopyError(`${name} is not on this machine: apt install postgresql-client.`);
  return found;
};

const PARAMETERS: Record<string, string> = {
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
};

/** Where it is, as these programs are told without a word that others of the machine could read. */
const whereabouts = (databaseUrl: Secret): Record<string, string> => {
  const url = new URL(databaseUrl.reveal());
  const of = {
    PGHOST: url.searchParams.get('host') ?? decodeURIComponent(url.hostname),
    PGPORT: url.port,
    PGUSER: decodeURIComponent(url.username),
    PGPASSWORD: decodeURIComponent(url.password),
    PGDATABASE: decodeURIComponent(url.pathname.slice(1)),
    ...Object.fromEntries(
      Object.entries(PARAMETERS).map(([name, env]) => [env, url.searchParams.get(name) ?? '']),
    ),
  };
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== ''));
};

const call = async (
  name: string,
  words: readonly string[],
  env: Record<string, string> = {},
): Promise<string> => {
  try {
    const { stdout } = await run(programAt(name), words, {
      env: { ...process.env, ...env },
      maxBuffer: 2 ** 26,
    });
    return stdout;
  } catch (error) {
    if (!(error instanceof Error) || !('stderr' in error)) throw error;
    const [line = ''] = String(error.stderr).trim().split('\n');
    throw new CopyError(`${line.replace(/\.$/, '')}.`, { cause: error });
  }
};

const OURS = ['--no-owner', '--no-privileges'];

/** Writes a copy of one moment, and reads all of it back; how many tables it holds. */
export const dumpPostgres = async (databaseUrl: Secret, file: string): Promise<number> => {
  await call('pg_dump', ['--format=custom', ...OURS, `--file=${file}`], whereabouts(databaseUrl));
  await call('pg_restore', ['--file=/dev/null', file]);
  const list = await call('pg_restore', ['--list', file]);
  return list.split('\n').filter((line) => line.includes(' TABLE DATA ')).length;
};

/** The names of the migrations that a copy was written with; none in a copy of something else. */
export const migrationsIn = async (file: string): Promise<string[]> => {
  const text = await call('pg_restore', [
    '--data-only',
    '--table=kysely_migration',
    '--file=-',
    file,
  ]);
  return [...text.matchAll(/^(\d{4}-\S+)\t/gm)].map(([, name = '']) => name);
};

/** Brings a copy into an empty database, all of it or nothing. */
export const loadDump = async (databaseUrl: Secret, file: string): Promise<void> => {
  const where = whereabouts(databaseUrl);
  const into = `--dbname=${where['PGDATABASE'] ?? ''}`;
  await call('pg_restore', [...OURS, '--single-transaction', '--exit-on-error', into, file], where);
};
