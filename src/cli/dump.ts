import { execFile, spawn, type ChildProcess, type ExecFileException } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { getCACertificates } from 'node:tls';
import { promisify } from 'node:util';
import { diesWithParent } from '#setup/redis.ts';
import { findPostgres } from '#setup/tools.mjs';
import { CopyError } from '#database/copy.ts';
import type { Secret } from '#shared/secret.ts';

/** Postgres' own programs for a copy of one moment, while all runs. */

const run = promisify(execFile);

/** Those that run now. */
const running = new Set<ChildProcess>();

/** Asks them to end, so that none works on at the server once who began it is gone. */
export const endPrograms = async (): Promise<void> => {
  const ends = [...running].map((child) => once(child, 'close').catch(() => undefined));
  for (const child of running) child.kill('SIGTERM');
  await Promise.all(ends);
};

const counted = <Child extends ChildProcess>(child: Child): Child => {
  running.add(child);
  for (const end of ['close', 'error']) child.once(end, () => running.delete(child));
  return child;
};

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

/** Those that the driver trusts where none are named, in a file: these programs come with none. */
const trustedRoots = (): { file: string } & Disposable => {
  const folder = mkdtempSync(join(tmpdir(), 'sync-roots-'));
  const file = join(folder, 'roots.pem');
  writeFileSync(file, getCACertificates('default').join('\n'));
  return { file, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
};

/** Where it is, as these programs are told without a word that others of the machine could read. */
const whereabouts = (databaseUrl: Secret): { env: Record<string, string> } & Disposable => {
  const url = new URL(databaseUrl.reveal());
  const named = url.searchParams.get('sslrootcert') ?? process.env['PGSSLROOTCERT'];
  const isVerified = url.searchParams.get('sslmode')?.startsWith('verify-') ?? false;
  const roots = isVerified && named === undefined ? trustedRoots() : undefined;
  // The driver's word for a way that is sealed, to whomever it leads.
  const mode = url.searchParams.get('sslmode') === 'no-verify' ? { PGSSLMODE: 'require' } : {};
  const of = {
    // As the driver reads it: what is asked for behind the question mark goes first.
    PGHOST: url.searchParams.get('host') ?? decodeURIComponent(url.hostname),
    PGPORT: url.searchParams.get('port') ?? url.port,
    PGUSER: url.searchParams.get('user') ?? decodeURIComponent(url.username),
    PGPASSWORD: url.searchParams.get('password') ?? decodeURIComponent(url.password),
    PGDATABASE: decodeURIComponent(url.pathname.slice(1)),
    ...Object.fromEntries(
      Object.entries(PARAMETERS).map(([name, env]) => [env, url.searchParams.get(name) ?? '']),
    ),
    ...mode,
    ...(roots === undefined ? {} : { PGSSLROOTCERT: roots.file }),
  };
  return {
    env: Object.fromEntries(Object.entries(of).filter(([, value]) => value !== '')),
    [Symbol.dispose]: () => roots?.[Symbol.dispose](),
  };
};

/** One that is killed says nothing itself. */
const complaint = (name: string, line = '', signal?: NodeJS.Signals | null): string =>
  `${line.replace(/\.$/, '') || `${name} was ended ${signal ? `by ${signal}` : 'without a word'}`}.`;

const call = async (
  name: string,
  words: readonly string[],
  env: Record<string, string> = {},
): Promise<string> => {
  try {
    const ran = run(...diesWithParent(programAt(name), [...words]), {
      env: { ...process.env, ...env },
      maxBuffer: 2 ** 26,
    });
    counted(ran.child);
    return (await ran).stdout;
  } catch (error) {
    if (!(error instanceof Error) || !('stderr' in error)) throw error;
    const [line] = String(error.stderr).trim().split('\n');
    const { signal } = error as ExecFileException;
    throw new CopyError(complaint(name, line, signal), { cause: error });
  }
};

const OURS = ['--no-owner', '--no-privileges'];

/** Writes a copy of one moment, and reads all of it back; how many tables it holds. */
export const dumpPostgres = async (databaseUrl: Secret, file: string): Promise<number> => {
  using at = whereabouts(databaseUrl);
  await call('pg_dump', ['--format=custom', '--no-password', ...OURS, `--file=${file}`], at.env);
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

/** Its first complaint once it has ended; undefined where it ended well. */
const complaintOf = async (name: string, child: ChildProcess): Promise<string | undefined> => {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  if (code === 0) return undefined;
  const [line = ''] = said.trim().split('\n');
  return complaint(name, line.replace(/^psql:<stdin>:\d+: /, 'psql: '), signal);
};

/**
 * Brings a copy into an empty database, all of it or nothing, and `mark` with it: SQL of the same
 * transaction. Its end is written only once all of the copy is, so who is killed leaves nothing.
 */
export const loadDump = async (databaseUrl: Secret, file: string, mark: string): Promise<void> => {
  using at = whereabouts(databaseUrl);
  const env = { ...process.env, ...at.env };
  const reader = counted(
    spawn(...diesWithParent(programAt('pg_restore'), [...OURS, '--file=-', file]), {
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
  const words = ['--no-psqlrc', '--quiet', '--no-password', '--set=ON_ERROR_STOP=1'];
  const writer = counted(
    spawn(...diesWithParent(programAt('psql'), words), { env, stdio: ['pipe', 'ignore', 'pipe'] }),
  );
  const [unread, unwritten] = [complaintOf('pg_restore', reader), complaintOf('psql', writer)];
  writer.stdin.write('begin;\n');
  try {
    await pipeline(reader.stdout, writer.stdin, { end: false });
    // The copy has set its own path of schemas; the tables are where a bot looks for them.
    if ((await unread) === undefined) writer.stdin.write(`reset search_path;\n${mark}\ncommit;\n`);
  } catch (error) {
    // Whoever takes no more says itself why.
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
  writer.stdin.end();
  const why = (await unwritten) ?? (await unread);
  if (why !== undefined) throw new CopyError(why);
};
