import { sql, type Kysely } from 'kysely';

/** What acts, sweeps and cards look for among rows that have ended, without walking over them. */
const STATEMENTS = [
  // The newest reads of a login, for the pace of its carrier.
  `create index sync_read on sync (source_id, id)
    where status in ('success', 'not-found') and started_at is not null`,
  // Cards that still move, and what waits for one person.
  `create index request_live on request (person_id, id) where ended_at is null`,
  `create index request_person on request (person_id, created_at)`,
];

export const size = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
