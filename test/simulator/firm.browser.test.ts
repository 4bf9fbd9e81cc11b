import { afterAll, beforeAll, expect, it } from 'vitest';
import { normalizeNumber } from '#shared/policy-number.ts';
import type { ProductClass } from '#shared/product-class.ts';
import type { Indicator } from '#shared/status.ts';
import { judgeSuccess } from '#core/policies/verdict.ts';
import { PORTAL_SEED, seedLocalFirm } from '#simulator/firm.ts';
import { CASES } from '#simulator/portals/cases.ts';
import { readPortalData } from '#simulator/portals/data.ts';
import type { Database } from '#database/connection.ts';
import { openTestDatabase } from '#test/support/database.ts';
import { latestValues } from '#core/policies/store/values.ts';
import { createOpener, createSealer, generateKey } from '#database/sealing.ts';
import type { PortalSession } from '#portal/portal.ts';
import { unpackCredentials } from '#core/sign-in/sign-in.ts';
import { factsOf } from '#portal/carriers.ts';
import { openHouse, quietly } from '#test/support/portals.ts';

/** The seeded firm beside its portals: what the tour counts on, read by a real browser. */
let house: Awaited<ReturnType<typeof openHouse>>;
let db: Database;
const key = await generateKey();

beforeAll(async () => {
  house = await openHouse({ data: readPortalData(PORTAL_SEED) });
  db = await openTestDatabase();
  await seedLocalFirm({
    db,
    clock: () => house.time.now,
    sealer: createSealer([key]),
    carriers: house.carriers.map(factsOf),
  });
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
  await db.destroy();
});

const openLinked = async (externalId: string): Promise<PortalSession> => {
  const source = await db
    .selectFrom('login_source')
    .innerJoin('sealed_secret', 'sealed_secret.owner_id', 'login_source.id')
    .select(['login_source.id', 'carrier_id as carrierId', 'name', 'key_id as keyId', 'sealed'])
    .where('external_id', '=', externalId)
    .executeTakeFirstOrThrow();
  const session = await house.portals.open(source, undefined, new AbortController().signal);
  const kept = unpackCredentials(await createOpener([key]).open(source, source.id));
  expect(await session.signIn(kept, quietly)).toEqual({ kind: 'signed-in' });
  return session;
};

const verdictOf = async (session: PortalSession, number: string) => {
  const policy = await db
    .selectFrom('policy')
    .innerJoin('product_status', 'product_status.name', 'policy.status')
    .select(['id', 'number', 'product_class', 'indicator'])
    .where('number_key', '=', normalizeNumber(number))
    .executeTakeFirstOrThrow();
  const reading = await session.read(policy.number);
  if (reading.kind !== 'found') return reading;
  return judgeSuccess(
    {
      number: policy.number,
      productClass: policy.product_class as ProductClass,
      indicator: policy.indicator as Indicator,
      values: await latestValues(db, policy.id),
    },
    reading.snapshot,
    house.time.now,
  );
};

it("Ana's kept password opens her portal, and her policies show what they were made for", async () => {
  await using session = await openLinked('S-NB-ANA');
  const changed = await verdictOf(session, CASES.changed.number);
  expect(changed).toMatchObject({
    reason: 'changed',
    changes: [
      { name: 'Account Value', from: { minor: 40_911_290 }, to: { minor: 41_280_644 } },
      { name: 'Surrender Value' },
    ],
  });
  const reasonOf = async (number: string) => {
    const verdict = await verdictOf(session, number);
    return 'reason' in verdict ? verdict.reason : verdict;
  };
  expect(await reasonOf(CASES.unchanged.number)).toBe('unchanged');
  expect(await reasonOf(CASES.stale.number)).toBe('stale');
  expect(await reasonOf(CASES.drift.number)).toBe('status-drift');
  expect(await reasonOf(CASES.partial.number)).toBe('partial');
  const absent = { kind: 'absent', closeNumbers: [] };
  expect(await verdictOf(session, CASES.neverSeen.number)).toEqual(absent);
  expect(await verdictOf(session, CASES.gone.number)).toEqual(absent);
  expect(await verdictOf(session, CASES.mistyped.number)).toEqual({
    kind: 'absent',
    closeNumbers: ['00451-8380'],
  });
});

it("Ben's login lacks what only the agency sees, and knows the number with its zero", async () => {
  await using session = await openLinked('S-NB-BEN');
  expect(await verdictOf(session, CASES.otherLogin.number)).toMatchObject({ kind: 'absent' });
  expect(await verdictOf(session, CASES.missingZero.number)).toEqual({
    kind: 'absent',
    closeNumbers: ['04471-0926'],
  });
});
