import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSyncable, INDICATORS, type Indicator } from '#shared/status.ts';
import { normalizeNumber } from '#shared/policy-number.ts';
import { PRODUCT_CLASSES } from '#shared/product-class.ts';
import { PORTAL_SEED, seedLocalFirm, type SeededCarrier } from '#simulator/firm.ts';
import { BUSY_LOGIN, CASES, SAME_NUMBER } from '#simulator/portals/cases.ts';
import { readPortalData } from '#simulator/portals/data.ts';
import type { Database } from '#database/connection.ts';
import { openTestDatabase } from '#test/support/database.ts';
import { createOpener, createSealer, generateKey } from '#database/sealing.ts';
import { unpackCredentials } from '#core/sign-in/sign-in.ts';

const NOW = Date.parse('2026-03-18T15:00:00Z');
const field = { label: '', autocomplete: 'off' } as const;
const CARRIERS: SeededCarrier[] = [
  { id: 'northbridge-life', name: 'Northbridge Life', codes: 'never' as const },
  { id: 'meridian-annuity', name: 'Meridian Annuity', codes: 'always' as const },
  { id: 'granite-mutual', name: 'Granite Mutual', codes: 'never' as const },
  { id: 'harbor-trust', name: 'Harbor Trust', codes: 'sometimes' as const },
  { id: 'prairie-states', name: 'Prairie States Life', codes: 'never' as const },
  { id: 'summit-fidelity', name: 'Summit Fidelity', codes: 'never' as const },
].map((carrier) => ({
  ...carrier,
  fields: [
    { ...field, name: 'user', secret: false },
    { ...field, name: 'password', secret: true },
  ],
}));

const portals = readPortalData(PORTAL_SEED);
const key = await generateKey();
let db: Database;
const seed = (): Promise<boolean> =>
  seedLocalFirm({ db, clock: () => NOW, sealer: createSealer([key]), carriers: CARRIERS });

beforeAll(async () => {
  db = await openTestDatabase();
  await seed();
});
afterAll(() => db.destroy());

const count = async (table: 'person' | 'contact' | 'policy' | 'login_source'): Promise<number> =>
  (await db.selectFrom(table).select('id').execute()).length;

const policyOf = (number: string, carrier: string) =>
  db
    .selectFrom('policy')
    .innerJoin('product_status', 'product_status.name', 'policy.status')
    .innerJoin('book', 'book.contact_id', 'policy.contact_id')
    .innerJoin('person', 'person.id', 'book.person_id')
    .select(['policy.id', 'product_status.indicator', 'person.slack_user_id as as'])
    .where('number_key', '=', normalizeNumber(number))
    .where('carrier_id', '=', carrier)
    .execute();

const portalNumbers = (source: string): string[] =>
  portals.logins.find((login) => login.source === source)?.policies.map(normalizeNumber) ?? [];

describe('the seeded firm', () => {
  it('has 6 people, 60 contacts, 200 policies and 12 login sources', async () => {
    expect(await count('person')).toBe(6);
    expect(await count('contact')).toBe(60);
    expect(await count('policy')).toBe(200);
    expect(await count('login_source')).toBe(12);
  });

  it('has policies of every indicator and of every product class', async () => {
    const rows = await db
      .selectFrom('policy')
      .innerJoin('product_status', 'product_status.name', 'policy.status')
      .select(['indicator', 'product_class'])
      .execute();
    expect(new Set(rows.map((row) => row.indicator))).toEqual(new Set(INDICATORS));
    expect(new Set(rows.map((row) => row.product_class))).toEqual(new Set(PRODUCT_CLASSES));
  });

  it('begins with some sources linked, whose kept passwords are those of the portal', async () => {
    const linked = await db
      .selectFrom('login_source as l')
      .innerJoin('login_link as k', 'k.source_id', 'l.id')
      .innerJoin('login_consent as g', 'g.source_id', 'l.id')
      .innerJoin('sealed_secret as s', 's.owner_id', 'l.id')
      .select(['l.id', 'l.external_id', 'l.carrier_id', 's.key_id', 's.sealed'])
      .where('k.linked', '=', 1)
      .where('g.automatic', '=', 1)
      .whereRef('g.person_id', '=', 'l.holder_id')
      .execute();
    expect(new Set(linked.map((row) => row.external_id))).toEqual(
      new Set(['S-NB-ANA', 'S-NB-BEN', 'S-NB-OLIVIA', 'S-GM-ANA', 'S-PS-BEN']),
    );
    for (const row of linked) {
      const packed = await createOpener([key]).open(
        { keyId: row.key_id, sealed: row.sealed },
        row.id,
      );
      const login = portals.logins.find(({ source }) => source === row.external_id);
      expect(unpackCredentials(packed)['user']?.reveal()).toBe(login?.user);
      expect(unpackCredentials(packed)['password']?.reveal()).toBe(login?.password);
    }
  });

  it('remembers values of some days ago, so that a sync shows what changed', async () => {
    const rows = await db
      .selectFrom('policy_value')
      .innerJoin('policy', 'policy.id', 'policy_value.policy_id')
      .select(['name', 'minor', 'as_of', 'observed_at', 'home_source_id'])
      .where('number', '=', CASES.changed.number)
      .orderBy('policy_value.id')
      .execute();
    expect(rows[0]).toMatchObject({ name: 'Account Value', minor: 40_911_290 });
    expect(rows.every((row) => row.observed_at <= NOW && row.as_of < '2026-03-18')).toBe(true);
    expect(rows[0]?.home_source_id).not.toBeNull();
  });

  it('is left as it is when it is there already', async () => {
    expect(await seed()).toBe(false);
    expect(await count('policy')).toBe(200);
  });
});

describe('the portals of the seeded firm', () => {
  it('know each login source, and every number that a login sees', () => {
    expect(new Set(portals.logins.map(({ source }) => source)).size).toBe(12);
    const known = new Set(portals.policies.map(({ carrier, number }) => `${carrier} ${number}`));
    const strangers = portals.logins.flatMap(({ carrier, policies }) =>
      policies.filter((number) => !known.has(`${carrier} ${number}`)),
    );
    expect(strangers).toEqual([]);
    expect(known.size).toBe(portals.policies.length);
  });

  it('are of all six carriers, and each carrier has a policy that a login of its holder reads', async () => {
    for (const { id } of CARRIERS) {
      const rows = await db
        .selectFrom('policy as p')
        .innerJoin('product_status as s', 's.name', 'p.status')
        .select('p.number_key')
        .where('p.carrier_id', '=', id)
        .where('s.indicator', 'in', ['open', 'pending'])
        .execute();
      const seen = new Set(
        portals.logins
          .filter(({ carrier }) => carrier === id)
          .flatMap(({ source }) => portalNumbers(source ?? '')),
      );
      expect(rows.filter(({ number_key: key }) => seen.has(key)).length).toBeGreaterThan(1);
    }
  });

  it('let Ana see more than 50 syncable policies with one login', async () => {
    const rows = await db
      .selectFrom('policy')
      .innerJoin('product_status', 'product_status.name', 'policy.status')
      .select(['number_key', 'indicator'])
      .where('carrier_id', '=', BUSY_LOGIN.carrier)
      .execute();
    const syncable = new Set(
      rows
        .filter(({ indicator }) => isSyncable(indicator as Indicator))
        .map(({ number_key }) => number_key),
    );
    const seen = portalNumbers(BUSY_LOGIN.source).filter((number) => syncable.has(number));
    expect(seen.length).toBeGreaterThan(50);
  });
});

describe('a policy made to show something', () => {
  it.each(Object.entries(CASES))(
    '%s is in the book of who asks for it',
    async (name, { number, carrier, as }) => {
      const rows = await policyOf(number, carrier);
      expect(rows.map((row) => row.as)).toContain(as);
      const syncable = isSyncable(rows[0]?.indicator as Indicator);
      expect(syncable).toBe(name !== 'notSyncable');
    },
  );

  it.each(['changed', 'unchanged', 'stale', 'drift', 'partial', 'unknownStatus'] as const)(
    "%s is seen by Ana's login",
    (name) => {
      expect(portalNumbers('S-NB-ANA')).toContain(normalizeNumber(CASES[name].number));
    },
  );

  it.each(['neverSeen', 'gone', 'mistyped', 'missingZero', 'otherLogin'] as const)(
    "%s is not seen by the asker's login",
    (name) => {
      const key = normalizeNumber(CASES[name].number);
      expect(portalNumbers('S-NB-ANA')).not.toContain(key);
      expect(portalNumbers('S-NB-BEN')).not.toContain(key);
      expect(portalNumbers('S-NB-AGENCY').includes(key)).toBe(name === 'otherLogin');
    },
  );

  it('shares its number with a policy of the other carrier', async () => {
    for (const id of ['northbridge-life', 'meridian-annuity']) {
      const rows = await policyOf(SAME_NUMBER, id);
      expect(rows.map((row) => row.as)).toEqual(['UANARUIZ1']);
    }
  });
});
