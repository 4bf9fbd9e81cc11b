import { chained, digestOf } from '#db/audit-chain.ts';
import { breathe } from '#shared/clock.ts';
import type { Database } from './connection.ts';
import { lockAudit } from './locks.ts';
import type { Store } from './store.ts';

/** One line of the audit with the names that people know, as far as they still exist. */
export interface AuditLine {
  /** ISO, UTC. */
  at: string;
  person: string;
  email: string;
  action: string;
  subject_type: string;
  /** A policy's number, the name of a login, a person or a carrier. */
  subject: string;
  subject_id: string;
  /** JSON */
  detail: string;
}

const CHUNK = 1000;

/** The whole append-only audit, oldest first, read in pieces so that any length fits in memory. */
export async function* auditLines(db: Database): AsyncGenerator<AuditLine> {
  let after = 0;
  for (;;) {
    const rows = await db
      .selectFrom('audit as a')
      .leftJoin('person as p', 'p.id', 'a.person_id')
      .leftJoin('policy', (on) =>
        on.onRef('policy.id', '=', 'a.subject_id').on('a.subject_type', '=', 'policy'),
      )
      .leftJoin('login_source as l', (on) =>
        on.onRef('l.id', '=', 'a.subject_id').on('a.subject_type', '=', 'source'),
      )
      .leftJoin('carrier as c', (on) =>
        on.onRef('c.id', '=', 'a.subject_id').on('a.subject_type', '=', 'carrier'),
      )
      .leftJoin('person as s', (on) =>
        on.onRef('s.id', '=', 'a.subject_id').on('a.subject_type', '=', 'person'),
      )
      .selectAll('a')
      .select([
        'p.name as person',
        'p.email',
        'policy.number',
        'l.name as source',
        's.name as who',
        'c.name as carrier',
      ])
      .where('a.seq', '>', after)
      .orderBy('a.seq')
      .limit(CHUNK)
      .execute();
    for (const row of rows)
      yield {
        at: new Date(row.at).toISOString(),
        person: row.person ?? '',
        email: row.email ?? '',
        action: row.action,
        subject_type: row.subject_type,
        subject: row.number ?? row.source ?? row.who ?? row.carrier ?? '',
        subject_id: row.subject_id,
        detail: row.detail ?? '',
      };
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.seq;
  }
}

export type AuditVerdict =
  | { kind: 'whole'; rows: number; letGo: number; hash: string; holdsKnown: boolean }
  /** The first row that is not what was written, or is missing. */
  | { kind: 'broken'; seq: number };

/** Whether each row is what was written, none is missing, and `known`, an earlier hash, is among them. */
export const verifyAudit = async (db: Database, known?: string): Promise<AuditVerdict> => {
  const start = await db.selectFrom('audit_start').selectAll().executeTakeFirstOrThrow();
  let { seq, hash } = start;
  let holdsKnown = known === undefined || known === hash;
  for (;;) {
    const rows = await db
      .selectFrom('audit')
      .selectAll()
      .where('seq', '>', seq)
      .orderBy('seq')
      .limit(CHUNK)
      .execute();
    for (const row of rows) {
      hash = chained(hash, digestOf(row, row.salt));
      if (row.seq !== seq + 1 || row.hash !== hash) return { kind: 'broken', seq: seq + 1 };
      seq = row.seq;
      holdsKnown ||= hash === known;
    }
    if (rows.length === 0)
      return { kind: 'whole', rows: seq - start.seq, letGo: start.seq, hash, holdsKnown };
    await breathe();
  }
};

/** Lets up to `limit` of the oldest rows go that are of before that moment; how many. */
export const forgetAudit = ({ db }: Store, before: number, limit: number): Promise<number> =>
  db.transaction().execute(async (trx) => {
    await lockAudit(trx);
    const oldest = await trx
      .selectFrom('audit')
      .select(['seq', 'hash', 'at'])
      .orderBy('seq')
      .limit(limit)
      .execute();
    // A whole beginning: up to the first one that is young enough to stay.
    const stays = oldest.findIndex(({ at }) => at >= before);
    const last = stays === -1 ? oldest.at(-1) : oldest[stays - 1];
    if (last === undefined) return 0;
    await trx.updateTable('audit_start').set({ seq: last.seq, hash: last.hash }).execute();
    await trx.deleteFrom('audit').where('seq', '<=', last.seq).execute();
    return stays === -1 ? oldest.length : stays;
  });
