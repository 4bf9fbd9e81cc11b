import { sql } from 'kysely';
import type { Database } from './connection.ts';

/** Whether the database answers; why not, where it does not. */
export const whyNoAnswer = async (db: Database): Promise<string | undefined> => {
  try {
    await sql`select 1 from serving`.execute(db);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};
