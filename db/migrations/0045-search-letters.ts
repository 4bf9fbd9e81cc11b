import { sql, type Kysely } from 'kysely';

/**
 * An index of three letters only marks what it has forgotten: until its segments are merged the letters
 * of a contact who was erased stay in the file. Counts what it forgot, and how much of that is known to
 * be merged away. The first count stands for what an earlier program has left in it.
 */
const COUNTS = [
  `alter table deletion add column letters_made integer not null default 1`,
  `alter table deletion add column letters_wiped integer not null default 0`,
];

const COUNTED = [
  ['letters_contact_gone', 'delete on contact'],
  ['search_contact_changed', 'update of search on contact when old.search <> new.search'],
  ['search_policy_gone', 'delete on policy_report'],
  ['search_policy_changed', 'update of text on policy_report when old.text <> new.text'],
].map(
  ([name, change]) => `create trigger ${name} after ${change}
    begin update deletion set letters_made = letters_made + 1; end`,
);

/** What a search compares and sorts by is beside the number that the index gives: one row, not three. */
const WORDS = [
  `alter table contact_words add column name text not null default ''`,
  `alter table contact_words add column search text not null default ''`,
  `update contact_words set (name, search) =
    (select c.name, c.search from contact c where c.id = contact_words.contact_id)`,
  `drop trigger contact_words_added`,
  `create trigger contact_words_added after insert on contact begin
    insert into contact_words (contact_id, name, search) values (new.id, new.name, new.search);
    insert into contact_search (rowid, text)
      select row, ' ' || new.search || ' ' from contact_words where contact_id = new.id;
  end`,
  `create trigger contact_words_kept after update of name, search on contact
    when old.name <> new.name or old.search <> new.search begin
    update contact_words set name = new.name, search = new.search where contact_id = new.id;
  end`,
];

const run =
  (statements: readonly string[]) =>
  async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  };

export const searchLetters = { up: run([...COUNTS, ...COUNTED, ...WORDS]) };

/** Rows that are gone stay in pages and indexes until a vacuum: what changes often is left to the server's own. */
export const searchLettersOnPostgres = {
  up: run([
    ...COUNTS,
    `create function letters_contact_gone() returns trigger language plpgsql as $$
      begin update deletion set letters_made = letters_made + 1; return null; end $$`,
    `create trigger letters_contact_gone after delete on contact
      for each statement execute function letters_contact_gone()`,
  ]),
};
