import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { findPostgres } from '#setup/tools.mjs';
import { openWhere, type Where } from '#test/support/where.ts';
import { accountOf } from './faults/account.ts';
import { ASKERS, LOGINS, startFaultFirm, type FaultFirm } from './faults/firm.ts';
import { startLoad, type Load } from './faults/load.ts';
import { figuresOf, randomOf, type Figure, type Trial, type TrialRun } from './trial.ts';

/** A portal waits, as a real one does, so that the processor is not what limits the policies. */
const READ_MS = 500;
const ASK_EVERY_MS = 1500;
/** So many syncs of the day stay open that each login has some. */
const BACKGROUND = 90;
const LENGTH = {
  short: { settle: 1000, window: 8000, apart: 500 },
  long: { settle: 8000, window: 45_000, apart: 3000 },
};
/** A force waits for the end of one read, and for a sign-in where its login has no session. */
const FORCE_MS = 2000;

const figure = figuresOf('several');

const share = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

/** What was read in this while, and how long it took from a command to the portal. */
const watch = async (firm: FaultFirm, load: Load, ms: number) => {
  const from = performance.now();
  await sleep(ms);
  const to = performance.now();
  const reads = firm.portals.steps.filter(({ step }) => step === 'read');
  const waits: number[] = [];
  for (const { person, number, at } of load.asked) {
    if (at < from || at > to - FORCE_MS) continue;
    const login = await firm.sourceId(ASKERS[person] ?? '');
    // The background may be reading that very policy: its read is the person's then.
    const read = reads.find(
      ({ source, number: of, endedAt = Infinity }) =>
        source === login && of === number && endedAt > at,
    );
    waits.push(Math.max(0, (read?.at ?? Infinity) - at));
  }
  const ended = reads.filter(({ endedAt = 0 }) => endedAt > from && endedAt <= to).length;
  return {
    aMinute: Math.round(ended / ((to - from) / 60_000)),
    waits: waits.map(Math.round).toSorted((one, other) => one - other),
  };
};

/** As many policies at home at each login, so that three workers find three logins with work. */
const spread = async ({ db, sourceId }: FaultFirm): Promise<void> => {
  const logins = await Promise.all(Object.keys(LOGINS).map(sourceId));
  const policies = await db
    .selectFrom('policy as p')
    .innerJoin('product_status as s', 's.name', 'p.status')
    .select('p.id')
    .where('p.carrier_id', '=', 'northbridge-life')
    .orderBy('s.indicator')
    .orderBy('p.id')
    .execute();
  for (const [nth, login] of logins.entries())
    await db
      .updateTable('policy')
      .set({ home_source_id: login })
      .where(
        'id',
        'in',
        policies.filter((_, at) => at % logins.length === nth).map(({ id }) => id),
      )
      .execute();
};

/** The same load with one worker, with two and with three. */
const grow = async (firm: FaultFirm, load: Load, { short, say }: TrialRun): Promise<Figure[]> => {
  const { settle, window } = LENGTH[short ? 'short' : 'long'];
  const figures: Figure[] = [];
  let first = 0;
  for (const [before, name] of firm.workers.entries()) {
    const workers = before + 1;
    if (!firm.children.has(name)) await firm.start(name);
    await sleep(settle);
    const { aMinute, waits } = await watch(firm, load, window);
    const [p50, p95] = [share(waits, 0.5), share(waits, 0.95)];
    const of = workers === 1 ? 'one worker' : `${workers} workers`;
    say(`${of}: ${aMinute} policies a minute; forced, ms: ${waits.join(' ')}`);
    first ||= aMinute;
    figures.push(
      figure(
        `policies a minute, ${of}`,
        aMinute,
        'policies',
        '>=',
        Math.round(first * 0.75 * workers),
      ),
      figure(`wait of a force sync, ${of}, p50`, p50, 'ms', '<=', FORCE_MS),
      figure(`wait of a force sync, ${of}, p95`, p95, 'ms', '<=', 2 * FORCE_MS),
    );
  }
  return figures;
};

/** Each process in turn gives way to a new one, which is there before the old one stops. */
const roll = async (firm: FaultFirm, { short, say }: TrialRun): Promise<Figure[]> => {
  const { apart } = LENGTH[short ? 'short' : 'long'];
  const stops: number[] = [];
  const names = [...firm.bots, ...firm.workers];
  for (const name of names) {
    await firm.start(`${name}-next`);
    await sleep(apart);
    const began = performance.now();
    await firm.children.get(name)?.stop();
    stops.push(performance.now() - began);
    say(`${name} stopped in ${Math.round(stops.at(-1) ?? 0)} ms`);
    await sleep(apart);
  }
  return [
    figure('processes that gave way', stops.length, 'processes', '=', names.length),
    figure('slowest stop', Number((Math.max(...stops) / 1000).toFixed(1)), 's', '<=', 15),
  ];
};

/** Reads of a policy that belong to no sync: a stop broke nothing off that was then read again. */
const readTwice = async ({ db, portals }: FaultFirm): Promise<number> => {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from trial_end where status = 'success'`.execute(db);
  const reads = portals.steps.filter(({ step }) => step === 'read').length;
  return reads - (rows[0]?.n ?? 0);
};

const severalOn = async (where: Where, run: TrialRun): Promise<Figure[]> => {
  await using firm = await startFaultFirm({ where, slots: 1, readMs: READ_MS });
  await spread(firm);
  // Nothing waits from before the first worker.
  await Promise.all([...firm.bots, 'worker-1'].map((name) => firm.start(name)));
  const load = startLoad(firm, randomOf(run.seed), {
    askEveryMs: ASK_EVERY_MS,
    leastBackground: BACKGROUND,
  });
  const grown = await grow(firm, load, run);
  const rolled = await roll(firm, run);
  await load.stop();
  const refused = load.asked.filter(({ acked }) => !acked).length;
  return [
    ...grown,
    ...rolled,
    figure('commands that Slack showed as failed', refused, 'commands', '=', 0),
    figure('policies read without a sync', await readTwice(firm), 'reads', '=', 0),
    ...(await accountOf(firm, load, figure, run.say)),
  ];
};

export const several: Trial = {
  name: 'several',
  about: 'Two bots and up to three workers share a Postgres and a Redis, and give way one by one.',
  run: async (run) => {
    if (findPostgres(process.env) === undefined) {
      run.say('Postgres is missing: apt install postgresql, or brew install postgresql@17.');
      return [];
    }
    await using where = await openWhere('postgres');
    return await severalOn(where, run);
  },
};
