import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { sql } from 'kysely';
import type { Database } from '#database/connection.ts';
import { loadOrCreateKeys } from '#database/keys.ts';
import { createOpener } from '#database/sealing.ts';

/** Every key and value of a Redis, as a person with a client would read it. */
export const readRedis = async (address: string): Promise<string> => {
  const redis = new Redis(address);
  const read = async (key: string): Promise<unknown> => {
    switch (await redis.type(key)) {
      case 'hash':
        return redis.hgetall(key);
      case 'list':
        return redis.lrange(key, 0, -1);
      case 'zset':
        return redis.zrange(key, 0, '-1');
      case 'set':
        return redis.smembers(key);
      case 'stream':
        return redis.xrange(key, '-', '+');
      default:
        return redis.get(key);
    }
  };
  const parts: unknown[] = [];
  for (const key of await redis.keys('*')) parts.push(key, await read(key));
  await redis.quit();
  return JSON.stringify(parts);
};

/** Names and bytes of all files in the folder; the keys are what everything else is sealed with. */
export const readFiles = (folder: string, but = /^keys/): string =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => !but.test(file))
    .map((file) => `${file}\n${bytesOf(join(folder, file))}`)
    .join('\n');

/** Of a file that goes while it is read there is nothing to be told. */
const bytesOf = (file: string): string => {
  try {
    return statSync(file).isFile() ? readFileSync(file, 'latin1') : '';
  } catch {
    return '';
  }
};

/** Every row of every table, as a query shows it. */
export const readRows = async (db: Database): Promise<string> => {
  const { rows: tables } = await sql<{
    name: string;
  }>`select name from sqlite_master where type = 'table'`.execute(db);
  const rows = [];
  for (const { name } of tables)
    rows.push(name, (await sql`select * from ${sql.table(name)}`.execute(db)).rows);
  return JSON.stringify(rows);
};

/** What kept sessions of portals hold: the values that would let anybody in. */
export const portalTokens = async (db: Database, folder: string): Promise<string[]> => {
  const opener = createOpener(await loadOrCreateKeys(join(folder, 'keys')));
  const kept = await db
    .selectFrom('sealed_secret')
    .select(['source_id', 'key_id as keyId', 'sealed'])
    .where('kind', '=', 'session')
    .execute();
  const opened = await Promise.all(
    kept.map(async ({ source_id, ...sealed }) => (await opener.open(sealed, source_id)).reveal()),
  );
  return opened.flatMap((text) => text.match(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22,}/g) ?? []);
};
