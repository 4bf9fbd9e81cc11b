import { ownPostgres, useServer } from './database.ts';
import { startPostgresWithTables } from './postgres.ts';

/** Where a firm lives, and by how many processes it is served. */
export interface Where {
  bots: number;
  workers: number;
  /** One of a server, for each firm; without it each has a file. */
  newDatabase?: () => Promise<AsyncDisposable & { url: string }>;
}

export const WHERE_NAMES = ['sqlite', 'postgres'] as const;
export type WhereName = (typeof WHERE_NAMES)[number];

/** As `npm start` runs it. */
export const ON_SQLITE: Where = { bots: 1, workers: 1 };

/** As a firm runs it that leans on no single process; for whoever has a server already. */
export const ON_POSTGRES: Where = { bots: 2, workers: 3, newDatabase: ownPostgres };

/** Starts the server where one is needed. Throws what is missing, and how to install it. */
export const openWhere = async (name: WhereName): Promise<Where & AsyncDisposable> => {
  if (name === 'sqlite') return { ...ON_SQLITE, [Symbol.asyncDispose]: () => Promise.resolve() };
  const server = await startPostgresWithTables();
  useServer(server.url);
  return {
    ...ON_POSTGRES,
    [Symbol.asyncDispose]: async () => {
      useServer(undefined);
      await server[Symbol.asyncDispose]();
    },
  };
};

/** What processes of a role are called: by the role where there is one, else numbered. */
export const processNames = (role: string, howMany: number): string[] =>
  howMany === 1 ? [role] : Array.from({ length: howMany }, (_, at) => `${role}-${at + 1}`);
