import { randomInt, randomUUID } from 'node:crypto';
import { distance } from 'fastest-levenshtein';
import type { PortalLogin, PortalPolicy } from './data.ts';
import { resolveDay } from './days.ts';
import { createGates } from './gates.ts';
import type { LoginChange, PolicyChange, PortalHandle, SignInEntry } from './handle.ts';

interface Session {
  user: string;
  startedAt: number;
  ended?: 'time' | 'elsewhere' | 'office';
}

interface Challenge {
  user: string;
  code: string;
  sentAt: number;
  wrong: number;
}

/** What the portal answers to a user name and a password. */
export type PasswordAnswer =
  | 'accepted'
  | 'bad-password'
  | 'locked'
  | 'password-expired'
  | 'terms'
  | 'in-use'
  | 'dropped';

/** A policy as its pages show it; `amount` is absent where only the label is drawn. */
export interface ShownPolicy {
  number: string;
  product: string;
  status: string;
  owner: string;
  values: { name: string; amount?: string; asOf: string }[];
  changedPage: boolean;
}

/** The office answers a read with an HTTP error of this status. */
export class OfficeFault extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`The office answers ${status}`);
    this.status = status;
  }
}

const BAD_TRIES_BEFORE_LOCK = 3;
const MINUTE = 60_000;
const FINE = {
  badTries: 0,
  locked: false,
  passwordExpired: false,
  terms: false,
  slowMs: 0,
  dropped: false,
};

const key = (number: string): string => number.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');

/**
 * The carrier's back office behind a portal: logins, live sessions, codes, policies, a ledger of
 * every sign-in, and what tests have it do. Times are epoch ms of the given clock.
 */
export const createOffice = (options: {
  logins: readonly PortalLogin[];
  policies: readonly PortalPolicy[];
  clock: () => number;
  sessionMinutes: number;
  codeMinutes: number;
}) => {
  const { clock, sessionMinutes, codeMinutes } = options;
  const logins = new Map(
    options.logins.map((login) => [login.user.toLowerCase(), { ...login, ...FINE }]),
  );
  const policies = new Map(options.policies.map((policy) => [key(policy.number), policy]));
  const changes = new Map<string, PolicyChange>();
  const counts = new Map<string, { searches: number; reads: number }>();
  const ledger: SignInEntry[] = [];
  const sessions = new Map<string, Session>();
  const challenges = new Map<string, Challenge>();
  const gates = createGates();
  let maintenance = false;
  let robotCheck = false;
  let secondSession: Parameters<PortalHandle['secondSession']>[0] = 'ends-older';

  const record = (user: string, step: SignInEntry['step'], result: SignInEntry['result']): void => {
    ledger.push({ user, at: clock(), step, result });
  };

  const live = (user?: string): Session[] =>
    [...sessions.values()].filter(
      (session) =>
        session.ended === undefined &&
        clock() - session.startedAt < sessionMinutes * MINUTE &&
        (user === undefined || session.user.toLowerCase() === user.toLowerCase()),
    );

  const count = (number: string): { searches: number; reads: number } => {
    const found = counts.get(key(number)) ?? { searches: 0, reads: 0 };
    counts.set(key(number), found);
    return found;
  };

  const checkPassword = async (user: string, password: string): Promise<PasswordAnswer> => {
    const answer = judgePassword(user, password);
    await gates.pass(key(user));
    const { slowMs = 0, dropped = false } = logins.get(user.toLowerCase()) ?? {};
    if (slowMs > 0) await gates.delay(slowMs);
    return dropped ? 'dropped' : answer;
  };

  const judgePassword = (user: string, password: string): PasswordAnswer => {
    const login = logins.get(user.toLowerCase());
    const answer = (result: SignInEntry['result'], said: PasswordAnswer): PasswordAnswer => {
      record(user, 'password', result);
      return said;
    };
    if (login?.locked) return answer('locked', 'locked');
    if (login?.password !== password) {
      if (login) {
        login.badTries += 1;
        login.locked = login.badTries >= BAD_TRIES_BEFORE_LOCK;
      }
      return answer('bad-password', login?.locked ? 'locked' : 'bad-password');
    }
    login.badTries = 0;
    if (login.passwordExpired) return answer('password-expired', 'password-expired');
    if (login.terms) return answer('terms', 'terms');
    if (secondSession === 'refuses-newer' && live(user).length > 0)
      return answer('in-use', 'in-use');
    return answer('accepted', 'accepted');
  };

  const openSession = (user: string): string => {
    if (secondSession === 'ends-older')
      for (const session of live(user)) session.ended = 'elsewhere';
    const token = randomUUID();
    sessions.set(token, { user, startedAt: clock() });
    return token;
  };

  /** The user of a live session, else why it is none. */
  const session = (
    token: string | undefined,
  ): { user: string } | { ended: 'none' | NonNullable<Session['ended']> } => {
    const found = sessions.get(token ?? '');
    if (found === undefined) return { ended: 'none' };
    if (found.ended !== undefined) return { ended: found.ended };
    if (clock() - found.startedAt >= sessionMinutes * MINUTE) return { ended: 'time' };
    return { user: found.user };
  };

  const newCode = (): string => String(randomInt(1_000_000)).padStart(6, '0');

  const sendCode = (user: string): string => {
    const id = randomUUID();
    challenges.set(id, { user, code: newCode(), sentAt: clock(), wrong: 0 });
    return id;
  };

  const resendCode = (id: string): boolean => {
    const challenge = challenges.get(id);
    if (challenge) Object.assign(challenge, { code: newCode(), sentAt: clock() });
    return challenge !== undefined;
  };

  const checkCode = (id: string, code: string): { token: string } | 'wrong' | 'expired' => {
    const challenge = challenges.get(id);
    if (!challenge || clock() - challenge.sentAt >= codeMinutes * MINUTE) {
      record(challenge?.user ?? '', 'code', 'code-timed-out');
      return 'expired';
    }
    if (challenge.code !== code) {
      challenge.wrong += 1;
      if (challenge.wrong >= BAD_TRIES_BEFORE_LOCK) challenges.delete(id);
      record(challenge.user, 'code', 'code-rejected');
      return 'wrong';
    }
    challenges.delete(id);
    record(challenge.user, 'code', 'accepted');
    return { token: openSession(challenge.user) };
  };

  const visible = (user: string): PortalPolicy[] =>
    (logins.get(user.toLowerCase())?.policies ?? []).flatMap((number) => {
      const policy = policies.get(key(number));
      return policy && !changes.get(key(number))?.gone ? [policy] : [];
    });

  /** Exact hits, else numbers that look alike; a policy set absent for some searches is in neither. */
  const search = async (
    user: string,
    number: string,
  ): Promise<{ hits: PortalPolicy[]; similar: string[] }> => {
    const wanted = key(number);
    count(number).searches += 1;
    const change = changes.get(wanted);
    if (change?.absentTimes) {
      changes.set(wanted, { ...change, absentTimes: change.absentTimes - 1 });
      return { hits: [], similar: [] };
    }
    const mine = visible(user);
    const hits = mine.filter((policy) => key(policy.number) === wanted);
    if (hits.length === 0) await gates.pass(wanted);
    const similar = mine
      .filter((policy) => hits.length === 0 && distance(key(policy.number), wanted) <= 2)
      .map((policy) => policy.number);
    return { hits, similar: similar.slice(0, 5) };
  };

  const show = (policy: PortalPolicy, change: PolicyChange | undefined): ShownPolicy => {
    const changed = new Map(change?.values?.map((value) => [value.name, value]));
    const known = policy.values.map((value) => ({ ...value, ...changed.get(value.name) }));
    const added = (change?.values ?? [])
      .filter(({ name }) => policy.values.every((value) => value.name !== name))
      .map((value) => ({ amount: '', asOf: '0', ...value }));
    return {
      number: policy.number,
      product: policy.product,
      owner: policy.owner,
      status: change?.status ?? policy.status,
      changedPage: change?.changedPage ?? false,
      values: [...known, ...added].map(({ name, amount, asOf }) => ({
        name,
        ...(amount === '' || change?.missing?.includes(name) ? {} : { amount }),
        asOf: resolveDay(change?.asOf ?? asOf, clock()),
      })),
    };
  };

  /** Undefined for a policy this user does not see. Throws OfficeFault when told to. */
  const read = async (user: string, number: string): Promise<ShownPolicy | undefined> => {
    const policy = visible(user).find((each) => key(each.number) === key(number));
    if (!policy) return undefined;
    count(number).reads += 1;
    await gates.pass(key(number));
    const change = changes.get(key(number));
    if (change?.slowMs) await gates.delay(change.slowMs);
    if (change?.error) throw new OfficeFault(change.error);
    return show(policy, change);
  };

  const loginOf = (user: string) => {
    const login = logins.get(user.toLowerCase());
    if (!login) throw new Error(`No login ${user} at this portal`);
    return login;
  };

  const handle: Omit<PortalHandle, 'url'> = {
    set: async (number, change) => {
      if (!policies.has(key(number))) throw new Error(`No policy ${number} at this portal`);
      changes.set(key(number), { ...changes.get(key(number)), ...change });
    },
    reset: async () => {
      changes.clear();
      gates.releaseAll();
      maintenance = false;
      robotCheck = false;
      secondSession = 'ends-older';
      for (const login of logins.values()) Object.assign(login, FINE);
    },
    setLogin: async (user, change: LoginChange) => {
      Object.assign(loginOf(user), change);
    },
    lock: async (user) => {
      loginOf(user).locked = true;
    },
    unlock: async (user) => {
      Object.assign(loginOf(user), { locked: false, badTries: 0 });
    },
    ledger: async (user) =>
      ledger.filter(
        (entry) => user === undefined || entry.user.toLowerCase() === user.toLowerCase(),
      ),
    sessions: async (user) => live(user).map(({ user, startedAt }) => ({ user, startedAt })),
    endSessions: async (user) => {
      for (const session of live(user)) session.ended = 'office';
    },
    reads: async (number) => ({ ...count(number) }),
    lastCode: async (user) =>
      [...challenges.values()].findLast((each) => each.user.toLowerCase() === user.toLowerCase())
        ?.code,
    maintenance: async (on) => {
      maintenance = on;
    },
    robotCheck: async (on) => {
      robotCheck = on;
    },
    secondSession: async (mode) => {
      secondSession = mode;
    },
    pause: async (number) => gates.close(key(number)),
    release: async (number) => gates.release(key(number)),
    held: async () => gates.held().map((each) => policies.get(each)?.number ?? each),
  };

  return {
    checkPassword,
    openSession,
    session,
    sendCode,
    resendCode,
    checkCode,
    search,
    read,
    endSession: (token: string | undefined): void => {
      sessions.delete(token ?? '');
    },
    weather: (): 'fine' | 'maintenance' | 'robot-check' =>
      maintenance ? 'maintenance' : robotCheck ? 'robot-check' : 'fine',
    handle,
  };
};

export type Office = ReturnType<typeof createOffice>;
