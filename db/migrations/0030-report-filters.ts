import { sql, type Kysely } from 'kysely';

/** The policies whose status differs at the carrier, newest first, so that Home counts and lists them. */
export const reportFilters = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const [name, columns] of [
      ['policy_report_differs', 'last_attempt_at'],
      ['policy_report_carrier_differs', 'carrier_id, last_attempt_at'],
    ])
      await sql
        .raw(
          `create index ${name} on policy_report (${columns}) where last_reason = 'status-drift'`,
        )
        .execute(db);
  },
};
