import { randomInt, randomUUID } from 'node:crypto';
import { codeOfStep, stepAt } from './authenticator.ts';
import type { PortalLogin } from './data.ts';
import type { CodeWay, LoginChange, SignInEntry } from './handle.ts';

interface Challenge {
  user: string;
  /** Undefined while nobody chose where the code goes. */
  way: CodeWay | undefined;
  code: string;
  sentAt: number;
  wrong: number;
}

/** A code that is on somebody's phone, and waits to be entered. */
export interface WaitingCode {
  user: string;
  way: CodeWay;
  code: string;
  /** Epoch ms; nobody can enter it later. */
  until: number;
}

const WRONG_CODES = 3;
const MINUTE = 60_000;

/** Codes beside passwords: where they go, and whether what is entered is the right one. */
export const createCodes = (options: {
  find: (user: string) => (PortalLogin & LoginChange) | undefined;
  record: (user: string, result: SignInEntry['result']) => void;
  openSession: (user: string) => string;
  clock: () => number;
  codeMinutes: number;
  /** A code was sent, or has ended. */
  told: () => void;
}) => {
  const { find, record, openSession, clock, codeMinutes, told } = options;
  const challenges = new Map<string, Challenge>();
  /** By user, the last half minute whose code was accepted: none is taken twice. */
  const usedSteps = new Map<string, number>();

  const newCode = (user: string): string =>
    find(user)?.sentCode ?? String(randomInt(1_000_000)).padStart(6, '0');

  const begin = (user: string, way?: CodeWay): string => {
    const id = randomUUID();
    challenges.set(id, { user, way, code: newCode(user), sentAt: clock(), wrong: 0 });
    told();
    return id;
  };

  const end = (id: string): void => {
    challenges.delete(id);
    told();
  };

  /** What the person reads: an authenticator shows another code every half minute. */
  const shown = ({ user, way, code }: Challenge): string => {
    const { seed } = find(user) ?? {};
    return way === 'app' && seed !== undefined ? codeOfStep(seed, stepAt(clock())) : code;
  };

  /** The half minute around now in which this user's authenticator shows the code. */
  const stepOf = (user: string, code: string): number | undefined => {
    const { seed } = find(user) ?? {};
    const now = stepAt(clock());
    if (seed === undefined) return undefined;
    return [now - 1, now, now + 1].find((step) => codeOfStep(seed, step) === code);
  };

  const isRight = ({ user, way, code }: Challenge, entered: string): boolean => {
    if (way === undefined) return false;
    const { seed, sentCode } = find(user) ?? {};
    if (way !== 'app' || (seed === undefined && sentCode !== undefined)) return code === entered;
    const step = stepOf(user, entered);
    if (step === undefined || step <= (usedSteps.get(user) ?? 0)) return false;
    usedSteps.set(user, step);
    return true;
  };

  return {
    /** Sends a text at once, where there is no choice. */
    sendCode: (user: string): string => begin(user, 'text'),
    /** A sign-in that waits for somebody to choose where the code goes. */
    expectCode: (user: string): string => begin(user),
    /** False when the sign-in has ended. */
    sendCodeBy: (id: string, way: CodeWay): boolean => {
      const challenge = challenges.get(id);
      if (challenge)
        Object.assign(challenge, { way, code: newCode(challenge.user), sentAt: clock() });
      told();
      return challenge !== undefined;
    },
    /** Who waits for which code; undefined when the sign-in has ended. */
    codeOf: (id: string): { user: string; way: CodeWay | undefined } | undefined =>
      challenges.get(id),
    /** False when the sign-in it was for has ended. */
    resendCode: (id: string): boolean => {
      const challenge = challenges.get(id);
      if (challenge) Object.assign(challenge, { code: newCode(challenge.user), sentAt: clock() });
      told();
      return challenge !== undefined;
    },
    checkCode: (id: string, code: string): { token: string } | 'wrong' | 'expired' => {
      const challenge = challenges.get(id);
      const answer = challenge && find(challenge.user)?.code;
      if (
        !challenge ||
        answer === 'expired' ||
        clock() - challenge.sentAt >= codeMinutes * MINUTE
      ) {
        record(challenge?.user ?? '', 'code-timed-out');
        return 'expired';
      }
      if (answer === 'wrong' || !isRight(challenge, code)) {
        challenge.wrong += 1;
        if (challenge.wrong >= WRONG_CODES) end(id);
        record(challenge.user, 'code-rejected');
        return 'wrong';
      }
      end(id);
      record(challenge.user, 'accepted');
      return { token: openSession(challenge.user) };
    },
    lastCode: async (user: string, way?: CodeWay): Promise<string | undefined> => {
      const waiting = [...challenges.values()].findLast(
        (each) =>
          each.user.toLowerCase() === user.toLowerCase() &&
          each.way !== undefined &&
          (way === undefined || each.way === way),
      );
      return waiting && shown(waiting);
    },
    /** Oldest first. */
    waitingCodes: (): WaitingCode[] =>
      [...challenges.values()].flatMap((challenge) => {
        const until = challenge.sentAt + codeMinutes * MINUTE;
        return challenge.way === undefined || until <= clock()
          ? []
          : [{ user: challenge.user, way: challenge.way, code: shown(challenge), until }];
      }),
  };
};
