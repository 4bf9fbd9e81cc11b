import { sql } from 'kysely';
import type { Database } from '#database/connection.ts';
import { isPostgres } from '#database/dialect.ts';

/** From now on `trial_end` has a row for each end of a sync, with the fence it ran by and the login's at that moment. */
export const noteEnds = async (db: Database): Promise<void> => {
  await sql`create table trial_end (
    sync_id text not null, status text not null, fence integer, lease_fence integer)`.execute(db);
  const note = sql`insert into trial_end values (new.id, new.status,
    case when old.status = 'in-progress' then old.fence end,
    (select fence from login_lease where source_id = new.source_id));`;
  const when = sql`old.status in ('queued', 'in-progress')
    and new.status not in ('queued', 'in-progress')`;
  if (!isPostgres(db)) {
    await sql`create trigger trial_end after update of status on sync when ${when}
      begin ${note} end`.execute(db);
    return;
  }
  await sql`create function trial_end() returns trigger language plpgsql as $body$
    begin ${note} return null; end $body$`.execute(db);
  await sql`create trigger trial_end after update of status on sync for each row when (${when})
    execute function trial_end()`.execute(db);
};
