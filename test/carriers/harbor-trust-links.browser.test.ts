import { signInById, forgetSetupKey } from '#core/sign-in/store/sign-ins.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Secret } from '#shared/secret.ts';
import type { PortalHandle } from '#simulator/portals/handle.ts';
import { linkByPerson } from '#core/sessions/person-link.ts';
import { openSignedIn } from '#core/sessions/signed-in.ts';
import { beginSignIn, chooseChannel, submitCode } from '#core/sign-in/sign-in.ts';
import { openLinkFirm, type LinkFirm } from '#test/support/link-firm.ts';
import { openHouse } from '#test/support/portals.ts';
import { readyLink } from '#test/support/ready-link.ts';

/** A real portal with a real browser: what a person does once, and what then needs nobody. */
const USER = 'ana@harbor';
const SEED = new Secret('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP');
const TYPED = { user: new Secret(USER), password: new Secret('quay-31') };
const DAY = 86_400_000;
const LEASE = {
  fence: 1,
  source: { id: 'source', name: 'Dana', carrierId: 'harbor-trust', holderId: 'dana' },
};
const PERMIT = {
  scarce: () => false,
  wanted: () => false,
  whileParked: <T>(wait: () => Promise<T>) => wait(),
  resume: () => Promise.resolve(),
};

let house: Awaited<ReturnType<typeof openHouse>>;
let harbor: PortalHandle;
beforeAll(async () => {
  house = await openHouse({
    data: {
      logins: [{ carrier: 'harbor-trust', user: USER, password: 'quay-31', policies: [] }],
      policies: [],
    },
  });
  harbor = house.of('harbor-trust');
});
afterAll(() => house[Symbol.asyncDispose]());

const open = async () => {
  const facts = house.portals.carrier('harbor-trust');
  if (facts === undefined) throw new Error('Harbor Trust is not loaded.');
  const firm = await openLinkFirm({ facts: { ...facts, id: 'northbridge' } });
  const signal = new AbortController().signal;
  // The portals' clock is the firm's.
  firm.time.now = house.time.now;
  const deps = { ...firm.runner, portals: house.portals };
  return {
    firm,
    pass: (ms: number): void => {
      house.time.now += ms;
      firm.time.now += ms;
    },
    begin: async (key?: Secret): Promise<string> => {
      const link = await readyLink(firm);
      const begun = await beginSignIn(firm, link, TYPED, true, key);
      if (begun.kind !== 'begun') throw new Error(`It is ${begun.kind}.`);
      return begun.signInId;
    },
    link: () =>
      linkByPerson(deps, LEASE, signal, PERMIT, (portal) => void portal[Symbol.asyncDispose]()),
    goOn: async () => {
      const signedIn = await openSignedIn(deps, LEASE, undefined, signal);
      if (signedIn.kind === 'signed-in') await signedIn.portal[Symbol.asyncDispose]();
      return signedIn.kind === 'failure' ? signedIn.reason : signedIn.kind;
    },
  };
};

const state = async (firm: LinkFirm, id: string) => (await signInById(firm.store, id))?.state;
const seen = async (act: () => Promise<unknown>): Promise<string[]> => {
  const before = (await harbor.ledger()).length;
  await act();
  return (await harbor.ledger()).slice(before).map(({ step, result }) => `${step} ${result}`);
};

it('links once with a code by the chosen way, and then signs in by itself for thirty days', async () => {
  const { firm, begin, link, goOn, pass } = await open();
  await using _firm = firm;
  const id = await begin();
  const done = link();
  const page = firm;
  await expect.poll(() => state(firm, id), { timeout: 20_000 }).toBe('channel-wanted');
  await chooseChannel(page, id, 'dana', 'text');
  await expect.poll(() => state(firm, id), { timeout: 20_000 }).toBe('code-wanted');
  const code = await harbor.lastCode(USER, 'text');
  await submitCode(page, id, 'dana', new Secret(code ?? ''));
  await done;
  expect(await state(firm, id)).toBe('linked');

  pass(DAY);
  expect(await seen(async () => expect(await goOn()).toBe('signed-in'))).toEqual([
    'password accepted',
  ]);
  pass(31 * DAY);
  expect(await seen(async () => expect(await goOn()).toBe('session-ended'))).toEqual([]);
});

it('needs its person when the portal has forgotten the device, and guesses nothing', async () => {
  const { firm, begin, link, goOn, pass } = await open();
  await using _firm = firm;
  await harbor.setLogin(USER, { seed: SEED.reveal() });
  const id = await begin(SEED);
  await link();
  expect(await state(firm, id)).toBe('linked');
  await forgetSetupKey(firm.store, 'source', 'dana');
  pass(DAY);
  await harbor.reset();
  expect(await seen(async () => expect(await goOn()).toBe('code-asked'))).toEqual([
    'password accepted',
  ]);
  pass(DAY);
  expect(await seen(goOn)).toEqual([]);
});

it('signs in with a setup key for ever, where nobody reads a code', async () => {
  const { firm, begin, link, goOn, pass } = await open();
  await using _firm = firm;
  await harbor.setLogin(USER, { seed: SEED.reveal() });
  const id = await begin(SEED);
  await link();
  expect(await state(firm, id)).toBe('linked');
  for (const days of [1, 40]) {
    pass(days * DAY);
    await seen(async () => expect(await goOn()).toBe('signed-in'));
  }
});
