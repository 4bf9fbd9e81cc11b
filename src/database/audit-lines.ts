import type { Database } from './connection.ts';

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
  let after = '';
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
      .where('a.id', '>', after)
      .orderBy('a.id')
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
    after = last.id;
  }
}
