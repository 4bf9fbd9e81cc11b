import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Carrier } from '#portal/contract.ts';
import { factsOf } from '#portal/carriers.ts';
import { wordsOf } from '#shared/status.ts';
import { Secret } from '#shared/secret.ts';
import { credentials, quietly } from '#test/support/portals.ts';
import { ana, CEDAR, openStrange, POLICY, RIDGELINE, SEED } from '#test/support/strange-portals.ts';

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

it('takes a policy that is edited between its two screens for one without values, until it is read anew', async () => {
  let edits = 1;
  const edited = house.portalsOf((carrier) => ({
    ...carrier,
    readPolicy: (page, number) => {
      const edit = async () => {
        await page.waitForResponse(/\/facts$/);
        if (edits > 0) await house.cedar.set(POLICY, { status: 'Surrendered', asOf: '2026-11-19' });
        edits -= 1;
      };
      return Promise.all([carrier.readPolicy(page, number), edit()]).then(([capture]) => capture);
    },
  }));
  await using session = await edited.open(CEDAR, undefined, never);
  expect(await session.signIn(ana, quietly)).toEqual({ kind: 'signed-in' });
  expect(await session.read(POLICY)).toMatchObject({
    snapshot: { status: 'In Force', values: [], missing: ['Account Value', 'Surrender Value'] },
  });
  expect(await session.read(POLICY)).toMatchObject({
    snapshot: { status: 'Surrendered', values: [{ asOf: '2026-11-19' }, {}], missing: [] },
  });
});

it('asks JSON-RPC by a body, and tells its calls apart by what they ask', async () => {
  const methods: unknown[] = [];
  const asks = (method: string) => (body: unknown) => {
    methods.push((body as { method?: string }).method);
    return (body as { method?: string }).method === method;
  };
  const parsePolicy: Carrier['parsePolicy'] = ({ json = {} }) => ({
    kind: 'found',
    snapshot: {
      number: house.kit.property(json['policy'], 'result.number'),
      status: house.kit.property(json['policy'], 'result.status'),
      values: [
        {
          name: 'Account Value',
          amount: house.kit.amount(json['policy'], 'result.values.0.amount', 'USD'),
          asOf: '2026-11-20',
        },
      ],
    },
  });
  const expected = {
    kind: 'found',
    snapshot: { number: POLICY, values: [{ amount: { minor: 4_125_075 } }] },
  };
  const byBody = house.portalsOf((carrier) => ({
    ...carrier,
    parsePolicy,
    readPolicy: () => Promise.reject(new Error('The pages are not asked')),
    readJson: async (portal, number) => ({
      json: {
        policy: await portal.post('/rpc', {
          jsonrpc: '2.0',
          id: 1,
          method: 'policy.show',
          params: { number },
        }),
      },
    }),
  }));
  await using asked = await byBody.open(RIDGELINE, undefined, never);
  expect(await asked.signIn(ana, quietly)).toEqual({ kind: 'signed-in' });
  expect(await asked.read(POLICY)).toMatchObject(expected);

  const heard = house.portalsOf((carrier) => ({
    ...carrier,
    parsePolicy,
    readPolicy: async (page, number) => {
      await (await house.kit.find(page, { label: 'Policy number' })).fill(number);
      const button = await house.kit.find(page, { role: ['button', 'Look up'] });
      const call = { address: /\/rpc$/, asks: asks('policy.show') };
      return { json: { policy: await house.kit.json(page, call, () => button.click()) } };
    },
  }));
  await using listened = await heard.open(RIDGELINE, undefined, never);
  expect(await listened.signIn(ana, quietly)).toEqual({ kind: 'signed-in' });
  expect(await listened.read(POLICY)).toMatchObject(expected);
  expect(methods).toEqual(['policy.find', 'policy.show']);
});

it('answers an authenticator, which is declared in one line, by the set-up key', async () => {
  await house.ridgeline.setLogin('ana.ruiz', { seed: SEED });
  const asks = (carrier: Carrier): Carrier => ({
    ...carrier,
    codes: 'always',
    signIn: {
      ...carrier.signIn,
      outcomes: [{ when: { css: '#second[open]' }, is: 'code-needed' }, ...carrier.signIn.outcomes],
      code: {
        field: { css: '#code' },
        submit: { role: ['button', 'Confirm'] },
        pattern: /^\d{6}$/,
        authenticator: true,
      },
    },
  });
  const [carrier] = house.carriers.map(asks);
  expect(carrier && factsOf(carrier).authenticatorChannel).toBeDefined();
  await using session = await house.portalsOf(asks).open(RIDGELINE, undefined, never);
  const nobody = () => Promise.reject(new Error('No person is asked'));
  expect(
    await session.signIn(ana, {
      ...quietly,
      code: nobody,
      timeCode: async () => new Secret((await house.ridgeline.lastCode('ana.ruiz', 'app')) ?? ''),
    }),
  ).toEqual({ kind: 'signed-in' });
});

it('believes a policy without values once the firm has taught that its status is an ended one', async () => {
  const snapshot = { number: POLICY, status: 'Closed – Transferred', values: [] };
  const portals = house.portalsOf((carrier) => ({
    ...carrier,
    parsePolicy: () => ({ kind: 'found', snapshot }),
  }));
  await using session = await portals.open(RIDGELINE, undefined, never);
  expect(await session.signIn(ana, quietly)).toEqual({ kind: 'signed-in' });
  expect(await session.read(POLICY)).toMatchObject({ reason: 'portal-changed' });
  portals.teach?.(CEDAR.carrierId, wordsOf({ closed: [snapshot.status] }));
  expect(await session.read(POLICY), 'taught of another carrier').toMatchObject({
    reason: 'portal-changed',
  });
  portals.teach?.(RIDGELINE.carrierId, wordsOf({ closed: [snapshot.status] }));
  expect(await session.read(POLICY)).toMatchObject({ kind: 'found', snapshot });
});
