import { distance } from 'fastest-levenshtein';
import { normalizeNumber } from '#shared/policy-number.ts';
import { standingOf } from '#shared/status.ts';
import type { PortalPolicy } from './data.ts';
import { resolveDay } from './days.ts';
import type { Gates } from './gates.ts';
import type { PolicyChange, PortalHandle } from './handle.ts';

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

const CLOSED = new Set(['closed', 'expired']);
const MOST_SIMILAR = 5;
/** What a portal's own computing error leaves in a list. */
const NO_AMOUNT = '#VALUE!';

type Counts = Awaited<ReturnType<PortalHandle['reads']>>;

/** The policies a portal knows, what tests have it make of each, and how often each was asked for. */
export const createPolicyData = (options: {
  policies: readonly PortalPolicy[];
  gates: Gates;
  clock: () => number;
}) => {
  const { gates, clock } = options;
  const policies = new Map(
    options.policies.map((policy) => [normalizeNumber(policy.number), policy]),
  );
  const changes = new Map<string, PolicyChange>();
  const begin = (): void => {
    changes.clear();
    for (const [key, { begins }] of policies) if (begins) changes.set(key, begins);
  };
  begin();
  const counts = new Map<string, Counts>();

  const count = (key: string): Counts => {
    const found = counts.get(key) ?? { searches: 0, reads: 0, listed: 0 };
    counts.set(key, found);
    return found;
  };

  const visible = (numbers: readonly string[]): PortalPolicy[] =>
    numbers.flatMap((number) => {
      const policy = policies.get(normalizeNumber(number));
      return policy && !changes.get(normalizeNumber(number))?.gone ? [policy] : [];
    });

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

  /** What it takes to get at a policy, for its own page and for one that lists it. */
  const behave = async (key: string): Promise<void> => {
    await gates.pass(key);
    const change = changes.get(key);
    if (change?.slowMs) await gates.delay(change.slowMs);
    if (change?.hangs) await gates.forever();
    if (change?.error) throw new OfficeFault(change.error);
  };

  const statusOf = (policy: PortalPolicy): string =>
    changes.get(normalizeNumber(policy.number))?.status ?? policy.status;

  const listed = (policy: PortalPolicy): ShownPolicy => {
    const change = changes.get(normalizeNumber(policy.number));
    const shown = show(policy, change);
    if (!change?.badRow) return shown;
    return { ...shown, values: shown.values.map((value) => ({ ...value, amount: NO_AMOUNT })) };
  };

  return {
    /** Exact hits among `mine`, else numbers that look alike; one set absent is in neither. */
    search: async (
      mine: readonly string[],
      number: string,
    ): Promise<{ hits: PortalPolicy[]; similar: string[] }> => {
      const wanted = normalizeNumber(number);
      count(wanted).searches += 1;
      const change = changes.get(wanted);
      if (change?.absentTimes) {
        changes.set(wanted, { ...change, absentTimes: change.absentTimes - 1 });
        return { hits: [], similar: [] };
      }
      const all = visible(mine);
      const hits = all
        .filter((policy) => normalizeNumber(policy.number) === wanted)
        .map((policy) => ({ ...policy, status: change?.status ?? policy.status }));
      if (hits.length > 0) return { hits, similar: [] };
      await gates.pass(wanted);
      const similar = all
        .map((policy) => policy.number)
        .filter((each) => distance(normalizeNumber(each), wanted) <= 2);
      return { hits, similar: similar.slice(0, MOST_SIMILAR) };
    },
    /** Undefined for a policy that is not among `mine`. Throws OfficeFault when told to. */
    read: async (mine: readonly string[], number: string): Promise<ShownPolicy | undefined> => {
      const key = normalizeNumber(number);
      const policy = visible(mine).find((each) => normalizeNumber(each.number) === key);
      if (!policy) return undefined;
      count(key).reads += 1;
      await behave(key);
      return show(policy, changes.get(key));
    },
    /** What stands on one screen of a listing of `mine`. Throws OfficeFault when told to. */
    list: async (
      mine: readonly string[],
      from = 0,
      to = Infinity,
      { openOnly } = { openOnly: false },
    ): Promise<{ rows: ShownPolicy[]; total: number }> => {
      const all = visible(mine).filter(
        (policy) => !openOnly || !CLOSED.has(standingOf(statusOf(policy))),
      );
      const rows = all.slice(from, to);
      for (const { number } of rows) {
        count(normalizeNumber(number)).listed += 1;
        await behave(normalizeNumber(number));
      }
      return { rows: rows.map(listed), total: all.length };
    },
    reset: begin,
    controls: {
      set: async (number: string, change: PolicyChange) => {
        const key = normalizeNumber(number);
        if (!policies.has(key)) throw new Error(`No policy ${number} at this portal`);
        changes.set(key, { ...changes.get(key), ...change });
      },
      reads: async (number: string) => ({ ...count(normalizeNumber(number)) }),
      pause: async (number: string) => gates.close(normalizeNumber(number)),
      release: async (number: string) => gates.release(normalizeNumber(number)),
      held: async () => gates.held().map((key) => policies.get(key)?.number ?? key),
    },
  };
};
