import type { Secret } from '#shared/secret.ts';
import { key, path, secretAddress, secretWithout } from '#shared/setting.ts';
import { problemOfKeys } from './keys.ts';

const MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];

/** What its driver takes silently, or complains of in words of its own. */
const problemOfPostgres = ({ hostname, pathname, searchParams }: URL): string | undefined => {
  if (hostname === '' && !searchParams.has('host')) return 'names no server';
  if (/^\/?$/.test(pathname)) return 'names no database: write its name behind the last /';
  if (pathname.includes('/', 1)) return 'has more than the name of a database behind its server';
  if (!/^\d*$/.test(searchParams.get('port') ?? '')) return 'has a port that is no number';
  // An unknown one is heeded by nobody, and the way would be open.
  return MODES.includes(searchParams.get('sslmode') ?? 'disable')
    ? undefined
    : `has an sslmode that is none of ${MODES.join(', ')}`;
};

/** What its driver reads before it asks the server, by the names in the address. */
const FILES = ['sslrootcert', 'sslcert', 'sslkey'];
export const filesNamedIn = (url: Secret): { name: string; path: string }[] => {
  const { searchParams } = new URL(url.reveal());
  return FILES.flatMap((name) => {
    const path = searchParams.get(name);
    return path === null || path === '' ? [] : [{ name, path }];
  });
};

export const databaseSettings = {
  dataFolder: key({
    env: 'DATA_DIR',
    doc: 'Folder of database, keys and embedded Redis; the local workspace keeps to `local` in it.',
    schema: path,
    isFolder: true,
    default: './data',
    example: '/var/lib/swivel-sync',
  }),
  databaseFile: key({
    env: 'DATABASE_FILE',
    doc: 'SQLite file; by default swivel-sync.db in the data folder.',
    schema: path.optional(),
    isFile: true,
    example: '/var/lib/swivel-sync/swivel-sync.db',
  }),
  databaseUrl: key({
    env: 'DATABASE_URL',
    doc: 'Your Postgres, 15 or later, instead of the SQLite file: several bots and workers share it.',
    schema: secretAddress(
      /^postgres(ql)?:\/\//,
      'is not the address of a Postgres database (DATABASE_FILE names a SQLite file)',
      problemOfPostgres,
    ).optional(),
    ifEmpty: 'is empty, and a new SQLite file would be used in its place. Unset it to use the file',
    example: 'postgres://swivel@127.0.0.1:5432/swivel',
  }),
  privateKeyFile: key({
    env: 'PRIVATE_KEY_FILE',
    doc: 'File of the keys that open secrets, for the worker alone; by default in `keys` of the data folder.',
    schema: path.optional(),
    isFile: true,
    example: '/var/lib/swivel-sync-worker/keys.json',
  }),
  privateKeys: key({
    env: 'PRIVATE_KEYS',
    doc: 'The content of that file instead, for a worker that is started apart.',
    schema: secretWithout(problemOfKeys).optional(),
    ifEmpty: 'is empty, and a new key, which opens nothing of before, would be made in its place',
    example: '"$(cat sealing-private.json)"',
  }),
};
