import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { RESTORING } from './serving.ts';

/** What a Postgres says of itself, as far as this user may know it. */
export interface PostgresFacts {
  /** As people write it: 15.14. */
  version: string;
  major: number;
  /** Whether it compares text as a dictionary does, and not by bytes. */
  sortsByLanguage: boolean;
  /** What it says to have written is on the disk, whatever happens to the machine. */
  syncs: boolean;
  /** It says so only then. */
  waitsForDisk: boolean;
  /** Its time, epoch ms, and how long its answer took here. */
  at: number;
  tookMs: number;
  /** Connections that are left for this program, with those that it has now. */
  room: number;
  /** Whether the search's extension is there to be made. */
  hasTrigrams: boolean;
  /** Of this database: UTF8. */
  encoding: string;
  /** What this user may not do here, of what a start does: make tables, or the extension. */
  mayNot: readonly ('tables' | 'extension')[];
  bytes: number;
  /** Where its data is; undefined where this user is not told. */
  dataFolder: string | undefined;
}

const WITHIN_MS = 3000;

/** The narrowest of what the server, this database and this user may have, without what others hold. */
const ROOM = `(select least(
    current_setting('max_connections')::int
      - current_setting('superuser_reserved_connections')::int
      - (select count(*) from pg_stat_activity
          where backend_type = 'client backend' and datname is distinct from current_database()),
    (select nullif(datconnlimit, -1) from pg_database where datname = current_database()),
    (select nullif(rolconnlimit, -1) from pg_roles where rolname = current_user)))::int`;

const asking = async <T>(url: string, ask: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: WITHIN_MS,
    query_timeout: WITHIN_MS,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await ask(client);
  } finally {
    await client.end();
  }
};

/** A connection that was closed ends on the server a moment later. */
const ENDING_MS = 2000;

/** How many others have this database open, and go on having it. */
export const othersAt = (url: string): Promise<number> =>
  asking(url, async (client) => {
    for (let waited = 0; ; waited += 100) {
      const { rows } = await client.query<{ n: number }>(`select count(*)::int as n
        from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
          and backend_type = 'client backend'`);
      const others = rows[0]?.n ?? 0;
      if (others === 0 || waited >= ENDING_MS) return others;
      await sleep(100);
    }
  });

/** The hash of the copy that has come into it and is not settled. */
export const restoreAt = (url: string): Promise<string | undefined> =>
  asking(url, async (client) => {
    const { rows: has } = await client.query(`select 1 where to_regclass('serving') is not null`);
    if (has.length === 0) return undefined;
    const { rows } = await client.query<{ hash: string }>(
      'select team_id as hash from serving where id = $1',
      [RESTORING],
    );
    return rows[0]?.hash;
  });

/** It takes no writes yet: a standby, or one that is being brought back. */
export const isRecovering = (url: string): Promise<boolean> =>
  asking(url, async (client) => {
    const { rows } = await client.query<{ is: boolean }>('select pg_is_in_recovery() as is');
    return rows[0]?.is === true;
  });

/** When the last transaction that it was brought back with was committed; known until its next start. */
export const replayedUntil = (url: string): Promise<number | undefined> =>
  asking(url, async (client) => {
    const { rows } = await client.query<{ at: string | null }>(
      `select floor(extract(epoch from pg_last_xact_replay_timestamp()) * 1000)::text as at`,
    );
    const at = rows[0]?.at ?? undefined;
    return at === undefined ? undefined : Number(at);
  });

/** Asks the server about itself and changes nothing. Rejects with its own words when it is not reached. */
export const examinePostgres = (url: string): Promise<PostgresFacts> =>
  asking(url, async (client) => {
    const asked = performance.now();
    const { rows: time } = await client.query<{ ms: string }>(
      `select floor(extract(epoch from clock_timestamp()) * 1000)::text as ms`,
    );
    const tookMs = performance.now() - asked;
    const { rows } = await client.query<Omit<PostgresFacts, 'at' | 'tookMs'>>(`select
      split_part(current_setting('server_version'), ' ', 1) as version,
      current_setting('server_version_num')::int / 10000 as major,
      'a'::text < 'B'::text as "sortsByLanguage",
      current_setting('fsync') = 'on' and current_setting('full_page_writes') = 'on' as syncs,
      current_setting('synchronous_commit') <> 'off' as "waitsForDisk",
      ${ROOM} as room,
      exists (select from pg_available_extensions where name = 'pg_trgm') as "hasTrigrams",
      pg_encoding_to_char((select encoding from pg_database where datname = current_database()))
        as encoding,
      array_remove(array[
        case when coalesce(has_schema_privilege(current_schema(), 'create'), false)
          then null else 'tables' end,
        case when exists (select from pg_extension where extname = 'pg_trgm')
            or has_database_privilege(current_database(), 'create')
          then null else 'extension' end], null) as "mayNot",
      pg_database_size(current_database())::float8 as bytes,
      (select setting from pg_settings where name = 'data_directory') as "dataFolder"`);
    const [facts] = rows;
    if (facts === undefined) throw new Error('it says nothing of itself');
    const dataFolder = facts.dataFolder ?? undefined;
    return { ...facts, dataFolder, at: Number(time[0]?.ms), tookMs };
  });
