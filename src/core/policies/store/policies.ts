import type { Store } from '#database/store.ts';
import { sql } from 'kysely';
import type { ProductClass } from '#shared/product-class.ts';
import type { Indicator } from '#shared/status.ts';
import type { PolicyBrief, Scope } from '../policies.ts';
import type { Database } from '#database/connection.ts';

/** A policy with the names that people know it by. */
export const briefs = (db: Database) =>
  db
    .selectFrom('policy as p')
    .innerJoin('contact as c', 'c.id', 'p.contact_id')
    .innerJoin('carrier as k', 'k.id', 'p.carrier_id')
    .innerJoin('product_status as st', 'st.name', 'p.status')
    .select([
      'p.id',
      'p.number',
      'p.contact_id as contactId',
      'c.name as contactName',
      'p.carrier_id as carrierId',
      'k.name as carrierName',
      'p.product_name as productName',
      'p.status',
      'p.home_source_id as homeSourceId',
    ])
    .select((of) => [
      of.ref('p.product_class').$castTo<ProductClass>().as('productClass'),
      of.ref('st.indicator').$castTo<Indicator>().as('indicator'),
    ]);

type Briefs = ReturnType<typeof briefs>;

export const within = (query: Briefs, scope: Scope): Briefs =>
  scope.kind === 'all'
    ? query
    : query.where((of) =>
        of.exists(
          of
            .selectFrom('book as b')
            .select('b.contact_id')
            .whereRef('b.contact_id', '=', 'c.id')
            .where('b.person_id', '=', scope.personId),
        ),
      );

const NEAR_LIMIT = 2000;

export const policyById = ({ db }: Store, id: string): Promise<PolicyBrief | undefined> =>
  briefs(db).where('p.id', '=', id).executeTakeFirst();

export const inBook = async ({ db }: Store, personId: string, contactId: string) =>
  (await db
    .selectFrom('book')
    .select('contact_id')
    .where('person_id', '=', personId)
    .where('contact_id', '=', contactId)
    .executeTakeFirst()) !== undefined;

/** Every policy whose whole normalized number this is. */
export const policiesNumbered = (
  { db }: Store,
  numberKey: string,
  scope: Scope,
): Promise<PolicyBrief[]> =>
  within(briefs(db), scope)
    .where('p.number_key', '=', numberKey)
    .orderBy('c.name')
    .limit(20)
    .execute();

/** Number contains `numberKey`, or the contact's name or e-mail has each word; by contact, number. */
export const policiesMatching = (
  { db }: Store,
  sought: { numberKey: string; words: readonly string[] },
  scope: Scope,
  limit: number,
): Promise<PolicyBrief[]> => {
  const { numberKey, words } = sought;
  return within(briefs(db), scope)
    .where((of) => {
      const byNumber =
        numberKey === '' ? [] : [sql<boolean>`instr(p.number_key, ${numberKey}) > 0`];
      const byName =
        words.length === 0
          ? []
          : [of.and(words.map((word) => sql<boolean>`instr(c.search, ${word}) > 0`))];
      return of.or([...byNumber, ...byName]);
    })
    .orderBy('c.name')
    .orderBy('p.number')
    .limit(limit)
    .execute();
};

/** Policies whose number could be a slip of this one; the caller measures the distance. */
// A slip rarely spoils both ends of a number, so one of them finds the candidates.
export const policiesNear = (
  { db }: Store,
  numberKey: string,
  scope: Scope,
): Promise<PolicyBrief[]> =>
  within(briefs(db), scope)
    .where(
      sql<boolean>`length(p.number_key) between ${numberKey.length - 2} and ${numberKey.length + 2}
          and (substr(p.number_key, 1, 3) = ${numberKey.slice(0, 3)}
            or substr(p.number_key, -3) = ${numberKey.slice(-3)}
            or ltrim(p.number_key, '0') = ${numberKey.replace(/^0+/, '')})`,
    )
    .limit(NEAR_LIMIT)
    .execute();
