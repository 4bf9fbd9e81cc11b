import { Secret } from '#shared/secret.ts';
import { resolveDay } from '#simulator/portals/days.ts';
import { createGates } from '#simulator/portals/gates.ts';
import type { TaughtWords } from '#shared/status.ts';
import type { Clock } from '#shared/clock.ts';
import type {
  BookReading,
  CarrierFacts,
  PolicyReading,
  Portals,
  PortalSession,
  SignInHooks,
  SignInResult,
} from '#portal/portal.ts';

/** Portals without a browser, for tests of what happens around a read: they keep a ledger too. */
export interface ScriptedPortals {
  portals: Portals;
  /** What sessions said that the firm has taught of this carrier's words. */
  taught: (carrierId: string) => Record<string, string>;
  /** Every password submitted, by login source. */
  passwords: () => string[];
  /** Every read begun, in order. */
  reads: () => { source: string; number: string }[];
  readsOf: (number: string) => number;
  /** The most that ever worked in one login at the same moment. */
  mostAtOnce: () => number;
  /** What reads of this number find, one after the other; the last one stays. */
  answer: (number: string, ...readings: PolicyReading[]) => void;
  /** The screens of this source's listing, each time it is read. A carrier that has one lists books. */
  list: (source: string, ...screens: BookReading[]) => void;
  /** Every listing begun, by login source. Each screen waits at the gate `book <source>`. */
  listings: () => string[];
  /** What sign-ins of this source come to, one after the other; the last one stays. */
  answerSignIn: (source: string, ...results: SignInResult[]) => void;
  /** Sign-ins of this source ask for a code, and take this one; each other is asked for anew. */
  wantCode: (source: string, code: string) => void;
  /** The portal offers these ways for its code first; the ids, with the code of each. */
  offerWays: (source: string, codes: Record<string, string>) => void;
  /** Every code given, and every wish for another one, in order. */
  codes: () => { source: string; code: string }[];
  /** Holds reads of a number, or the sign-ins of a source after the password was submitted. */
  pause: (key: string) => void;
  release: (key: string) => void;
  releaseAll: () => void;
  held: () => string[];
  /** The portal ends every session. */
  endSessions: () => void;
}

/** In the words of the local portals' data. */
const NEWEST = '0';

/** A reading as of the newest day that a portal can show; `scriptPortals` says which one that is. */
export const found = (number: string, amount = 41_281_200, asOf = NEWEST): PolicyReading => ({
  kind: 'found',
  snapshot: {
    number,
    status: 'In Force',
    values: [{ name: 'Account Value', amount: { minor: amount, currency: 'USD' }, asOf }],
    missing: [],
  },
});

export const failure = (reason: Extract<SignInResult, { kind: 'failure' }>['reason']) => ({
  kind: 'failure' as const,
  reason,
});

const dated = (reading: PolicyReading, now: number): PolicyReading =>
  reading.kind !== 'found'
    ? reading
    : {
        ...reading,
        snapshot: {
          ...reading.snapshot,
          values: reading.snapshot.values.map((value) => ({
            ...value,
            asOf: value.asOf && resolveDay(value.asOf, now),
          })),
        },
      };

/** `clock` is the firm's: a portal shows no day that has not come yet. */
export const scriptPortals = (
  facts: readonly CarrierFacts[],
  clock: Clock = Date.now,
): ScriptedPortals => {
  const gates = createGates();
  const passwords: string[] = [];
  const reads: { source: string; number: string }[] = [];
  const readings = new Map<string, PolicyReading[]>();
  const books = new Map<string, BookReading[]>();
  const listings: string[] = [];
  const signIns = new Map<string, SignInResult[]>();
  const wantedCodes = new Map<string, string>();
  const ways = new Map<string, Record<string, string>>();
  const codes: { source: string; code: string }[] = [];
  const alive = new Set<string>();
  const atWork = new Map<string, number>();
  let most = 0;
  let sessions = 0;

  /** Asks until the right one comes, or none. */
  const passCode = async (source: string, hooks: SignInHooks): Promise<boolean> => {
    const offered = ways.get(source);
    let way = offered && (await chooseWay(offered, hooks));
    const wanted = offered ? way && offered[way] : wantedCodes.get(source);
    if (wanted === undefined) return offered === undefined;
    for (;;) {
      const given = await hooks.code(way === undefined ? 'a text to •• 42' : `by ${way}`);
      if (given === undefined) return false;
      const code = typeof given === 'string' ? given : given.reveal();
      codes.push({ source, code });
      if (code === 'another-way' && offered) way = await chooseWay(offered, hooks);
      if (code === (offered && way ? offered[way] : wanted)) return true;
    }
  };

  const chooseWay = (offered: Record<string, string>, hooks: SignInHooks) =>
    hooks.channel?.(Object.keys(offered).map((id) => ({ id, label: `By ${id} to ***-17` })));

  const next = <T>(scripted: Map<string, T[]>, key: string, usual: T): T => {
    const left = scripted.get(key) ?? [];
    return (left.length > 1 ? left.shift() : left[0]) ?? usual;
  };

  /** Like a step in a browser: rejects at once when the session is told to stop. */
  const step = async <T>(source: string, signal: AbortSignal, work: () => Promise<T>) => {
    signal.throwIfAborted();
    const count = (atWork.get(source) ?? 0) + 1;
    atWork.set(source, count);
    most = Math.max(most, count);
    const { promise, reject } = Promise.withResolvers<never>();
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort);
    try {
      return await Promise.race([work(), promise]);
    } finally {
      signal.removeEventListener('abort', abort);
      atWork.set(source, (atWork.get(source) ?? 1) - 1);
    }
  };

  const open: Portals['open'] = async (source, kept, signal): Promise<PortalSession> => {
    let session = kept?.reveal();
    return {
      resume: () =>
        step(source.id, signal, async () => ({
          kind: session !== undefined && alive.has(session) ? 'alive' : 'ended',
        })),
      signIn: (_credentials, hooks) =>
        step(source.id, signal, async () => {
          await hooks.beforeSubmit();
          passwords.push(source.id);
          await gates.pass(source.id);
          if (!(await passCode(source.id, hooks))) return failure('code-timed-out');
          const result = next<SignInResult>(signIns, source.id, { kind: 'signed-in' });
          if (result.kind === 'signed-in') {
            sessions += 1;
            session = `${source.id} ${sessions}`;
            alive.add(session);
          }
          return result;
        }),
      read: (number) =>
        step(source.id, signal, async () => {
          reads.push({ source: source.id, number });
          await gates.pass(number);
          if (session === undefined || !alive.has(session)) return failure('session-ended');
          return dated(next(readings, number, found(number)), clock());
        }),
      ...(books.has(source.id)
        ? {
            readBook: async function* () {
              listings.push(source.id);
              for (const screen of books.get(source.id) ?? []) {
                yield await step(source.id, signal, async () => {
                  await gates.pass(`book ${source.id}`);
                  const isAlive = session !== undefined && alive.has(session);
                  return isAlive ? screen : failure('session-ended');
                });
              }
            },
          }
        : {}),
      keep: () => Promise.resolve(new Secret(session ?? '')),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  };

  const taught = new Map<string, TaughtWords>();
  return {
    portals: {
      open,
      carrier: (id) => facts.find((carrier) => carrier.id === id),
      teach: (id, words) => void taught.set(id, words),
    },
    taught: (carrierId) => Object.fromEntries(taught.get(carrierId) ?? []),
    passwords: () => passwords,
    reads: () => reads,
    readsOf: (number) => reads.filter((read) => read.number === number).length,
    mostAtOnce: () => most,
    answer: (number, ...given) => void readings.set(number, given),
    list: (source, ...screens) => void books.set(source, screens),
    listings: () => listings,
    answerSignIn: (source, ...given) => void signIns.set(source, given),
    wantCode: (source, code) => void wantedCodes.set(source, code),
    offerWays: (source, given) => void ways.set(source, given),
    codes: () => codes,
    pause: gates.close,
    release: gates.release,
    releaseAll: gates.releaseAll,
    held: gates.held,
    endSessions: () => alive.clear(),
  };
};
