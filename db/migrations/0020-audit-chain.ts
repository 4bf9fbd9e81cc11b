import { sql, type Kysely } from 'kysely';
import { BEGINNING, chained, digestOf, newSalt, type AuditContent } from '../audit-chain.ts';

/**
 * Rows follow each other without a gap, each with a hash of itself and all before it. A row is added
 * at the end alone, whatever a statement does where rows collide.
 */
const TABLES = [
  `alter table audit rename to audit_before`,
  `drop index audit_subject`,
  `create table audit (
    seq integer primary key,
    id text not null unique,
    at bigint not null,
    person_id text,
    action text not null,
    subject_type text not null,
    subject_id text not null,
    detail text,
    salt text not null,
    hash text not null)`,
  // The last of the rows that are let go for their age: where the chain begins.
  `create table audit_start (id integer primary key check (id = 1), seq integer not null, hash text not null)`,
  `insert into audit_start values (1, 0, '')`,
];

const RULES = [
  `drop table audit_before`,
  `create index audit_subject on audit (subject_type, subject_id, seq)`,
  `create trigger audit_at_the_end before insert on audit
    when exists (select 1 from audit where id = new.id)
      or new.seq is not 1 + coalesce((select max(seq) from audit), (select seq from audit_start))
    begin select raise(abort, 'the audit is append-only'); end`,
  `create trigger audit_no_update before update on audit
    begin select raise(abort, 'the audit is append-only'); end`,
  `create trigger audit_no_delete before delete on audit
    when old.seq > (select seq from audit_start)
    begin select raise(abort, 'the audit is append-only'); end`,
  `create trigger audit_start_once before insert on audit_start
    begin select raise(abort, 'the audit has one start'); end`,
  `create trigger audit_start_kept before delete on audit_start
    begin select raise(abort, 'the audit has one start'); end`,
  // Let go is a whole beginning, up to a row that stands, by its own hash.
  `create trigger audit_start_forward before update on audit_start
    when not exists (select 1 from audit where seq = new.seq and hash = new.hash and seq > old.seq)
    begin select raise(abort, 'the audit is let go from its beginning alone'); end`,
];

const CHUNK = 500;

export const auditChain = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of TABLES) await sql.raw(statement).execute(db);
    let { seq, hash } = BEGINNING;
    for (let after = ''; ;) {
      const { rows } = await sql<AuditContent>`
        select id, at, person_id, action, subject_type, subject_id, detail from audit_before
        where id > ${after} order by id limit ${CHUNK}`.execute(db);
      for (const row of rows) {
        const salt = newSalt();
        seq += 1;
        hash = chained(hash, digestOf(row, salt));
        await sql`insert into audit values (${seq}, ${row.id}, ${row.at}, ${row.person_id},
          ${row.action}, ${row.subject_type}, ${row.subject_id}, ${row.detail}, ${salt}, ${hash})`.execute(
          db,
        );
      }
      const last = rows.at(-1);
      if (last === undefined) break;
      after = last.id;
    }
    for (const rule of RULES) await sql.raw(rule).execute(db);
  },
};
