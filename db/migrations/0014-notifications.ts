import { sql, type Kysely } from 'kysely';

/** What we tell by ourselves is called a notification, in the tables as everywhere. */
const STATEMENTS = [
  `alter table letter rename to notification`,
  `alter table letter_source rename to notification_source`,
  `alter table notification_source rename column letter_id to notification_id`,
  `update notification set kind = 'carrier-pause' where kind = 'breakage'`,
  // Messages that were sent of them are known by the same name.
  `update subject_message set subject_id = 'notification:' || substr(subject_id, 8)
    where subject_id like 'letter:%'`,
];

export const notifications = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
