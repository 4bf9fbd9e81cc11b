import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { Secret } from '#shared/secret.ts';
import type { PolicyReading, Portals, PortalSession, SignInResult } from '#portal/portal.ts';
import { found } from '#test/support/scripted-portals.ts';

/** A step that a process waits for. */
interface Pending {
  process: string;
  source: string;
  answer: (choice: number) => void;
}

/** A carrier without a browser, each of whose steps ends when a sequence says so, and how. */
export interface ScriptedCarrier {
  portalsOf: (process: string) => Portals;
  /** Ends one step under way; `choice` says which, and with what. */
  answer: (choice: number) => void;
  /** A process that no longer runs: none of its steps ends, until it thaws too late. */
  freeze: (process: string) => void;
  thaw: () => void;
  /** From now on everything works. */
  well: () => void;
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

export const scriptedCarrier = (carrierId: string): ScriptedCarrier => {
  let pending: Pending[] = [];
  const frozen = new Set<string>();
  /** Processes that were frozen once: when one thaws, its portal is long rid of it. */
  const lost = new Set<string>();
  const alive = new Set<string>();
  const atWork = new Map<string, Set<string>>();
  const failures: string[] = [];
  let [most, sessions, isWell, reads] = [0, 0, false, 0];

  const busy = (source: string): number =>
    [...(atWork.get(source) ?? [])].filter((name) => !lost.has(name.split(' ')[0] ?? '')).length;

  const step = async <T>(
    process: string,
    source: string,
    signal: AbortSignal,
    result: (choice: number) => T,
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
    const mine: Pending = { process, source, answer: (choice) => resolve(result(choice)) };
    pending.push(mine);
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', abort);
      pending = pending.filter((each) => each !== mine);
      here.delete(name);
    }
  };

  const signedIn = (choice: number): SignInResult => {
    if (isWell || choice % 4 !== 0) return { kind: 'signed-in' };
    const reason = choice % 8 === 0 ? 'bad-credentials' : 'carrier-down';
    return { kind: 'failure', reason };
  };

  const reading = (number: string, choice: number): PolicyReading => {
    if (isWell || choice % 5 > 2) {
      reads += 1;
      return found(number, 10_000_000 + reads, '2026-03-03');
    }
    if (choice % 5 === 0) return { kind: 'absent', closeNumbers: [] };
    return { kind: 'failure', reason: choice % 5 === 1 ? 'session-ended' : 'carrier-down' };
  };

  const open =
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
          const result = await step(process, source.id, signal, signedIn);
          if (result.kind === 'signed-in') {
            session = `${source.id} ${(sessions += 1)}`;
            alive.add(session);
          }
          return result;
        },
        read: async (number) => {
          const result = await step(process, source.id, signal, (choice) =>
            reading(number, choice),
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
  const settle = async (): Promise<void> => {
    for (let at = 0; at < TURNS; at += 1) await turn();
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
      open: open(process),
    }),
    answer,
    freeze: (process) => {
      frozen.add(process);
      lost.add(process);
    },
    busy,
    thaw: () => frozen.clear(),
    well: () => {
      isWell = true;
    },
    settle,
    drain: async (running) => {
      for (let at = 0; running.size > 0; at += 1) {
        if (at > MOST_TURNS) {
          failures.push(`${running.size} sessions do not end`);
          return;
        }
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
