import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Carrier } from '#portal/contract.ts';
import { credentials, quietly } from '#test/support/portals.ts';
import { ana, CEDAR, openStrange, POLICY, RIDGELINE } from '#test/support/strange-portals.ts';

let house: Awaited<ReturnType<typeof openStrange>>;
const never = new AbortController().signal;

beforeAll(async () => {
  house = await openStrange();
});
afterEach(async () => {
  await house.ridgeline.reset();
  await house.cedar.reset();
});
afterAll(() => house[Symbol.asyncDispose]());

const signedIn = async (source: typeof CEDAR) => {
  const session = await house.portals.open(source, undefined, never);
  expect(await session.signIn(ana, quietly)).toEqual({ kind: 'signed-in' });
  return session;
};

it('knows a box that opens again without a word as the answer to the password, not before it', async () => {
  await using right = await signedIn(RIDGELINE);
  expect(await right.read(POLICY)).toMatchObject({ kind: 'found' });
  await using wrong = await house.portals.open(RIDGELINE, undefined, never);
  expect(await wrong.signIn(credentials('ana.ruiz', 'wrong'), quietly)).toEqual({
    kind: 'failure',
    reason: 'bad-credentials',
    detail: 'Rule 1 of signIn.outcomes (css #box[open]) held after the password had left',
  });
  expect((await house.ridgeline.ledger('ana.ruiz')).map(({ result }) => result)).toEqual([
    'accepted',
    'bad-password',
  ]);
});

const withRule =
  (rule: NonNullable<Carrier['outcomes']>[number]): ((carrier: Carrier) => Carrier) =>
  (carrier) => ({ ...carrier, outcomes: [rule] });

it('asks the rules for pages behind the sign-in nothing of the sign-in, unless they say so', async () => {
  const when = { css: '#secret, input[name="secret"]' };
  const silent = house.portalsOf(withRule({ when, is: 'session-conflict' }));
  await using session = await silent.open(CEDAR, undefined, never);
  expect(await session.signIn(ana, quietly)).toEqual({ kind: 'signed-in' });
  const asked = house.portalsOf(
    withRule({ when: { url: /enter/ }, is: 'carrier-down', at: 'after' }),
  );
  await using second = await asked.open(CEDAR, undefined, never);
  expect(await second.signIn(credentials('ana.ruiz', 'wrong'), quietly)).toMatchObject({
    reason: 'bad-credentials',
  });
  const early = house.portalsOf((carrier) => ({
    ...carrier,
    signIn: {
      ...carrier.signIn,
      fields: carrier.signIn.fields.map((field) => ({ ...field, find: { css: '#nowhere' } })),
    },
    outcomes: [
      { when: { text: /Cedar Assurance/ }, is: 'carrier-down', at: ['before', 'signed-in'] },
    ],
  }));
  await using third = await early.open(CEDAR, undefined, never);
  expect(await third.signIn(ana, quietly)).toMatchObject({
    reason: 'carrier-down',
    detail: expect.stringContaining('held before the password left'),
  });
});

it('takes a wrong date and a suspended account in the notes of a policy for what they are', async () => {
  await using session = await signedIn(CEDAR);
  expect(await session.read(POLICY)).toMatchObject({ kind: 'found', snapshot: { number: POLICY } });
  const renamed = house.portalsOf((carrier) => ({
    ...carrier,
    parsePolicy: () => {
      throw new house.kit.PortalChanged('A label was renamed');
    },
  }));
  await using other = await renamed.open(CEDAR, undefined, never);
  expect(await other.signIn(ana, quietly)).toEqual({ kind: 'signed-in' });
  expect(await other.read(POLICY)).toMatchObject({ reason: 'portal-changed' });
});
