import { normalizeNumber } from '#shared/policy-number.ts';
import type { Database } from '#database/connection.ts';

export const PEOPLE = ['dana', 'omar'] as const;
/** Policies of one sequence, and logins of its carrier. */
export const POLICIES = 3;
export const LOGINS = 2;

/** The carrier of one sequence with its logins and policies, and people who may use all of them. */
export const insertFirm = async (
  db: Database,
  firm: {
    at: string;
    carrierId: string;
    sourceOf: (login: number) => string;
    policyOf: (policy: number) => string;
    now: number;
  },
): Promise<void> => {
  const { at, carrierId, sourceOf, policyOf, now } = firm;
  const contact = `contact-${at}`;
  await db.insertInto('carrier').values({ id: carrierId, name: carrierId }).execute();
  await db
    .insertInto('contact')
    .values({ id: contact, external_id: at, kind: 'individual', name: 'Ines', search: 'ines' })
    .execute();
  await db
    .insertInto('book')
    .values(PEOPLE.map((person_id) => ({ contact_id: contact, person_id })))
    .execute();
  await db
    .insertInto('login_source')
    .values(
      Array.from({ length: LOGINS }, (_, login) => ({
        id: sourceOf(login),
        name: sourceOf(login),
        carrier_id: carrierId,
        holder_id: PEOPLE[login] ?? 'dana',
      })),
    )
    .execute();
  await db
    .insertInto('policy')
    .values(
      Array.from({ length: POLICIES }, (_, policy) => ({
        id: policyOf(policy),
        external_id: policyOf(policy),
        contact_id: contact,
        carrier_id: carrierId,
        number: `${at}${policy}`,
        number_key: normalizeNumber(`${at}${policy}`),
        product_name: 'Whole Life',
        product_type: 'Life',
        plan_type: 'Whole Life',
        product_class: 'fixed' as const,
        status: 'In Force',
        home_source_id: policy === 0 ? null : sourceOf(policy),
        updated_at: now,
      })),
    )
    .execute();
};
