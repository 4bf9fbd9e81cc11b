import { giveConsent, trustDevice } from '#core/logins/store/consent.ts';
import { setLinked } from '#test/support/logins.ts';
import { productClassOf } from '#shared/product-class.ts';
import { normalizeNumber } from '#shared/policy-number.ts';
import type { Indicator } from '#shared/status.ts';
import type { Database } from '#database/connection.ts';

/** A sum with its day, as text: name, dollars, as-of date. */
export type Sum = readonly [name: string, dollars: string, asOf: string];

/** What the firm knows when a person asks, and what people do meanwhile: data alone, no portal. */
export interface Scene {
  carrier: 'northbridge-life' | 'meridian-annuity' | 'harbor-trust';
  /** ISO instant of the asking. */
  now: string;
  policy: {
    /** As the CRM writes it. */
    number: string;
    type: string;
    plan: string;
    /** Of the CRM. */
    status: string;
    values: readonly Sum[];
    /** ISO instant at which this login last read it. */
    lastSeen?: string;
  };
  /** The contact's other policies at this carrier, by number; `ahead` ones are asked for first, this login has read those `seen`. */
  beside?: readonly { number: string; ahead?: true; seen?: true }[];
  /** Other logins of the carrier. */
  others?: readonly { name: string; saw: 'it' | 'nothing' | 'never asked'; shared?: true }[];
  /**
   * How the login comes in: with a password that is kept, by a person on the link page who then
   * does this with a code, or not at all.
   */
  signIn: 'kept' | 'no code' | 'right code' | 'wrong code' | 'late code' | 'new code' | 'none';
  /** We take the portal to remember the browser, and to ask for no code. */
  remembered?: true;
  /** What the person types, or typed when it was kept. */
  password?: 'wrong';
  /** Failed tries before. */
  tries?: number;
  /** Minutes after the asking at which a session runs; one at once when it is left out. */
  sessions?: readonly number[];
  /** The person goes into the portal themselves. */
  hold?: 'before' | 'during the first read';
  cancel?: true;
}

const INDICATORS: Record<string, Indicator> = {
  'In Force': 'open',
  Active: 'open',
  'Paid-Up': 'open',
  'Grace Period': 'open',
  Pending: 'pending',
  'Applied For': 'pending',
  Approved: 'pending',
  Surrendered: 'closed',
  Terminated: 'closed',
  Matured: 'closed',
  Lapsed: 'expired',
};

const CARRIERS = {
  'northbridge-life': 'Northbridge Life',
  'meridian-annuity': 'Meridian Annuity',
  'harbor-trust': 'Harbor Trust',
} as const;

/** The firm of a scene: one contact, the policy in question, its login and the others. */
export const insertFirm = async (db: Database, scene: Scene, now: number): Promise<void> => {
  const { carrier, policy } = scene;
  const people = [
    { id: 'dana', name: 'Dana Whitfield', role: 'advisor', slack_user_id: 'U0DANA' },
    { id: 'omar', name: 'Omar Reyes', role: 'advisor', slack_user_id: 'U0OMAR' },
  ];
  await db.insertInto('person').values(people).execute();
  await db.insertInto('carrier').values({ id: carrier, name: CARRIERS[carrier] }).execute();
  for (const [name, indicator] of Object.entries(INDICATORS))
    await db.insertInto('product_status').values({ name, indicator }).execute();
  await db
    .insertInto('contact')
    .values({
      id: 'contact',
      external_id: 'c1',
      kind: 'individual',
      name: 'Ines Ito',
      search: 'ines ito',
    })
    .execute();
  await db.insertInto('book').values({ contact_id: 'contact', person_id: 'dana' }).execute();
  const usual = {
    contact_id: 'contact',
    carrier_id: carrier,
    product_name: `${policy.type} ${policy.plan}`,
    product_type: policy.type,
    plan_type: policy.plan,
    product_class: productClassOf(policy.type, policy.plan),
    updated_at: now,
  };
  const numbers = [policy.number, ...(scene.beside ?? []).map(({ number }) => number)];
  for (const [index, number] of numbers.entries())
    await db
      .insertInto('policy')
      .values({
        ...usual,
        id: `policy-${index}`,
        external_id: `p${index}`,
        number,
        number_key: normalizeNumber(number),
        status: index === 0 ? policy.status : 'In Force',
      })
      .execute();
  const login = { carrier_id: carrier, holder_id: 'dana' };
  await db
    .insertInto('login_source')
    .values({
      ...login,
      id: 'source',
      name: 'Dana’s login',
    })
    .execute();
  for (const [index, { seen }] of (scene.beside ?? []).entries())
    if (seen)
      await db
        .insertInto('source_policy')
        .values({
          source_id: 'source',
          policy_id: `policy-${index + 1}`,
          last_success_at: now - 86_400_000,
        })
        .execute();
  if (scene.signIn === 'kept') {
    await setLinked(db, true, 'source');
    await giveConsent(db, 'source', { personId: 'dana', at: now, automatic: true });
    if (scene.remembered) await trustDevice(db, 'source', now + 20 * 86_400_000);
  }
  for (const [index, { name, saw, shared }] of (scene.others ?? []).entries()) {
    const id = `other-${index}`;
    await db
      .insertInto('login_source')
      .values({ ...login, id, name, holder_id: 'omar' })
      .execute();
    await setLinked(db, true, id);
    if (shared)
      await db.insertInto('source_share').values({ source_id: id, person_id: 'dana' }).execute();
    if (saw !== 'never asked')
      await db
        .insertInto('source_policy')
        .values({
          source_id: id,
          policy_id: 'policy-0',
          last_success_at: saw === 'it' ? now - 86_400_000 : null,
          last_absent_at: saw === 'nothing' ? now - 86_400_000 : null,
        })
        .execute();
  }
};

/** One policy at a login whose password is kept, where it does not matter which. */
export const insertPlainFirm = (
  db: Database,
  now: number,
  more: Partial<Scene> = {},
): Promise<void> =>
  insertFirm(
    db,
    {
      carrier: 'northbridge-life',
      now: new Date(now).toISOString(),
      policy: { number: '1', type: 'Annuity', plan: 'Variable', status: 'Active', values: [] },
      signIn: 'kept',
      ...more,
    },
    now,
  );

/** An earlier success, with the values that it brought. */
export const insertHistory = async (
  db: Database,
  { policy }: Scene,
  now: number,
): Promise<void> => {
  const at = policy.lastSeen === undefined ? now - 86_400_000 : Date.parse(policy.lastSeen);
  if (policy.lastSeen !== undefined)
    await db
      .insertInto('source_policy')
      .values({ source_id: 'source', policy_id: 'policy-0', last_success_at: at })
      .execute();
  if (policy.values.length === 0) return;
  await db
    .insertInto('sync')
    .values({
      id: '00BEFORE',
      policy_id: 'policy-0',
      source_id: 'source',
      priority: 100,
      status: 'success',
      reason: 'changed',
      created_at: at,
      finished_at: at,
    })
    .execute();
  for (const [name, dollars, asOf] of policy.values)
    await db
      .insertInto('policy_value')
      .values({
        id: `00${name}`,
        policy_id: 'policy-0',
        sync_id: '00BEFORE',
        name,
        minor: Math.round(Number(dollars) * 100),
        currency: 'USD',
        as_of: asOf,
        observed_at: at,
      })
      .execute();
};
