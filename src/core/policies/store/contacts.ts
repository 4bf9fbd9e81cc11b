import type { Store } from '#database/store.ts';
import { sql } from 'kysely';
import type { Scope, ContactBrief, SheetPolicy } from '../policies.ts';
import type { Database } from '#database/connection.ts';
import { holds } from '#database/dialect.ts';
import { briefs, within as policiesWithin } from './briefs.ts';

const contactBriefs = (db: Database) =>
  db
    .selectFrom('contact as c')
    .select(['c.id', 'c.name', 'c.birth_year as birthYear', 'c.city', 'c.email'])
    .select((of) => [
      of.ref('c.kind').$castTo<'individual' | 'organization'>().as('kind'),
      sql<number>`(select count(*) from policy p where p.contact_id = c.id)`.as('policies'),
    ]);

type ContactBriefs = ReturnType<typeof contactBriefs>;

const within = (query: ContactBriefs, scope: Scope): ContactBriefs =>
  scope.kind === 'all'
    ? query
    : query.where('c.id', 'in', (of) =>
        of.selectFrom('book').select('contact_id').where('person_id', '=', scope.personId),
      );

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

/** Contacts whose name or e-mail holds each of these words, in any order. */
export const contactsMatching = (
  { db }: Store,
  words: readonly string[],
  scope: Scope,
  limit: number,
): Promise<ContactBrief[]> =>
  within(contactBriefs(db), scope)
    .where((of) => of.and(words.map((word) => holds(sql`c.search`, word))))
    .orderBy('c.name')
    .limit(limit)
    .execute();

/** Contacts with a word that begins like one of these; the caller measures the distance. */
export const contactsLike = (
  { db }: Store,
  beginnings: readonly string[],
  scope: Scope,
  limit: number,
): Promise<(ContactBrief & { search: string })[]> =>
  within(contactBriefs(db), scope)
    .select('c.search')
    .where((of) => of.or(beginnings.map((start) => holds(sql`' ' || c.search`, ` ${start}`))))
    .orderBy('c.name')
    .limit(limit)
    .execute();

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
