import { sql, type Kysely } from 'kysely';

/** Links that last: ways of a code, remembered devices, set-up keys, kept-alive sessions, warnings. */
const STATEMENTS = [
  // The ways a code may go that the portal offers, as JSON, and the one a person chose.
  `alter table sign_in add column channels text`,
  `alter table sign_in add column channel text`,

  // Until when the portal asks the remembered device for no code; the day its password ends there.
  `alter table login_source add column trusted_until bigint`,
  `alter table login_source add column password_ends text`,
  // The last step of the authenticator whose code was used: no code is given twice.
  `alter table login_source add column code_step bigint`,
  // The set-up key gave a code that was refused: it gives none until it is entered anew.
  `alter table login_source add column seed_refused integer not null default 0`,
  // When the signed-in session was used last, and when it was last looked after.
  `alter table login_source add column used_at bigint`,
  // When it needed its person, other than by a person's own act, and whether the holder knows.
  `alter table login_source add column unlinked_at bigint`,
  `alter table login_source add column unlinked_told integer not null default 1`,
  `create index login_source_untold on login_source (id) where unlinked_told = 0`,

  // What a letter tells of a login, so that it is checked off there, and not told too often.
  // until: of what ends, the moment or day as text, '' where it has ended already.
  `create table letter_source (
    letter_id text not null references letter (id),
    source_id text not null references login_source (id),
    why text not null,
    until text not null,
    primary key (letter_id, source_id, why))`,
  `create index letter_source_source on letter_source (source_id, why)`,
];

export const links = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
