import { businessDaysBefore, lastValuedDay } from '#shared/calendar.ts';
import { normalizeNumber } from '#shared/policy-number.ts';
import { Secret } from '#shared/secret.ts';
import type { PolicySnapshot, Portals, PortalSession } from '#portal/portal.ts';
import { CARRIERS, factsOf, GRID_MS, POLICY_LIST, SOURCE_LIST, type WeekPolicy } from './plan.ts';
import type { WeekTime } from './time.ts';

/** When a login could be used, as its portal knows it. */
export interface Linked {
  source: string;
  from: number;
  to: number;
}

export interface WeekPortals {
  portals: Portals;
  linked: readonly Linked[];
}

const SIGN_IN_MS = 2 * GRID_MS;
const BOOK_SCREEN = 10;
/** One read in so many finds the carrier down for a moment. */
const DOWN_ONE_IN = 400;

/** What stands in for the carriers' sites: the only thing of the week that is not the product's own. */
export const scriptWeek = (time: WeekTime): WeekPortals => {
  const linked: Linked[] = [];
  const facts = new Map(CARRIERS.map((carrier) => [carrier.id, factsOf(carrier)]));
  const sources = new Map(SOURCE_LIST.map((source) => [source.id, source]));
  const seen = Map.groupBy(POLICY_LIST, ({ seenBy }) => seenBy ?? '');
  const byNumber = new Map(POLICY_LIST.map((policy) => [normalizeNumber(policy.number), policy]));
  const sessions = new Map<string, number>();
  let reads = 0;

  const open: Portals['open'] = async (source, kept, given): Promise<PortalSession> => {
    let signal = given;
    let session = kept?.reveal();
    const isAlive = (): boolean =>
      session !== undefined && (sessions.get(session) ?? 0) > time.now();
    return {
      resume: async (mine) => {
        signal = mine ?? signal;
        return { kind: isAlive() ? 'alive' : 'ended' };
      },
      signIn: async (_credentials, hooks) => {
        await hooks.beforeSubmit();
        await time.sleep(SIGN_IN_MS, signal);
        const to = time.now() + (sources.get(source.id)?.carrier.minutes ?? 0) * 60_000;
        session = `${source.id} ${time.now()}`;
        sessions.set(session, to);
        linked.push({ source: source.id, from: time.now(), to });
        return { kind: 'signed-in' };
      },
      read: async (number) => {
        await time.sleep(GRID_MS, signal);
        if (!isAlive()) return { kind: 'failure', reason: 'session-ended' };
        reads += 1;
        if (reads % DOWN_ONE_IN === 0) return { kind: 'failure', reason: 'carrier-down' };
        const policy = byNumber.get(normalizeNumber(number));
        return policy?.seenBy === source.id
          ? { kind: 'found', snapshot: snapshotOf(policy, time.now()) }
          : { kind: 'absent', closeNumbers: [] };
      },
      readBook: async function* () {
        const book = seen.get(source.id) ?? [];
        for (let at = 0; at < book.length; at += BOOK_SCREEN) {
          await time.sleep(GRID_MS, signal);
          if (!isAlive()) {
            yield { kind: 'failure', reason: 'session-ended' };
            return;
          }
          const entries = book
            .slice(at, at + BOOK_SCREEN)
            .map((policy) => snapshotOf(policy, time.now()));
          yield { kind: 'page', entries, unreadable: [] };
        }
      },
      keep: () => Promise.resolve(new Secret(session ?? '')),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  };

  return { portals: { open, carrier: (id) => facts.get(id) }, linked };
};

/** A value that moves a little each business day. */
const snapshotOf = (policy: WeekPolicy, now: number): PolicySnapshot => {
  const day = lastValuedDay(now);
  const asOf = policy.kind === 'stale' ? businessDaysBefore(day, 5) : day;
  const moved = Number(asOf.slice(8)) % 7;
  return {
    number: policy.number,
    status: policy.kind === 'drift' ? 'Surrendered' : 'In Force',
    values: [
      {
        name: 'Account Value',
        amount: { minor: Math.round(policy.value * (1 + moved / 1000)), currency: 'USD' },
        asOf,
      },
    ],
    missing: policy.kind === 'partial' ? ['Surrender Value'] : [],
  };
};
