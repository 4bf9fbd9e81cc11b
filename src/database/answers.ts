import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Database } from './connection.ts';

/** Whoever asks whether this process is ready waits no longer for it. */
const WITHIN_MS = 2000;

/** Whether the database answers at once; why not, where it does not. */
export const whyNoAnswer = async (db: Database): Promise<string | undefined> => {
  const asked = sql`select 1 from serving`.execute(db);
  const late = `no answer within ${WITHIN_MS / 1000} seconds`;
  try {
    const first = await Promise.race([asked, setTimeout(WITHIN_MS, late, { ref: false })]);
    return typeof first === 'string' ? first : undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};
