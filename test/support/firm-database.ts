import type { Database } from '#database/connection.ts';
import { openPostgres } from '#database/postgres.ts';
import { openTestDatabase, openTestFile } from './database.ts';
import type { Where } from './where.ts';

/** Of each process on a server. */
const CONNECTIONS = 4;

/** The database of a firm, by connections of whoever looks at it and of each that serves it. */
export interface FirmDatabase {
  db: Database;
  /** On a server, connections of its own that end with this stack; else the one that all share. */
  in: (stack: AsyncDisposableStack) => Promise<Database>;
  /** How a process of its own is told of it. */
  env: Record<string, string>;
  /** Of the server; a file has none. */
  url?: string;
}

const openUrl = async (stack: AsyncDisposableStack, url: string): Promise<Database> =>
  stack.adopt(await openPostgres({ url, connections: CONNECTIONS }), (db) => db.destroy());

/** Opens where it lives; without that in this file, or in one that the tests choose. Ends with the stack. */
export const openFirmDatabase = async (
  stack: AsyncDisposableStack,
  { where, file, isAny }: { where?: Where | undefined; file: string; isAny?: boolean },
): Promise<FirmDatabase> => {
  const server = where?.newDatabase && stack.use(await where.newDatabase());
  if (server !== undefined)
    return {
      db: await openUrl(stack, server.url),
      in: (inner) => openUrl(inner, server.url),
      env: { DATABASE_URL: server.url },
      url: server.url,
    };
  const opened = await (isAny === true ? openTestDatabase() : openTestFile(file));
  const db = stack.adopt(opened, (one) => one.destroy());
  return { db, in: () => Promise.resolve(db), env: { DATABASE_FILE: file } };
};
