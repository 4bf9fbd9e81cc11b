import type { Store } from '#database/store.ts';
import { sql } from 'kysely';
import { isOneOf, lastOf, orderedJoin, searched } from '#database/dialect.ts';
import type { PolicyBrief, Scope } from '../policies.ts';
import { reportSearch } from '../report-rules.ts';
import { hitsIn } from './report-hits.ts';
import { briefs, within } from './briefs.ts';

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

/**
 * What the report's search finds of what was typed: by number, or by each word of the contact's name
 * or e-mail; by contact, number.
 */
export const policiesMatching = async (
  { db }: Store,
  typed: string,
  scope: Scope,
  limit: number,
): Promise<PolicyBrief[]> => {
  const found = reportSearch(typed);
  if (found === undefined || found.anyOf.length === 0) return [];
  const { numberKey, anyOf } = found;
  // A book is small enough to look for a part of two letters anywhere in its rows.
  const search =
    scope.kind === 'all'
      ? found
      : { numberKey, anyOf: anyOf.map((parts) => parts.map((part) => part.trim())) };
  const hits = hitsIn({ scope, search, exactNumber: false, carrierId: undefined });
  // Sorted while they are narrow: the rest is read of those alone that are shown.
  return briefs(db)
    .where(
      sql<boolean>`p.id in (select of_name.id from (
        select hit.policy_id as id from (${hits}) found
          ${orderedJoin} policy_report hit on hit.row = found.row
          ${orderedJoin} contact of_hit on of_hit.id = hit.contact_id
        order by of_hit.name, hit.number_key, hit.row limit ${limit}) of_name)`,
    )
    .orderBy('c.name')
    .orderBy('p.number')
    .limit(limit)
    .execute();
};

/**
 * Policies whose number could be a slip of this one; the caller measures the distance. A slip rarely
 * spoils both ends of a number, so one of them finds the candidates. `of`: a contact at a carrier.
 */
export const policiesNear = (
  { db }: Store,
  numberKey: string,
  scope: Scope,
  of?: { contactId: string; carrierId: string },
): Promise<PolicyBrief[]> => {
  const [head, tail] = [numberKey.slice(0, 3), numberKey.slice(-3)];
  const near = within(briefs(db), scope).where(
    sql<boolean>`length(p.number_key) between ${numberKey.length - 2} and ${numberKey.length + 2}
      and (substr(p.number_key, 1, 3) = ${head} or ${lastOf(sql`p.number_key`, 3)} = ${tail}
        or ltrim(p.number_key, '0') = ${numberKey.replace(/^0+/, '')})`,
  );
  const few =
    of !== undefined
      ? near.where('p.contact_id', '=', of.contactId).where('p.carrier_id', '=', of.carrierId)
      : scope.kind === 'all' && numberKey.length >= 3
        ? near.where(
            isOneOf(
              'p.id',
              sql`select hit.policy_id from policy_report hit where ${isOneOf(
                'hit.row',
                searched([[` ${head}`.toLowerCase()], [`${tail} `.toLowerCase()]]),
              )}`,
            ),
          )
        : near;
  return few.limit(NEAR_LIMIT).execute();
};
