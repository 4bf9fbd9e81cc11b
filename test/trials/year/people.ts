import type { Database } from '#database/connection.ts';
import { normalizeNumber } from '#shared/policy-number.ts';
import { CARRIER, LISTING } from './portals.ts';

export interface FirmSize {
  logins: number;
  /** Of each login. */
  policies: number;
}

const person = <Role extends string>(id: string, role: Role) => ({
  id,
  role,
  active: true,
  slackId: `U0${id.toUpperCase()}00`,
});

export const DANA = person('dana', 'manager');
export const SAM = person('sam', 'support');
/** Has no book, and leaves now and then. */
export const LEE = person('lee', 'advisor');

const CONTACTS = 5;

const at = (index: number): string => `${index}`.padStart(5, '0');
export const loginOf = (login: number): string => `login-${at(login)}`;
export const policyOf = (policy: number): string => `policy-${at(policy)}`;
export const contactOf = (policy: number): string => `contact-${at(Math.floor(policy / CONTACTS))}`;
export const nameOf = (policy: number): string => `Ito Family${at(Math.floor(policy / CONTACTS))}`;
export const numberOf = (policy: number): string => `YL-${100_000 + policy}`;

/** The last login is at the carrier that lists its books; of a contact all policies are at one login. */
export const insertFirm = async (
  db: Database,
  { logins, policies }: FirmSize,
  now: number,
): Promise<void> => {
  for (const { id, role, slackId } of [DANA, SAM, LEE]) {
    const row = { id, role, slack_user_id: slackId, name: id, email: `${id}@firm.example` };
    await db.insertInto('person').values(row).execute();
  }
  await db
    .insertInto('carrier')
    .values([
      { id: CARRIER, name: 'Year Life' },
      { id: LISTING, name: 'Year Mutual' },
    ])
    .execute();
  await db
    .insertInto('product_status')
    .values([
      { name: 'In Force', indicator: 'open' },
      { name: 'Pending', indicator: 'pending' },
    ])
    .execute();
  for (let login = 0; login < logins; login += 1) {
    const [id, carrier] = [loginOf(login), login === logins - 1 ? LISTING : CARRIER];
    const row = { id, name: id, carrier_id: carrier, holder_id: DANA.id };
    await db.insertInto('login_source').values(row).execute();
    for (let nth = 0; nth < policies; nth += 1)
      await insertPolicy(db, login * policies + nth, { id, carrier }, now);
  }
};

const insertPolicy = async (
  db: Database,
  policy: number,
  login: { id: string; carrier: string },
  now: number,
): Promise<void> => {
  const contact = contactOf(policy);
  if (policy % CONTACTS === 0) {
    const name = nameOf(policy);
    const row = { id: contact, external_id: contact, kind: 'individual', name, search: name };
    await db.insertInto('contact').values(row).execute();
    await db.insertInto('book').values({ contact_id: contact, person_id: DANA.id }).execute();
  }
  const [id, number] = [policyOf(policy), numberOf(policy)];
  await db
    .insertInto('policy')
    .values({
      id,
      external_id: id,
      contact_id: contact,
      carrier_id: login.carrier,
      number,
      number_key: normalizeNumber(number),
      product_name: 'Variable Annuity',
      product_type: 'Annuity',
      plan_type: 'IRA',
      product_class: 'variable',
      status: 'In Force',
      home_source_id: login.id,
      updated_at: now,
    })
    .execute();
};
