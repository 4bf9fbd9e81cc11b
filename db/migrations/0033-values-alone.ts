import { sql, type Kysely } from 'kysely';

/**
 * A value stays for good, and the sync that read it is forgotten like others: it is named still, and no
 * longer held by that.
 */
export const valuesAlone = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    // A table is renamed only where every trigger that reads it can.
    const { rows: triggers } = await sql<{ name: string; sql: string }>`
      select name, sql from sqlite_master
      where type = 'trigger' and (tbl_name = 'policy_value' or sql like '%policy_value%')`.execute(
      db,
    );
    const statements = [
      ...triggers.map(({ name }) => `drop trigger ${name}`),
      `create table policy_value_alone (
        id text primary key,
        policy_id text not null references policy (id),
        sync_id text not null,
        name text not null,
        minor bigint not null,
        currency text not null,
        as_of text not null,
        observed_at bigint not null)`,
      `insert into policy_value_alone
        select id, policy_id, sync_id, name, minor, currency, as_of, observed_at from policy_value order by id`,
      `drop index policy_value_sync`,
      `drop table policy_value`,
      `alter table policy_value_alone rename to policy_value`,
      `create index policy_value_latest on policy_value (policy_id, name, id)`,
      ...triggers.map((trigger) => trigger.sql),
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
