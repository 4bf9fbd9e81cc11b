import { randomUUID } from 'node:crypto';
import { normalizeNumber } from '#shared/policy-number.ts';
import { createCodes } from './codes.ts';
import type { PortalLogin } from './data.ts';
import type { Gates } from './gates.ts';
import type { CodeWay, LoginChange, PortalHandle, SignInEntry } from './handle.ts';

interface Session {
  user: string;
  startedAt: number;
  usedAt: number;
  ended?: 'time' | 'elsewhere' | 'office';
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
const DAY = 24 * 60 * MINUTE;

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/**
 * Who gets in: logins and their locks, codes, live sessions, and the ledger of every submission.
 * Times are epoch ms of the given clock.
 */
export const createAuthentication = (options: {
  logins: readonly PortalLogin[];
  gates: Gates;
  clock: () => number;
  sessionMinutes: number;
  codeMinutes: number;
  /** How long a session lives that nobody uses. */
  idleMinutes: number;
  /** A code was sent, or has ended. */
  codesChanged: () => void;
}) => {
  const { clock, gates, sessionMinutes, codeMinutes, idleMinutes } = options;
  const begin = () =>
    options.logins.map((login): PortalLogin & LoginChange & { badTries: number } => ({
      ...login,
      ...login.begins,
      badTries: 0,
    }));
  let logins = begin();
  const ledger: SignInEntry[] = [];
  const sessions = new Map<string, Session>();
  /** Devices that were remembered: for whom, and until when. */
  const devices = new Map<string, { user: string; until: number }>();
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

  const outlived = ({ startedAt, usedAt }: Session): boolean =>
    clock() - startedAt >= sessionMinutes * MINUTE || clock() - usedAt >= idleMinutes * MINUTE;

  const live = (user?: string): Session[] =>
    [...sessions.values()].filter(
      (session) =>
        session.ended === undefined &&
        !outlived(session) &&
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
    sessions.set(token, { user, startedAt: clock(), usedAt: clock() });
    return token;
  };

  const { lastCode, ...codes } = createCodes({
    find,
    record: (user, result) => record(user, 'code', result),
    openSession,
    clock,
    codeMinutes,
    told: options.codesChanged,
  });

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
    ...codes,
    /** The user of a live session, which is used by that, else why it is none. */
    session: (
      token: string | undefined,
    ): { user: string } | { ended: 'none' | NonNullable<Session['ended']> } => {
      const found = sessions.get(token ?? '');
      if (found === undefined) return { ended: 'none' };
      if (found.ended !== undefined) return { ended: found.ended };
      if (outlived(found)) return { ended: 'time' };
      found.usedAt = clock();
      return { user: found.user };
    },
    /** How long a session still lives that nobody uses, ms; 0 when it has ended. Does not use it. */
    idleLeft: (token: string | undefined): number => {
      const found = sessions.get(token ?? '');
      if (found === undefined || found.ended !== undefined || outlived(found)) return 0;
      return found.usedAt + idleMinutes * MINUTE - clock();
    },
    /** Its codes come from an authenticator, where the portal knows no other way. */
    hasAuthenticator: (user: string): boolean => find(user)?.seed !== undefined,
    hasNews: (user: string): boolean => find(user)?.news ?? false,
    newsRead: (user: string): void => void Object.assign(loginOf(user), { news: false }),
    /** The password of this login ends on this day, yyyy-mm-dd. */
    passwordEndsOf: (user: string): string | undefined => find(user)?.passwordEnds,
    /** Where this login may have its codes sent, or read. */
    waysOf: (user: string): readonly CodeWay[] =>
      find(user)?.ways ?? ['text', 'voice', 'email', 'app'],
    /** What a browser keeps so that no code is asked of this user. */
    rememberDevice: (user: string, days: number): string => {
      const device = randomUUID();
      devices.set(device, { user, until: clock() + days * DAY });
      return device;
    },
    knowsDevice: (user: string, device: string | undefined): boolean => {
      const known = devices.get(device ?? '');
      return known !== undefined && same(known.user, user) && clock() < known.until;
    },
    endSession: (token: string | undefined): void => {
      sessions.delete(token ?? '');
    },
    /** Policies were looked for: the session of a login that is told to ends after that. */
    looked: (user: string): void => {
      const { ends } = find(user) ?? {};
      if (ends) for (const session of live(user)) session.ended = ends;
    },
    /** Devices are forgotten too; sessions and ledger stay. */
    reset: (): void => {
      secondSession = 'ends-older';
      devices.clear();
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
      lastCode,
      secondSession: async (mode: typeof secondSession) => {
        secondSession = mode;
      },
    },
  };
};
