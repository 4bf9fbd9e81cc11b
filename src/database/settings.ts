import { z } from 'zod';
import { key, secret, secretAddress } from '#shared/setting.ts';

export const databaseSettings = {
  dataFolder: key({
    env: 'DATA_DIR',
    doc: 'Folder of database, keys and embedded Redis; the local workspace keeps to `local` in it.',
    schema: z.string(),
    default: './data',
    example: '/var/lib/swivel-sync',
  }),
  databaseFile: key({
    env: 'DATABASE_FILE',
    doc: 'SQLite file; by default swivel-sync.db in the data folder.',
    schema: z.string().optional(),
    example: '/var/lib/swivel-sync/swivel-sync.db',
  }),
  databaseUrl: key({
    env: 'DATABASE_URL',
    doc: 'Your Postgres, 15 or later, instead of the SQLite file: several bots and workers share it.',
    schema: secretAddress(
      /^postgres(ql)?:\/\/\S+\/\S+$/,
      'is not the address of a Postgres database',
    ).optional(),
    example: 'postgres://swivel@127.0.0.1:5432/swivel',
  }),
  privateKeyFile: key({
    env: 'PRIVATE_KEY_FILE',
    doc: 'File of the keys that open secrets, for the worker alone; by default in `keys` of the data folder.',
    schema: z.string().optional(),
    example: '/var/lib/swivel-sync-worker/keys.json',
  }),
  privateKeys: key({
    env: 'PRIVATE_KEYS',
    doc: 'The content of that file instead, for a worker that is started apart.',
    schema: secret(/^\s*\{[\s\S]*\}\s*$/, 'is not the content of a key file').optional(),
    example: '"$(cat keys.json)"',
  }),
};
