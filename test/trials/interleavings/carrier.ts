import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { Secret } from '#shared/secret.ts';
import type { PolicyReading, Portals, PortalSession, SignInResult } from '#portal/portal.ts';
import { found } from '#test/support/scripted-portals.ts';
import type { ReadWay, SignInWay, Site } from './site.ts';

/** A step that a process waits for. */
interface Pending {
  process: string;
  source: string;
  answer: (choice: number) => void;
}

/** A carrier, each of whose steps ends when a sequence says so, and how; at a site each is one of a browser. */
export interface ScriptedCarrier {
  portalsOf: (process: string) => Portals;
  /** Ends one step under way; `choice` says which, and with what. */
  answer: (choice: number) => void;
  /** A process that no longer runs: none of its steps ends, until it thaws too late. */
  freeze: (process: string) => void;
  thaw: () => void;
  /** From now on everything works. */
  well: () => Promise<void>;
  settle: () => Promise<void>;
  /** Answers everything until nothing of these runs. */
  drain: (running: ReadonlySet<Promise<unknown>>) => Promise<void>;
  /** Live sessions that are in a step at the portal now. */
  busy: (source: string) => number;
  mostAtOnce: () => number;
  /** What a live session threw. */
  failures: string[];
}

/** Enough for what stands between two steps, where the database answers at once. */
const TURNS = 40;
const MOST_TURNS = 20_000;

export const scriptedCarrier = (
  carrierId: string,
  sourceOf: (login: number) => string,
  site?: Site,
): ScriptedCarrier => {
  let pending: Pending[] = [];
  const frozen = new Set<string>();
  /** Processes that were frozen once: when one thaws, its portal is long rid of it. */
  const lost = new Set<string>();
  const alive = new Set<string>();
  const atWork = new Map<string, Set<string>>();
  const failures: string[] = [];
  let [most, sessions, isWell, reads] = [0, 0, false, 0];
  /** Steps that a browser is at. */
  const underWay = new Set<Promise<unknown>>();

  const busy = (source: string): number =>
    [...(atWork.get(source) ?? [])].filter((name) => !lost.has(name.split(' ')[0] ?? '')).length;

  const step = async <T>(
    process: string,
    source: string,
    signal: AbortSignal,
    result: (choice: number) => T | Promise<T>,
  ): Promise<T> => {
    signal.throwIfAborted();
    sessions += 1;
    const name = `${process} ${sessions}`;
    const here = atWork.get(source) ?? new Set<string>();
    atWork.set(source, here.add(name));
    most = Math.max(most, busy(source));
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort);
    const mine: Pending = {
      process,
      source,
      answer: (choice) => {
        pending = pending.filter((each) => each !== mine);
        const ends = result(choice);
        resolve(ends);
        if (!(ends instanceof Promise)) return;
        underWay.add(ends);
        void ends.catch(() => undefined).finally(() => underWay.delete(ends));
      },
    };
    pending.push(mine);
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', abort);
      pending = pending.filter((each) => each !== mine);
      here.delete(name);
    }
  };

  const signInWay = (choice: number): SignInWay =>
    isWell || choice % 4 !== 0 ? 'works' : choice % 8 === 0 ? 'bad-credentials' : 'carrier-down';
  const READ_WAYS: readonly ReadWay[] = ['absent', 'session-ended', 'carrier-down'];
  const readWay = (choice: number): ReadWay =>
    isWell ? 'works' : (READ_WAYS[choice % 5] ?? 'works');

  const signedIn = (way: SignInWay): SignInResult =>
    way === 'works' ? { kind: 'signed-in' } : { kind: 'failure', reason: way };

  const reading = (number: string, way: ReadWay): PolicyReading => {
    if (way === 'absent') return { kind: 'absent', closeNumbers: [] };
    if (way !== 'works') return { kind: 'failure', reason: way };
    reads += 1;
    return found(number, 10_000_000 + reads, '2026-03-03');
  };

  const openAt =
    (process: string, there: Site): Portals['open'] =>
    async (source, kept, given): Promise<PortalSession> => {
      const login = sourceOf(0) === source.id ? 0 : 1;
      const session = await there.open(login, kept, given);
      let signal = given;
      const at = <T>(result: (choice: number) => Promise<T>): Promise<T> =>
        step(process, source.id, signal, result);
      return {
        ...session,
        resume: (owner) => {
          signal = owner ?? signal;
          return at(() => session.resume(owner));
        },
        signIn: (_credentials, hooks) =>
          at((choice) => there.signIn(session, login, hooks, signInWay(choice))),
        read: (number) => at((choice) => there.read(session, login, number, readWay(choice))),
      };
    };

  const openScripted =
    (process: string): Portals['open'] =>
    async (source, kept, given): Promise<PortalSession> => {
      let session = kept?.reveal();
      let signal = given;
      return {
        resume: (owner) => {
          signal = owner ?? signal;
          return step(process, source.id, signal, () => ({
            kind: session !== undefined && alive.has(session) ? 'alive' : 'ended',
          }));
        },
        signIn: async (_credentials, hooks) => {
          await hooks.beforeSubmit();
          const result = await step(process, source.id, signal, (choice) =>
            signedIn(signInWay(choice)),
          );
          if (result.kind === 'signed-in') {
            session = `${source.id} ${(sessions += 1)}`;
            alive.add(session);
          }
          return result;
        },
        read: async (number) => {
          const result = await step(process, source.id, signal, (choice) =>
            reading(number, readWay(choice)),
          );
          if (result.kind === 'failure' && result.reason === 'session-ended')
            alive.delete(session ?? '');
          return result;
        },
        keep: () => Promise.resolve(new Secret(session ?? '')),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    };

  const free = (): Pending[] => pending.filter(({ process }) => !frozen.has(process));
  const answer = (choice: number): void => {
    const steps = free();
    steps[choice % Math.max(1, steps.length)]?.answer(choice);
  };
  const browserDone = async (): Promise<void> => {
    while (underWay.size > 0) await Promise.allSettled(underWay);
  };
  const settle = async (): Promise<void> => {
    for (let at = 0; at < TURNS; at += 1) {
      await browserDone();
      await turn();
    }
  };
  return {
    portalsOf: (process) => ({
      carrier: () => ({
        id: carrierId,
        name: carrierId,
        portalUrl: '',
        unlockSteps: '',
        sessionMinutes: 30,
        automaticSignInsPerDay: 50,
        codes: 'never',
        fields: [],
      }),
      open: site === undefined ? openScripted(process) : openAt(process, site),
    }),
    answer,
    freeze: (process) => {
      frozen.add(process);
      lost.add(process);
    },
    busy,
    thaw: () => frozen.clear(),
    well: async () => {
      isWell = true;
      await site?.well();
    },
    settle,
    drain: async (running) => {
      for (let at = 0; running.size > 0; at += 1) {
        if (at > MOST_TURNS) {
          failures.push(`${running.size} sessions do not end`);
          return;
        }
        await browserDone();
        const waits = free().length > 0;
        answer(at);
        // With no step to answer, a session looks at the database again after some time.
        await (waits ? turn() : sleep(1));
      }
    },
    mostAtOnce: () => most,
    failures,
  };
};
