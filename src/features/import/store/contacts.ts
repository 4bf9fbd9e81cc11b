import type { ContactLine } from '../line.ts';
import { searchText } from '#shared/search-words.ts';
import type { SavedLine } from '../saving.ts';
import type { Database } from '#database/connection.ts';
import { isSameSet, personIds } from './people.ts';
import { isSame, type Writing } from './rows.ts';

/** Contacts with whose books they are in; the file's list of advisors is the whole truth. */
export const saveContacts = async (
  trx: Database,
  lines: readonly ContactLine[],
  { nextId }: Writing,
): Promise<SavedLine[]> => {
  const ids = lines.map(({ contact_id }) => contact_id);
  const found = await trx
    .selectFrom('contact')
    .selectAll()
    .where('external_id', 'in', ids)
    .execute();
  const before = new Map(found.map((row) => [row.external_id, row]));
  const personId = await personIds(
    trx,
    lines.flatMap(({ advisors }) => advisors),
  );
  const books = await trx
    .selectFrom('book')
    .innerJoin('contact', 'contact.id', 'book.contact_id')
    .select(['book.contact_id', 'book.person_id'])
    .where('contact.external_id', 'in', ids)
    .execute();
  const booksOf = Map.groupBy(books, ({ contact_id }) => contact_id);
  const saved: SavedLine[] = [];
  for (const line of lines) {
    const row = before.get(line.contact_id);
    const id = row?.id ?? nextId();
    const next = {
      kind: line.kind,
      name: line.name,
      email: line.email,
      birth_year: line.birth_year,
      city: line.city === '' ? null : line.city,
      search: searchText(line.name, line.email),
    };
    const changed = row !== undefined && !isSame(row, next);
    if (row === undefined) {
      await trx
        .insertInto('contact')
        .values({ id, external_id: line.contact_id, ...next })
        .execute();
    } else if (changed) {
      await trx.updateTable('contact').set(next).where('id', '=', id).execute();
    }
    const advisors = new Set(line.advisors.map(personId));
    const moved = !isSameSet(new Set(booksOf.get(id)?.map((book) => book.person_id)), advisors);
    if (moved) {
      await trx.deleteFrom('book').where('contact_id', '=', id).execute();
      for (const person_id of advisors) {
        await trx.insertInto('book').values({ contact_id: id, person_id }).execute();
      }
    }
    if (row === undefined) saved.push({ saved: 'added' });
    else saved.push({ saved: changed || moved ? 'changed' : 'unchanged' });
  }
  return saved;
};
