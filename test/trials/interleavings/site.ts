import type { PolicyReading, PortalSession, SignInHooks, SignInResult } from '#portal/portal.ts';
import { credentials, openHouse } from '#test/support/portals.ts';
import { POLICIES, LOGINS } from './firm.ts';

const CARRIER = 'northbridge-life';
const PASSWORD = 'lantern-42';
const numberOf = (sequence: number, policy: number): string =>
  `${`${sequence}`.padStart(6, '0')}${policy}`;
const userOf = (sequence: number, login: number): string => `user-${sequence}-${login}`;

/** What the carrier of a sequence does with a step: it works, or fails in this way. */
export type SignInWay = 'works' | 'bad-credentials' | 'carrier-down';
export type ReadWay = 'works' | 'absent' | 'session-ended' | 'carrier-down';

/** The portal of one sequence, where each step is one of a real browser. */
export interface Site {
  open: (
    login: number,
    kept: Parameters<House['portals']['open']>[1],
    signal: AbortSignal,
  ) => Promise<PortalSession>;
  signIn: (
    session: PortalSession,
    login: number,
    hooks: SignInHooks,
    way: SignInWay,
  ) => Promise<SignInResult>;
  read: (
    session: PortalSession,
    login: number,
    number: string,
    way: ReadWay,
  ) => Promise<PolicyReading>;
  /** Nobody is locked out any more. */
  well: () => Promise<void>;
  /** Passwords that came without a try that was written down before. */
  passwordsTooMany: () => Promise<number>;
}

type House = Awaited<ReturnType<typeof openHouse>>;

export interface Sites extends AsyncDisposable {
  of: (sequence: number) => Site;
  /** How many policies were found there so far. */
  found: () => number;
}

/** A local portal and a real browser for so many sequences; the clock is theirs. */
export const openSites = async (sequences: number, time: { now: number }): Promise<Sites> => {
  const all = Array.from({ length: sequences }, (_, sequence) => ({
    numbers: Array.from({ length: POLICIES }, (__, policy) => numberOf(sequence, policy)),
    users: Array.from({ length: LOGINS }, (__, login) => userOf(sequence, login)),
  }));
  const house = await openHouse({
    time,
    data: {
      logins: all.flatMap(({ numbers, users }) =>
        users.map((user) => ({ carrier: CARRIER, user, password: PASSWORD, policies: numbers })),
      ),
      policies: all.flatMap(({ numbers }) =>
        numbers.map((number) => ({
          carrier: CARRIER,
          number,
          product: 'Whole Life',
          status: 'In Force',
          owner: 'Ines',
          values: [{ name: 'Cash Value', amount: '100000.00', asOf: '2026-03-03' }],
        })),
      ),
    },
  });
  const found: string[] = [];
  return {
    of: (sequence) => siteOf(house, sequence, found),
    found: () => found.length,
    [Symbol.asyncDispose]: () => house[Symbol.asyncDispose](),
  };
};

const siteOf = ({ portals, northbridge }: House, sequence: number, found: string[]): Site => {
  let tries = 0;
  const users = Array.from({ length: LOGINS }, (_, login) => userOf(sequence, login));
  return {
    open: (login, kept, signal) =>
      portals.open({ id: userOf(sequence, login), carrierId: CARRIER, name: 'Ines' }, kept, signal),
    signIn: async (session, login, hooks, way) => {
      await northbridge.maintenance(way === 'carrier-down');
      try {
        const password = way === 'bad-credentials' ? 'another' : PASSWORD;
        return await session.signIn(credentials(userOf(sequence, login), password), {
          ...hooks,
          beforeSubmit: async () => {
            await hooks.beforeSubmit();
            tries += 1;
          },
        });
      } finally {
        await northbridge.maintenance(false);
      }
    },
    read: async (session, login, number, way) => {
      if (way === 'session-ended') await northbridge.endSessions(userOf(sequence, login));
      await northbridge.set(number, {
        gone: way === 'absent',
        error: way === 'carrier-down' ? 503 : 0,
      });
      try {
        const reading = await session.read(number);
        if (reading.kind === 'found') found.push(number);
        return reading;
      } finally {
        await northbridge.set(number, { gone: false, error: 0 });
      }
    },
    well: async () => {
      for (const user of users) await northbridge.unlock(user);
    },
    passwordsTooMany: async () => {
      const ledgers = await Promise.all(users.map((user) => northbridge.ledger(user)));
      const passwords = ledgers.flat().filter(({ step }) => step === 'password').length;
      return Math.max(0, passwords - tries);
    },
  };
};
