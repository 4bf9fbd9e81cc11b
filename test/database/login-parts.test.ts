import BetterSqlite from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { migrations } from '#db/migrations/index.ts';

const BEFORE = '0030-report-filters';
const AFTER = '0032-login-parts';

let connection: BetterSqlite.Database;
let db: Kysely<unknown>;
beforeEach(async () => {
  connection = new BetterSqlite(':memory:');
  connection.pragma('foreign_keys = ON');
  db = new Kysely({ dialect: new SqliteDialect({ database: connection }) });
  await migrateTo(BEFORE);
  connection.exec(`insert into person (id, name, role) values ('ana', 'Ana', 'advisor');
    insert into carrier (id, name) values ('nb', 'Northbridge')`);
});
afterEach(() => db.destroy());

const migrateTo = async (name: string): Promise<void> => {
  const provider = { getMigrations: () => Promise.resolve(migrations) };
  const { error } = await new Migrator({ db, provider }).migrateTo(name);
  if (error !== undefined) throw error;
};
const rows = (table: string): unknown[] => connection.prepare(`select * from ${table}`).all();

const LOGIN = { id: 'busy', external_id: 'S-1', carrier_id: 'nb', name: 'Ana', holder_id: 'ana' };
const OF = { source_id: 'busy' };
const LINK = {
  linked: 1,
  linked_at: 11,
  unlinked_reason: 'session-ended',
  unlinked_at: 12,
  unlinked_told: 0,
  password_ends: '2026-12-01',
  code_step: 13,
  used_at: 14,
  ended_early_at: 15,
  day_wanted_at: 16,
};
const CONSENT = { trusted_until: 32, seed_refused: 1 };

/** A login of which every column says something, and one of which none does. */
const insertBoth = (): void => {
  const full = {
    ...LOGIN,
    ...LINK,
    ...CONSENT,
    link_ends_at: 17,
    removed_at: 99,
    lease_fence: 21,
    lease_holder: 'w1',
    lease_token: 't',
    lease_job_id: 'j',
    lease_expires_at: 22,
    not_before: 23,
    consent_by: 'ana',
    consent_at: 31,
    automatic_sign_in: 1,
    held_until: 41,
    held_by: 'ana',
  };
  for (const login of [full, { ...LOGIN, id: 'new', external_id: null, linked: 0 }])
    connection
      .prepare(
        `insert into login_source (${Object.keys(login).join()})
          values (${Object.keys(login)
            .map(() => '?')
            .join()})`,
      )
      .run(...Object.values(login));
};

it('keeps all that was known of a login when its parts get tables of their own', async () => {
  insertBoth();
  connection.exec(`insert into source_share values ('busy', 'ana')`);
  await migrateTo(AFTER);
  expect(rows('login_source')).toEqual([
    { ...LOGIN, removed_at: 99 },
    { ...LOGIN, id: 'new', external_id: null, removed_at: null },
  ]);
  expect(rows('login_link')).toMatchObject([
    { ...OF, ...LINK, ends_at: 17 },
    { source_id: 'new', linked: 0, linked_at: null, unlinked_told: 1, day_wanted_at: null },
  ]);
  expect(rows('login_lease')).toEqual([
    { ...OF, fence: 21, holder: 'w1', token: 't', job_id: 'j', expires_at: 22, not_before: 23 },
    {
      source_id: 'new',
      fence: 0,
      holder: null,
      token: null,
      job_id: null,
      expires_at: 0,
      not_before: 0,
    },
  ]);
  expect(rows('login_consent')).toEqual([
    { ...OF, person_id: 'ana', at: 31, automatic: 1, ...CONSENT },
  ]);
  expect(rows('login_hold')).toEqual([{ ...OF, until: 41, person_id: 'ana' }]);
  expect(rows('source_share')).toHaveLength(1);
  expect(connection.pragma('foreign_key_check')).toEqual([]);
  expect(connection.pragma('integrity_check', { simple: true })).toBe('ok');
});

it('makes a link and a lease with each login, and wants its day once it is linked', async () => {
  await migrateTo(AFTER);
  connection.exec(`insert into login_source (id, carrier_id, name, holder_id)
    values ('later', 'nb', 'Later', 'ana')`);
  expect(rows('login_link')).toMatchObject([{ source_id: 'later', linked: 0 }]);
  expect(rows('login_lease')).toMatchObject([{ source_id: 'later', fence: 0, expires_at: 0 }]);
  connection.exec(`update login_link set linked = 1, linked_at = 7`);
  expect(rows('login_link')).toMatchObject([{ day_wanted_at: 7 }]);
});
