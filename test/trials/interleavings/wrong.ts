import { sql } from 'kysely';
import type { Database } from '#database/connection.ts';

/** What is still open, of all there is. */
export const openOf = async (db: Database): Promise<{ syncs: number; requests: number }> => {
  const { syncs } = await db
    .selectFrom('sync')
    .select((of) => of.fn.countAll<number>().as('syncs'))
    .where('status', 'in', ['queued', 'in-progress'])
    .executeTakeFirstOrThrow();
  const { open } = await db
    .selectFrom('request')
    .select((of) => of.fn.countAll<number>().as('open'))
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow();
  return { syncs, requests: open };
};

export const twiceIn = async (db: Database): Promise<string[]> => {
  const { rows } = await sql<{ id: string }>`select sync_id as id from trial_end
    where status = 'success' group by sync_id having count(*) > 1`.execute(db);
  const values = await sql`select 1 from policy_value
    group by sync_id, name having count(*) > 1`.execute(db);
  return [
    ...(rows.length > 0 ? [`${rows.length} syncs finished twice`] : []),
    ...(values.rows.length > 0 ? [`${values.rows.length} values written twice`] : []),
  ];
};

/** Nothing of this sequence is counted as the next one's. */
export const forget = async (db: Database, now: number): Promise<void> => {
  await sql`delete from trial_end`.execute(db);
  await sql`update sync set status = 'cancelled' where status in ('queued', 'in-progress')`.execute(
    db,
  );
  await sql`update request set ended_at = ${now} where ended_at is null`.execute(db);
  await sql`delete from policy_value`.execute(db);
  await sql`delete from trial_end`.execute(db);
};
