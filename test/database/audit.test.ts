import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { audit } from '#database/audit.ts';
import { auditLines, forgetAudit, verifyAudit } from '#database/audit-lines.ts';
import type { Database } from '#database/connection.ts';
import { isOnPostgres, openTestDatabase } from '#test/support/database.ts';

const NOW = Date.parse('2026-11-20T15:00:00Z');
const DAY = 86_400_000;

let db: Database;
beforeEach(async () => {
  db = await openTestDatabase();
  for (let nth = 0; nth < 5; nth += 1)
    await audit(db, NOW + nth * DAY, { personId: 'ana', action: `act-${nth}`, policyId: 'p' });
});
afterEach(() => db.destroy());

const lines = async (): Promise<string[]> => {
  const actions: string[] = [];
  for await (const { action } of auditLines(db)) actions.push(action);
  return actions;
};
const hashOf = async (seq: number): Promise<string> =>
  (await db.selectFrom('audit').select('hash').where('seq', '=', seq).executeTakeFirstOrThrow())
    .hash;
const tamper = async (...statements: string[]): Promise<void> => {
  for (const rule of ['audit_no_update', 'audit_no_delete', 'audit_at_the_end'])
    await sql
      .raw(isOnPostgres() ? `alter table audit disable trigger ${rule}` : `drop trigger ${rule}`)
      .execute(db);
  for (const statement of statements) await sql.raw(statement).execute(db);
};

const FORGED = isOnPostgres()
  ? [
      `insert into audit select seq, id, at, person_id, 'other', subject_type, subject_id, detail, salt, hash from audit where seq = 3 on conflict (seq) do update set action = 'other'`,
      `insert into audit select 6, id, at, person_id, 'other', subject_type, subject_id, detail, salt, hash from audit where seq = 3 on conflict (id) do update set action = 'other'`,
      `insert into audit select 9, 'new', at, person_id, 'other', subject_type, subject_id, detail, salt, hash from audit where seq = 3 on conflict do nothing`,
      `update audit set action = 'other' where seq = 3`,
      `merge into audit a using audit_start s on a.seq = 3 when matched then update set action = 'other'`,
      `delete from audit where seq = 1`,
      `truncate audit`,
      `update audit_start set seq = 3, hash = ''`,
      `delete from audit_start`,
      `insert into audit_start values (1, 3, '') on conflict (id) do update set seq = 3`,
    ]
  : [
      `insert or replace into audit select seq, id, at, person_id, 'other', subject_type, subject_id, detail, salt, hash from audit where seq = 3`,
      `insert or replace into audit select 6, id, at, person_id, 'other', subject_type, subject_id, detail, salt, hash from audit where seq = 3`,
      `insert or replace into audit select seq, 'new', at, person_id, 'other', subject_type, subject_id, detail, salt, hash from audit where seq = 3`,
      `replace into audit (id, at, action, subject_type, subject_id, salt, hash) values ('new', 1, 'a', 's', 'i', '', '')`,
      `insert or ignore into audit select 9, 'new', at, person_id, 'other', subject_type, subject_id, detail, salt, hash from audit where seq = 3`,
      `update or replace audit set action = 'other' where seq = 3`,
      `delete from audit where seq = 1`,
      `update audit_start set seq = 3, hash = ''`,
      `replace into audit_start values (1, 3, '')`,
    ];

describe('a row of the audit', () => {
  it.each(FORGED)('stands against %s', async (statement) => {
    await expect(sql.raw(statement).execute(db)).rejects.toThrow(/the audit/);
    expect(await lines()).toEqual(['act-0', 'act-1', 'act-2', 'act-3', 'act-4']);
    expect(await verifyAudit(db)).toMatchObject({ kind: 'whole', rows: 5 });
  });
});

describe('the chain of the audit', () => {
  it.each([
    ['a row that was changed', 3, `update audit set action = 'other' where seq = 3`],
    ['a row that was taken out', 3, `delete from audit where seq = 3`],
    ['rows that changed places', 2, `update audit set seq = 9 where seq = 2`],
    [
      'a row that was put before the end',
      6,
      `insert into audit select 6, 'new', at, person_id, action, subject_type, subject_id, detail, salt, hash from audit where seq = 3`,
    ],
  ])('tells of %s', async (_what, seq, statement) => {
    await tamper(statement);
    expect(await verifyAudit(db)).toEqual({ kind: 'broken', seq });
  });

  it('tells of an end that was cut off by a hash that was noted before', async () => {
    const noted = await hashOf(5);
    expect(await verifyAudit(db, noted)).toMatchObject({ kind: 'whole', holdsKnown: true });
    await tamper('delete from audit where seq = 5');
    expect(await verifyAudit(db)).toMatchObject({ kind: 'whole', rows: 4 });
    expect(await verifyAudit(db, noted)).toMatchObject({ kind: 'whole', holdsKnown: false });
  });

  it('goes on where the oldest rows were let go, and stays whole', async () => {
    const store = { db, clock: () => NOW };
    const noted = await hashOf(5);
    expect(await forgetAudit(store, NOW + 2 * DAY, 500)).toBe(2);
    expect(await forgetAudit(store, NOW + 2 * DAY, 500)).toBe(0);
    await audit(db, NOW, { personId: undefined, action: 'act-5', sourceId: 's' });
    expect(await lines()).toEqual(['act-2', 'act-3', 'act-4', 'act-5']);
    expect(await verifyAudit(db, noted)).toMatchObject({ rows: 4, letGo: 2, holdsKnown: true });
    expect(await forgetAudit(store, NOW + 9 * DAY, 500)).toBe(4);
    await audit(db, NOW, { personId: undefined, action: 'act-6', sourceId: 's' });
    expect(await verifyAudit(db)).toMatchObject({ kind: 'whole', rows: 1, letGo: 6 });
  });

  it('holds rows of many writers at once', async () => {
    const write = (nth: number) =>
      db.transaction().execute((trx) => audit(trx, NOW, { personId: 'ben', action: `b-${nth}` }));
    await Promise.all(Array.from({ length: 20 }, (_, nth) => write(nth)));
    expect(await verifyAudit(db)).toMatchObject({ kind: 'whole', rows: 25 });
  });
});
