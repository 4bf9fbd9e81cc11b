import { figuresOf, randomOf, type Trial } from './trial.ts';
import { openYearFirm, type YearFirm } from './year/firm.ts';

const FIRST_DAY = '2026-01-05';
const DAY_MS = 86_400_000;
/** Syncs are kept for 90 days: from here on a day's tidying takes as much as the day brings. */
const FULL_AFTER = 95;
const LINKED_EACH_DAYS = 30;
const SAY_EVERY = 10;

/** Kept for good, or for the years that the trade asks for: these grow with each day, and no faster. */
const KEPT = ['audit', 'policy_value'];

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const cpuMs = async (work: () => Promise<void>): Promise<number> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

interface Size {
  logins: number;
  policies: number;
  /** What people ask for in a day. */
  asks: number;
}

interface Cost {
  queued: number;
  asked: number;
}

const liveOneDay = async (
  firm: YearFirm,
  nth: number,
  { logins, policies, asks, random }: Size & { random: () => number },
): Promise<Cost> => {
  firm.time.now = Date.parse(`${FIRST_DAY}T07:00:00Z`) + nth * DAY_MS;
  const day = new Date(firm.time.now).toISOString().slice(0, 10);
  for (let login = 0; login < logins; login += 1)
    if ((nth + login) % LINKED_EACH_DAYS === 0 || nth === 0) await firm.link(login);
  const queued = await cpuMs(() => firm.day(day));
  firm.time.now += 8 * 3_600_000;
  const asked: number[] = [];
  for (let count = 0; count < asks; count += 1) {
    firm.time.now += 60_000;
    asked.push(await cpuMs(() => firm.ask(Math.floor(random() * policies))));
  }
  firm.time.now += 3_600_000;
  await firm.chores(day);
  return { queued, asked: median(asked) };
};

/** The tables that hold more than before by more than what chance does. */
const grown = (before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): string[] =>
  [...after].flatMap(([table, rows]) => {
    const had = before.get(table) ?? 0;
    return rows > had * 1.05 + 20 && !KEPT.includes(table)
      ? [`${table}: ${had}, then ${rows}`]
      : [];
  });

export const year: Trial = {
  name: 'year',
  about: 'A firm lives through a year: what its tables hold, and what a day costs in the end.',
  beside: 'lowest',
  run: async ({ seed, short, say }) => {
    const figure = figuresOf('year');
    const days = short ? FULL_AFTER + 10 : 365;
    const size = short
      ? { logins: 2, policies: 10, asks: 2 }
      : { logins: 5, policies: 500, asks: 12 };
    const random = randomOf(seed);
    await using firm = await openYearFirm(size, FIRST_DAY);
    const costs: Cost[] = [];
    let [full, half, open] = [new Map<string, number>(), new Map<string, number>(), 0];
    const middle = Math.floor((FULL_AFTER + days) / 2);
    for (let nth = 0; nth < days; nth += 1) {
      costs.push(await liveOneDay(firm, nth, { ...size, random }));
      open = Math.max(open, await firm.open());
      if (nth === FULL_AFTER) full = await firm.rows();
      if (nth === middle) half = await firm.rows();
      if ((nth + 1) % SAY_EVERY === 0)
        say(
          `day ${nth + 1} of ${days}: ${costs.at(-1)?.queued.toFixed(0)} ms of the processor to queue and read it, ${costs.at(-1)?.asked.toFixed(1)} ms for one that was asked for`,
        );
    }
    const end = await firm.rows();
    const faults = grown(full, end);
    for (const fault of faults) say(`grows: ${fault}`);
    const span = (from: ReadonlyMap<string, number>, to: ReadonlyMap<string, number>): number =>
      KEPT.reduce((sum, table) => sum + (to.get(table) ?? 0) - (from.get(table) ?? 0), 0);
    const early = costs.slice(FULL_AFTER - 30, FULL_AFTER);
    const late = costs.slice(-30);
    const times = (of: keyof Cost): number =>
      median(late.map((cost) => cost[of])) / median(early.map((cost) => cost[of]));
    const perDay =
      span(half, end) / (days - 1 - middle) / (span(full, half) / (middle - FULL_AFTER));
    return [
      figure('days', days, 'days', '>=', days),
      figure('syncs left open by a day', open, 'syncs', '=', 0),
      figure('tables that grow once the first are forgotten', faults.length, 'tables', '=', 0),
      figure(
        'values and audit of a day, late against early',
        Number(perDay.toFixed(2)),
        'times',
        '<=',
        1.1,
      ),
      // What it costs is no promise of a short form, on a machine that does other things.
      ...(short
        ? []
        : [
            figure(
              'a day, late against early',
              Number(times('queued').toFixed(2)),
              'times',
              '<=',
              1.3,
            ),
            figure(
              'one asked for, late against early',
              Number(times('asked').toFixed(2)),
              'times',
              '<=',
              1.3,
            ),
          ]),
    ];
  },
};
