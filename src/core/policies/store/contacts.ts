import type { Store } from '#database/store.ts';
import { sql } from 'kysely';
import type { Scope, ContactBrief, SheetPolicy } from '../policies.ts';
import type { Database } from '#database/connection.ts';
import {
  allOfAny,
  holds,
  isIndexed,
  noIndex,
  searchedContacts,
  type Parts,
} from '#database/dialect.ts';
import { partsToAskFor, type Asked } from './few-names.ts';
import { searchWords } from '#shared/search-words.ts';
import { briefs, within as policiesWithin } from './briefs.ts';

const contactBriefs = (db: Database) =>
  db
    .selectFrom('contact as c')
    .select(['c.id', 'c.name', 'c.birth_year as birthYear', 'c.city', 'c.email'])
    .select((of) => [
      of.ref('c.kind').$castTo<'individual' | 'organization'>().as('kind'),
      sql<number>`(select count(*) from policy p where p.contact_id = c.id)`.as('policies'),
    ]);

/** When any login last read this policy successfully. */
const withLastSuccess = (query: ReturnType<typeof briefs>) =>
  query.select((of) =>
    of
      .selectFrom('source_policy as seen')
      .select(({ fn }) => fn.max('seen.last_success_at').as('at'))
      .whereRef('seen.policy_id', '=', 'p.id')
      .as('lastSuccessAt'),
  );

export const contactById = ({ db }: Store, id: string): Promise<ContactBrief | undefined> =>
  contactBriefs(db).where('c.id', '=', id).executeTakeFirst();

/** So many are no answer any more: the person is asked to type more. */
const MOST_HITS = 500;

/**
 * In a book each contact is looked at; among all, those that the index has for parts of three letters.
 * Only what is looked for and sorted by: the rest is read of those alone that are shown.
 */
const among = (db: Database, scope: Scope, anyOf: readonly Parts[], asked: Asked) => {
  const inAll = scope.kind === 'all' && anyOf.every((parts) => parts.length > 0);
  const rows = inAll ? sql`(${searchedContacts(anyOf, MOST_HITS, asked)})` : sql`contact`;
  const names = db
    .selectFrom(rows.$castTo<{ id: string; name: string; search: string }>().as('c'))
    .select(['c.id', 'c.search']);
  return scope.kind === 'all'
    ? names
    : names.where('c.id', 'in', (of) =>
        of.selectFrom('book').select('contact_id').where('person_id', '=', scope.personId),
      );
};

/** Few are sorted; walking all of them by name instead would be the long way. */
const byName = noIndex('c.name');

/** These contacts, by name. */
export const contactsOf = async ({ db }: Store, ids: readonly string[]): Promise<ContactBrief[]> =>
  ids.length === 0
    ? []
    : contactBriefs(db).where('c.id', 'in', ids).orderBy(byName).orderBy('c.id').execute();

/** Contacts whose name or e-mail holds each of these words, in any order. A short one begins a word. */
export const contactsMatching = async (
  store: Store,
  words: readonly string[],
  scope: Scope,
  limit: number,
): Promise<ContactBrief[]> => {
  const parts = words.map((word) => (isIndexed(word) ? word : ` ${word}`));
  const found = await among(store.db, scope, [parts.filter(isIndexed)], await partsToAskFor(store))
    .where((of) => of.and(words.map((word) => holds(sql`c.search`, word))))
    .orderBy(byName)
    .orderBy('c.id')
    .limit(limit)
    .execute();
  return contactsOf(
    store,
    found.map(({ id }) => id),
  );
};

/** Whether somebody's name has each of these words whole; those of an e-mail are no name. */
export const isSomebody = async (
  store: Store,
  words: readonly string[],
  scope: Scope,
): Promise<boolean> => {
  const parts = words.map((word) => ` ${word} `);
  const found = await among(store.db, scope, [parts], await partsToAskFor(store))
    .select('c.name')
    .where((of) => of.and(parts.map((part) => holds(sql`' ' || c.search || ' '`, part))))
    .limit(MOST_HITS)
    .execute();
  return found.some(({ name }) => {
    const has = searchWords(name);
    return words.every((word) => has.includes(word));
  });
};

/** Contacts with words that begin with two letters of these lists, by name; the caller measures the distance. */
export const contactsLike = async (
  store: Store,
  beginnings: readonly (readonly string[])[],
  scope: Scope,
): Promise<{ id: string; search: string }[]> => {
  const anyOf = beginnings.map((all) => all.map((start) => ` ${start}`));
  const known = anyOf.map((parts) => parts.filter(isIndexed));
  return among(store.db, scope, known, await partsToAskFor(store))
    .where(allOfAny(anyOf, (part) => holds(sql`' ' || c.search`, part)))
    .orderBy(byName)
    .orderBy('c.id')
    .limit(MOST_HITS)
    .execute();
};

export const policiesOf = ({ db }: Store, contactId: string): Promise<SheetPolicy[]> =>
  withLastSuccess(briefs(db))
    .where('p.contact_id', '=', contactId)
    .orderBy('k.name')
    .orderBy('p.number')
    .execute();

/** Policies whose whole normalized number is one of these; by contact, number. */
export const policiesWithNumbers = (
  { db }: Store,
  numberKeys: readonly string[],
  scope: Scope,
  limit: number,
): Promise<SheetPolicy[]> =>
  withLastSuccess(policiesWithin(briefs(db), scope))
    .where('p.number_key', 'in', numberKeys.length === 0 ? [''] : numberKeys)
    .orderBy('c.name')
    .orderBy('p.number')
    .limit(limit)
    .execute();
