import { figuresOf, randomOf, type Trial } from './trial.ts';
import { openCalendar, type Calendar } from './year/calendar.ts';
import { openYearFirm, type YearFirm } from './year/firm.ts';
import { ACTED_ON, deliverAll, liveScene } from './year/life.ts';
import { DANA, loginOf, policyOf, type FirmSize } from './year/people.ts';

const FIRST_DAY = '2026-01-05';
const DAY_MS = 86_400_000;
const LINKED_EACH_DAYS = 30;
const SAY_EVERY = 10;

/** Kept for the years that the trade asks for: these grow with each day, and no faster. */
const KEPT = ['audit', 'policy_value'];
/** What the firm knows: each word that a carrier has ever shown. */
const KNOWN = ['status_word'];
/** Filled by what is no part of a firm's days. */
const NEVER_FILLED = [
  // A workspace takes its database as the bot connects to it.
  'serving',
  // Whoever asks whether the database takes writes takes its row away again.
  'asked',
];

interface Size extends FirmSize {
  /** A login's session runs on one day of so many, and asks for the policies there are on that day. */
  readEach: number;
  /** What people ask for in a day. */
  asks: number;
  days: number;
  /** Days that what has ended is kept; cases too, so that the year sees them go. */
  kept: number;
  /** Days over which the most that a table holds is looked for: what people do differs by the day. */
  window: number;
  /**
   * The day around which that is looked for first. In a long year as many days before the last look as
   * makes the same logins linked and read on the same days of it: they meet again each sixty days.
   */
  middle: number;
}

const SHORT: Size = {
  logins: 4,
  policies: 16,
  readEach: 4,
  asks: 1,
  days: 72,
  kept: 30,
  window: 7,
  middle: 39,
};
const LONG: Size = {
  logins: 20,
  policies: 100,
  readEach: 20,
  asks: 4,
  days: 365,
  kept: 90,
  window: 20,
  middle: 175,
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const cpuMs = async (work: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

interface Cost {
  queued: number;
  asked: number;
}

interface Living extends Size {
  firm: YearFirm;
  calendar: Calendar;
  random: () => number;
}

const liveOneDay = async (living: Living, nth: number): Promise<Cost> => {
  const { firm, calendar, random, logins, policies, readEach, asks } = living;
  firm.time.now = Date.parse(`${FIRST_DAY}T07:00:00Z`) + nth * DAY_MS;
  const day = new Date(firm.time.now).toISOString().slice(0, 10);
  const today = Array.from({ length: logins }, (_, login) => login).filter(
    (login) => (nth + login) % readEach === 0,
  );
  const listing = logins - 1;
  const [one = 0] = today.filter((login) => login !== listing);
  const queued = await cpuMs(async () => {
    for (let login = 0; login < logins; login += 1)
      // The link of the one that asks for codes ends after some days, and is missed until its next day.
      if (
        nth === 0 ||
        (nth + login) % LINKED_EACH_DAYS === 0 ||
        (login === listing && today.includes(login))
      )
        // Its session reads the day, where that has come.
        await firm.link(loginOf(login), `browser of week ${Math.floor(nth / 7)}`);
    await firm.day(day, today.map(loginOf));
  });
  await firm.neverFilled();
  firm.time.now += 8 * 3_600_000;
  const asked: number[] = [];
  for (let count = 0; count < asks; count += 1) {
    firm.time.now += 60_000;
    const policy = one * policies + ACTED_ON + Math.floor(random() * (policies - ACTED_ON));
    const what = { id: policyOf(policy), sourceId: loginOf(one) };
    asked.push(
      await cpuMs(async () => {
        const { item } = await firm.ask(what);
        if (item.status !== 'success')
          throw new Error(`What was asked for is ${item.status}: ${item.reason}`);
      }),
    );
  }
  const other = loginOf((one + 1) % listing);
  const scene = { firm, nth, sourceId: loginOf(one), first: one * policies, other, calendar };
  await liveScene(scene, async () => void (await firm.neverFilled()));
  firm.time.now += 3_600_000;
  await firm.bot.sweep();
  await firm.bot.beat();
  await firm.drain();
  await firm.bot.bringUp();
  await deliverAll(firm);
  return { queued, asked: median(asked) };
};

type Rows = ReadonlyMap<string, number>;

/** The most that each table held. */
const mostOf = (all: readonly Rows[]): Rows => {
  const most = new Map<string, number>();
  for (const rows of all)
    for (const [table, count] of rows) most.set(table, Math.max(count, most.get(table) ?? 0));
  return most;
};

/** The tables that hold more than in the middle of the year by more than what chance does. */
const grown = (before: Rows, after: Rows): string[] =>
  [...after].flatMap(([table, rows]) => {
    const had = before.get(table) ?? 0;
    return rows > had * 1.1 + 5 && ![...KEPT, ...KNOWN].includes(table)
      ? [`${table}: ${had}, then ${rows}`]
      : [];
  });

export const year: Trial = {
  name: 'year',
  about:
    'A firm of 2,000 policies lives through a year, each login read on one day of twenty: what its tables hold, and what a day costs in the end.',
  beside: 'lowest',
  run: async ({ seed, short, say }) => {
    const figure = figuresOf('year');
    const size = short ? SHORT : LONG;
    const { days, kept, window, middle } = size;
    /** Whatever is kept for so long is forgotten from here on as fast as it comes. */
    const fullAfter = kept + 5;
    await using calendar = await openCalendar(FIRST_DAY, 0);
    await using firm = await openYearFirm(size, FIRST_DAY, {
      BOOKS: 'open',
      KEEP_SYNCS_DAYS: `${kept}`,
      KEEP_CASES_DAYS: `${kept}`,
    });
    await calendar.giveTo(firm, DANA.id);
    const living = { ...size, firm, calendar, random: randomOf(seed) };
    const costs: Cost[] = [];
    const rows = new Map<number, Rows>();
    let open = 0;
    for (let nth = 0; nth < days; nth += 1) {
      costs.push(await liveOneDay(living, nth));
      open = Math.max(open, await firm.open());
      if (nth === window || Math.abs(nth - middle) <= window / 2 || nth >= days - window)
        rows.set(nth, await firm.rows());
      if ((nth + 1) % SAY_EVERY === 0)
        say(
          `day ${nth + 1} of ${days}: ${costs.at(-1)?.queued.toFixed(0)} ms of the processor to queue and read it, ${costs.at(-1)?.asked.toFixed(1)} ms for one that was asked for`,
        );
    }
    const within = (from: number, to: number): Rows =>
      mostOf([...rows].filter(([nth]) => nth >= from && nth <= to).map(([, of]) => of));
    const faults = grown(
      within(middle - window / 2, middle + window / 2),
      within(days - window, days),
    );
    for (const fault of faults) say(`grows: ${fault}`);
    const empty = (await firm.neverFilled()).filter((name) => !NEVER_FILLED.includes(name));
    for (const name of empty) say(`never filled: ${name}`);
    const span = (from: number, to: number): number =>
      KEPT.reduce(
        (sum, table) => sum + (rows.get(to)?.get(table) ?? 0) - (rows.get(from)?.get(table) ?? 0),
        0,
      ) /
      (to - from);
    const perDay = span(middle, days - 1) / span(window, middle);
    const early = costs.slice(fullAfter - 30, fullAfter);
    const late = costs.slice(-30);
    const times = (of: keyof Cost): number =>
      Number(
        (median(late.map((cost) => cost[of])) / median(early.map((cost) => cost[of]))).toFixed(2),
      );
    return [
      figure('days', days, 'days', '>=', days),
      figure('syncs left open for two days', open, 'syncs', '=', 0),
      figure('tables that nothing of the year fills', empty.length, 'tables', '=', 0),
      figure('tables that grow from mid-year on', faults.length, 'tables', '=', 0),
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
            figure('a day, late against early', times('queued'), 'times', '<=', 1.3),
            figure('one asked for, late against early', times('asked'), 'times', '<=', 1.3),
          ]),
    ];
  },
};
