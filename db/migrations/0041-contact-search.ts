import { sql, type Kysely } from 'kysely';
import type { Step } from '../step.ts';

/**
 * Finds parts of names among all contacts. The index knows its rows by numbers, which a contact has
 * none of that stays the same: contact_words gives it one. Postgres has an index on contact instead.
 */
const STATEMENTS = [
  `create table contact_words (row integer primary key, contact_id text not null unique)`,
  `create virtual table contact_search using fts5(
    text, content='', contentless_delete=1, tokenize='trigram remove_diacritics 1')`,
  `insert into contact_words (contact_id) select id from contact`,
  `insert into contact_search (rowid, text)
    select w.row, ' ' || c.search || ' ' from contact_words w join contact c on c.id = w.contact_id`,
  `create trigger contact_words_added after insert on contact begin
    insert into contact_words (contact_id) values (new.id);
    insert into contact_search (rowid, text)
      select row, ' ' || new.search || ' ' from contact_words where contact_id = new.id;
  end`,
  `create trigger contact_words_changed after update of search on contact
    when old.search <> new.search begin
    update contact_search set text = ' ' || new.search || ' '
      where rowid = (select row from contact_words where contact_id = new.id);
  end`,
  `create trigger contact_words_gone after delete on contact begin
    delete from contact_search
      where rowid = (select row from contact_words where contact_id = old.id);
    delete from contact_words where contact_id = old.id;
  end`,
];

const run =
  (statements: readonly string[]) =>
  async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  };

export const contactSearch = { up: run(STATEMENTS) };

export const contactSearchOnPostgres: Step = {
  isAlone: true,
  up: run([
    `drop index concurrently if exists contact_search`,
    `create index concurrently contact_search on contact
      using gin ((' ' || search || ' ') gin_trgm_ops)`,
  ]),
};
