import { sql } from 'kysely';
import type { Database } from './connection.ts';

/** Transactions on Postgres that may see what was deleted before, or keep it in sight of others. */
export interface Holders {
  transactions: string[];
  /** The first transaction that had not begun. */
  next: string;
}

/**
 * Locks are told to everybody; what else a server says of others' sessions it may hide. Who looks in
 * another database sees nothing of this one; who writes there has a number, and no look begins behind it.
 */
const running = sql`select l.virtualtransaction from pg_locks l
  join pg_stat_activity a on a.pid = l.pid
  where l.granted and l.pid <> pg_backend_pid() and (l.locktype = 'transactionid'
    or (l.locktype = 'virtualxid' and a.datname = current_database()))`;

export const holdersNow = async (db: Database): Promise<Holders> => {
  const { rows } = await sql<Holders>`
    select array(${running}) as transactions,
      (pg_snapshot_xmax(pg_current_snapshot())::text::numeric % 4294967296)::text as next`.execute(
    db,
  );
  return rows[0] ?? { transactions: [], next: '0' };
};

/** Whether any of them goes on, or a replica asks for what was there before. */
export const isHeld = async (db: Database, { transactions, next }: Holders): Promise<boolean> => {
  const { rows } = await sql`
    select id from (${running}) as now (id) where id = any(${transactions})
    union all
    select slot_name from pg_replication_slots where age(xmin) > age(${next}::xid)
    union all
    select application_name from pg_stat_replication where age(backend_xmin) > age(${next}::xid)
    limit 1`.execute(db);
  return rows.length > 0;
};
