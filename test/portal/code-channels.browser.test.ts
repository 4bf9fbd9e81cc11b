import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '#shared/secret.ts';
import type { CodeChannel, PortalSession, SignInHooks } from '#portal/portal.ts';
import { codeOfStep, stepAt } from '#simulator/portals/authenticator.ts';
import type { CodeWay, PortalHandle } from '#simulator/portals/handle.ts';
import { credentials, openHouse } from '#test/support/portals.ts';

const HARBOR = { id: 'S4', carrierId: 'harbor-trust', name: 'Ana' };
const USER = 'ana@harbor';
const POLICY = 'HT-2201-88';
const SEED = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const DAY = 86_400_000;
const never = new AbortController().signal;
const ana = credentials(USER, 'quay-31');

let house: Awaited<ReturnType<typeof openHouse>>;
let harbor: PortalHandle;
beforeAll(async () => {
  house = await openHouse({
    data: {
      logins: [{ carrier: 'harbor-trust', user: USER, password: 'quay-31', policies: [POLICY] }],
      policies: [
        {
          carrier: 'harbor-trust',
          number: POLICY,
          product: 'Harbor Income Annuity',
          status: 'Active',
          owner: 'Margaret Chen',
          values: [
            { name: 'Account Value', amount: '210400.10', asOf: '2026-11-20' },
            { name: 'Surrender Value', amount: '-120.00', asOf: '2026-11-20' },
          ],
        },
      ],
    },
  });
  harbor = house.of('harbor-trust');
});
afterEach(async () => {
  await harbor.reset();
  // A code of an authenticator holds for half a minute, and the portal takes none twice.
  house.time.now += 60_000;
});
afterAll(() => house[Symbol.asyncDispose]());

const open = (kept?: Secret, portals = house.portals): Promise<PortalSession> =>
  portals.open(HARBOR, kept, never);

/** What the person did, and the codes that they read where the portal sent them. */
const person = (ways: (CodeWay | undefined)[], answers: (Secret | 'another-way')[] = []) => {
  const offered: CodeChannel[][] = [];
  const hints: (string | undefined)[] = [];
  let way: CodeWay | undefined;
  const hooks: SignInHooks = {
    beforeSubmit: () => Promise.resolve(),
    channel: async (channels) => {
      offered.push([...channels]);
      way = ways.shift();
      return way;
    },
    code: async (hint) => {
      hints.push(hint);
      const answer = answers.shift();
      if (answer) return answer;
      const code = await harbor.lastCode(USER, way);
      return code === undefined ? undefined : new Secret(code);
    },
  };
  return { hooks, offered, hints };
};

/** An authenticator app of our own: the seed's code of now. */
const seeded = (): SignInHooks => ({
  beforeSubmit: () => Promise.resolve(),
  timeCode: async () => new Secret(codeOfStep(SEED, stepAt(house.time.now))),
  channel: () => Promise.reject(new Error('Nobody should be asked for a channel')),
  code: () => Promise.reject(new Error('Nobody should be asked for a code')),
});

const noCode: SignInHooks = {
  beforeSubmit: () => Promise.resolve(),
  channel: () => Promise.reject(new Error('Nobody should be asked for a channel')),
  code: () => Promise.reject(new Error('Nobody should be asked for a code')),
};

const newEntries = async (act: () => Promise<unknown>): Promise<string[]> => {
  const before = (await harbor.ledger()).length;
  await act();
  return (await harbor.ledger()).slice(before).map(({ step, result }) => `${step} ${result}`);
};

const trusted = () => ({ kind: 'signed-in', trustedUntil: house.time.now + 30 * DAY });

describe('a code by the way that the person chooses', () => {
  it.each([
    ['text', 'We sent a code by text message to (•••) •••-••17.'],
    ['voice', 'We are calling (•••) •••-••17 with your code.'],
    ['email', 'We sent a code by e-mail to a•••@•••.com.'],
  ] as const)('signs in with a code by %s, and tells where it went', async (way, hint) => {
    await using session = await open();
    const { hooks, offered, hints } = person([way]);
    const entries = await newEntries(async () => {
      expect(await session.signIn(ana, hooks)).toEqual(trusted());
    });
    expect(entries).toEqual(['password accepted', 'code accepted']);
    expect(offered).toEqual([
      [
        { id: 'text', label: 'Text message to (•••) •••-••17' },
        { id: 'voice', label: 'Voice call to (•••) •••-••17' },
        { id: 'email', label: 'E-mail to a•••@•••.com' },
        { id: 'app', label: 'Authenticator app' },
      ],
    ]);
    expect(hints).toEqual([hint]);
    expect(await session.read(POLICY)).toMatchObject({
      kind: 'found',
      snapshot: { number: POLICY, status: 'Active', missing: [] },
    });
  });

  it('signs in with a code that the person reads from their own authenticator', async () => {
    await harbor.setLogin(USER, { seed: SEED });
    await using session = await open();
    const { hooks, hints } = person(['app']);
    expect(await session.signIn(ana, hooks)).toEqual(trusted());
    expect(hints).toEqual(['Open your authenticator app and enter the code it shows.']);
  });

  it('goes back to the choice when the person wants another way', async () => {
    await using session = await open();
    const { hooks, offered, hints } = person(['text', 'email'], ['another-way']);
    const entries = await newEntries(async () => {
      expect(await session.signIn(ana, hooks)).toEqual(trusted());
    });
    expect(entries).toEqual(['password accepted', 'code accepted']);
    expect(offered).toHaveLength(2);
    expect(hints[1]).toMatch(/by e-mail/);
  });

  it('goes straight to the code where the portal has one way only', async () => {
    await harbor.setLogin(USER, { ways: ['email'] });
    await using session = await open();
    const { hooks, offered, hints } = person([]);
    expect(await session.signIn(ana, hooks)).toEqual(trusted());
    expect([offered, hints]).toEqual([[], ['We sent a code by e-mail to a•••@•••.com.']]);
  });

  it('ends with code timed out when nobody says which way', async () => {
    await using session = await open();
    expect(await session.signIn(ana, person([undefined]).hooks)).toMatchObject({
      kind: 'failure',
      reason: 'code-timed-out',
    });
  });

  it('takes the first way when there is nobody to ask', async () => {
    await using session = await open();
    const { hooks, hints } = person([]);
    const { channel: _nobody, ...others } = hooks;
    expect(await session.signIn(ana, others)).toEqual(trusted());
    expect(hints[0]).toMatch(/by text message/);
  });
});

describe('what is not accepted', () => {
  it('is submitted once when it is a code', async () => {
    await using session = await open();
    const wrong = async () =>
      new Secret((await harbor.lastCode(USER)) === '000000' ? '111111' : '000000');
    const entries = await newEntries(async () => {
      const { hooks } = person(['text']);
      expect(await session.signIn(ana, { ...hooks, code: wrong })).toMatchObject({
        kind: 'failure',
        reason: 'code-rejected',
      });
    });
    expect(entries).toEqual(['password accepted', 'code code-rejected']);
  });

  it('is submitted once when it is a password, and nobody is asked for a code', async () => {
    await using session = await open();
    const entries = await newEntries(async () => {
      const result = await session.signIn(credentials(USER, 'wrong'), noCode);
      expect(result).toMatchObject({ kind: 'failure', reason: 'bad-credentials' });
    });
    expect(entries).toEqual(['password bad-password']);
  });

  it('is no password where recording the try failed: the portal knows of none', async () => {
    await using session = await open();
    const entries = await newEntries(async () => {
      const refused = { ...noCode, beforeSubmit: () => Promise.reject(new Error('old fence')) };
      await expect(session.signIn(ana, refused)).rejects.toThrow('old fence');
    });
    expect(entries).toEqual([]);
  });
});

describe('a seed of the authenticator', () => {
  it('answers without a person', async () => {
    await harbor.setLogin(USER, { seed: SEED });
    await using session = await open();
    const entries = await newEntries(async () => {
      expect(await session.signIn(ana, seeded())).toEqual(trusted());
    });
    expect(entries).toEqual(['password accepted', 'code accepted']);
  });

  it('is rejected once and not tried again when its code was used before', async () => {
    await harbor.setLogin(USER, { seed: SEED });
    await using first = await open();
    expect(await first.signIn(ana, seeded())).toEqual(trusted());
    await using second = await open();
    const entries = await newEntries(async () => {
      expect(await second.signIn(ana, seeded())).toMatchObject({ reason: 'code-rejected' });
    });
    expect(entries).toEqual(['password accepted', 'code code-rejected']);
  });

  it('leaves the choice to the person where there is none', async () => {
    await using session = await open();
    const { hooks, offered } = person(['text']);
    const result = await session.signIn(ana, {
      ...hooks,
      timeCode: () => Promise.resolve(undefined),
    });
    expect(result).toEqual(trusted());
    expect(offered).toHaveLength(1);
  });
});

describe('a device that the portal remembers', () => {
  it('is asked for no code at the next sign-in, and for one after its days', async () => {
    const first = await open();
    const until = house.time.now + 30 * DAY;
    expect(await first.signIn(ana, person(['text']).hooks)).toEqual(trusted());
    const kept = await first.keep();
    await first[Symbol.asyncDispose]();

    house.time.now += 29 * DAY;
    const later = await open(kept);
    expect(await later.resume()).toEqual({ kind: 'ended' });
    const entries = await newEntries(async () => {
      expect(await later.signIn(ana, noCode)).toEqual({ kind: 'signed-in', trustedUntil: until });
    });
    expect(entries).toEqual(['password accepted']);
    expect((await later.read(POLICY)).kind).toBe('found');
    const keptLater = await later.keep();
    await later[Symbol.asyncDispose]();

    house.time.now += 2 * DAY;
    await using afterwards = await open(keptLater);
    const { hooks, hints } = person(['text']);
    expect(await afterwards.signIn(ana, hooks)).toEqual(trusted());
    expect(hints).toHaveLength(1);
  });
});

it('tells the day on which the portal says the password ends', async () => {
  await harbor.setLogin(USER, { passwordEnds: '2026-12-04' });
  await using session = await open();
  expect(await session.signIn(ana, person(['text']).hooks)).toEqual({
    ...trusted(),
    passwordEnds: '2026-12-04',
  });
});

it('goes on from news that the portal shows after the sign-in, and before a read', async () => {
  await harbor.setLogin(USER, { news: true });
  await using session = await open();
  expect(await session.signIn(ana, person(['text']).hooks)).toEqual(trusted());
  await harbor.setLogin(USER, { news: true });
  expect(await session.read(POLICY)).toMatchObject({ kind: 'found' });
});
