import { sql, type Kysely } from 'kysely';

/** What Slack says of a person's account, who ended their access, and what was changed here. */
const STATEMENTS = [
  // member, guest, deactivated, stranger or absent; null: Slack was never asked.
  `alter table person add column slack_standing text`,
  // When Slack said so last, epoch ms.
  `alter table person add column slack_checked_at bigint not null default 0`,
  // crm or slack, while deactivated_at is set; null: from before this was known.
  `alter table person add column ended_by text`,
  // As of policy.edits, of the field "role".
  `alter table person add column edits text`,
];

export const standing = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
