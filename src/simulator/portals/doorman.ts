import { randomInt, randomUUID } from 'node:crypto';
import { normalizeNumber } from '#domain/policy-number.ts';
import type { PortalLogin } from './data.ts';
import type { Gates } from './gates.ts';
import type { LoginChange, PortalHandle, SignInEntry } from './handle.ts';

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
  | 'dropped'
  /** The portal answers any page with this one. */
  | 'maintenance'
  | 'robot-check'
  /** It sends on to /around/1, which goes on for ever. */
  | 'redirects';

const BAD_TRIES_BEFORE_LOCK = 3;
const MINUTE = 60_000;

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/**
 * Who gets in: logins and their locks, codes, live sessions, and the ledger of every submission.
 * Times are epoch ms of the given clock.
 */
export const createDoorman = (options: {
  logins: readonly PortalLogin[];
  gates: Gates;
  clock: () => number;
  sessionMinutes: number;
  codeMinutes: number;
}) => {
  const { clock, gates, sessionMinutes, codeMinutes } = options;
  const begin = () =>
    options.logins.map((login): PortalLogin & LoginChange & { badTries: number } => ({
      ...login,
      ...login.begins,
      badTries: 0,
    }));
  let logins = begin();
  const ledger: SignInEntry[] = [];
  const sessions = new Map<string, Session>();
  const challenges = new Map<string, Challenge>();
  let secondSession: Parameters<PortalHandle['secondSession']>[0] = 'ends-older';

  const find = (user: string) => logins.find((login) => same(login.user, user));

  const loginOf = (user: string) => {
    const login = find(user);
    if (!login) throw new Error(`No login ${user} at this portal`);
    return login;
  };

  const record = (user: string, step: SignInEntry['step'], result: SignInEntry['result']): void => {
    ledger.push({ user, at: clock(), step, result });
  };

  const live = (user?: string): Session[] =>
    [...sessions.values()].filter(
      (session) =>
        session.ended === undefined &&
        clock() - session.startedAt < sessionMinutes * MINUTE &&
        (user === undefined || same(session.user, user)),
    );

  const judge = (user: string, password: string): PasswordAnswer => {
    const login = find(user);
    const answer = (result: SignInEntry['result'], said: PasswordAnswer): PasswordAnswer => {
      record(user, 'password', result);
      return said;
    };
    if (login?.locked) return answer('locked', 'locked');
    if (login?.refused) return answer('bad-password', 'bad-password');
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
    if (login.inUse || (secondSession === 'refuses-newer' && live(user).length > 0))
      return answer('in-use', 'in-use');
    return answer('accepted', login.meets ?? 'accepted');
  };

  const openSession = (user: string): string => {
    if (secondSession === 'ends-older')
      for (const session of live(user)) session.ended = 'elsewhere';
    const token = randomUUID();
    sessions.set(token, { user, startedAt: clock() });
    return token;
  };

  const newCode = (user: string): string =>
    find(user)?.sentCode ?? String(randomInt(1_000_000)).padStart(6, '0');

  return {
    /** What this login may see; empty for nobody. */
    policiesOf: (user: string): readonly string[] => find(user)?.policies ?? [],
    checkPassword: async (user: string, password: string): Promise<PasswordAnswer> => {
      const answer = judge(user, password);
      await gates.pass(normalizeNumber(user));
      const { slowMs = 0, dropped = false, hangs = false } = find(user) ?? {};
      if (hangs) await gates.forever();
      else if (slowMs > 0) await gates.delay(slowMs);
      return dropped ? 'dropped' : answer;
    },
    openSession,
    /** The user of a live session, else why it is none. */
    session: (
      token: string | undefined,
    ): { user: string } | { ended: 'none' | NonNullable<Session['ended']> } => {
      const found = sessions.get(token ?? '');
      if (found === undefined) return { ended: 'none' };
      if (found.ended !== undefined) return { ended: found.ended };
      if (clock() - found.startedAt >= sessionMinutes * MINUTE) return { ended: 'time' };
      return { user: found.user };
    },
    endSession: (token: string | undefined): void => {
      sessions.delete(token ?? '');
    },
    /** Policies were looked for: the session of a login that is told to ends after that. */
    looked: (user: string): void => {
      const { ends } = find(user) ?? {};
      if (ends) for (const session of live(user)) session.ended = ends;
    },
    sendCode: (user: string): string => {
      const id = randomUUID();
      challenges.set(id, { user, code: newCode(user), sentAt: clock(), wrong: 0 });
      return id;
    },
    /** False when the sign-in it was for has ended. */
    resendCode: (id: string): boolean => {
      const challenge = challenges.get(id);
      if (challenge) Object.assign(challenge, { code: newCode(challenge.user), sentAt: clock() });
      return challenge !== undefined;
    },
    checkCode: (id: string, code: string): { token: string } | 'wrong' | 'expired' => {
      const challenge = challenges.get(id);
      const told = challenge && find(challenge.user)?.code;
      if (!challenge || told === 'expired' || clock() - challenge.sentAt >= codeMinutes * MINUTE) {
        record(challenge?.user ?? '', 'code', 'code-timed-out');
        return 'expired';
      }
      if (told === 'wrong' || challenge.code !== code) {
        challenge.wrong += 1;
        if (challenge.wrong >= BAD_TRIES_BEFORE_LOCK) challenges.delete(id);
        record(challenge.user, 'code', 'code-rejected');
        return 'wrong';
      }
      challenges.delete(id);
      record(challenge.user, 'code', 'accepted');
      return { token: openSession(challenge.user) };
    },
    reset: (): void => {
      secondSession = 'ends-older';
      logins = begin();
    },
    controls: {
      setLogin: async (user: string, change: LoginChange) => {
        Object.assign(loginOf(user), change);
      },
      lock: async (user: string) => {
        loginOf(user).locked = true;
      },
      unlock: async (user: string) => {
        Object.assign(loginOf(user), { locked: false, badTries: 0 });
      },
      ledger: async (user?: string) =>
        ledger.filter((entry) => user === undefined || same(entry.user, user)),
      sessions: async (user?: string) =>
        live(user).map(({ user, startedAt }) => ({ user, startedAt })),
      endSessions: async (user?: string) => {
        for (const session of live(user)) session.ended = 'office';
      },
      lastCode: async (user: string) =>
        [...challenges.values()].findLast((each) => same(each.user, user))?.code,
      secondSession: async (mode: typeof secondSession) => {
        secondSession = mode;
      },
    },
  };
};
