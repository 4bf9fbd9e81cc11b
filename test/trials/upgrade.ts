import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { Client } from 'pg';
import type { queueDay } from '#features/daily-sync/queue-day.ts';
import { connectPostgres } from '#database/postgres.ts';
import { findPostgres } from '#setup/tools.mjs';
import { startPostgres } from '#test/support/postgres.ts';
import { accountOf } from './faults/account.ts';
import { startFaultFirm, type FaultFirm } from './faults/firm.ts';
import { startLoad, type Load } from './faults/load.ts';
import { figuresOf, randomOf, type Figure, type Trial, type TrialRun } from './trial.ts';
import { releaseAfter, releaseBefore, thisRelease, type Tree } from './upgrade/trees.ts';

const run = promisify(execFile);

const BOTS = ['bot-1', 'bot-2'];
const WORKERS = ['worker-1', 'worker-2'];
const READ_MS = 300;
const ASK_EVERY_MS = 1000;
const BACKGROUND = 40;
const LENGTH = { short: { apart: 500 }, long: { apart: 6000 } };
/** Nobody waits longer than that for a lock while the tables are changed. */
const LOCK_S = 5;
const LOOKS_EVERY_MS = 100;

/**
 * How long anybody waited for a lock at most, s: looked at all the time, from a connection apart. An
 * index that is made concurrently waits for transactions, and lets everybody by.
 */
const watchLocks = async (url: string): Promise<{ longest: () => number } & AsyncDisposable> => {
  const client = new Client({ connectionString: url, application_name: 'trial' });
  client.on('error', () => undefined);
  await client.connect();
  let longest = 0;
  const over = new AbortController();
  const looking = (async () => {
    while (!over.signal.aborted) {
      const { rows } = await client.query<{ s: number | null }>(`select
        max(extract(epoch from clock_timestamp() - query_start))::float8 as s
        from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
          and query not ilike '%index concurrently%'`);
      longest = Math.max(longest, rows[0]?.s ?? 0);
      await sleep(LOOKS_EVERY_MS);
    }
  })();
  return {
    longest: () => Number(longest.toFixed(1)),
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await looking;
      await client.end();
    },
  };
};

/** A firm as the older release made it, with none of the newer one's tables. */
const firmOf = (tree: Tree, url: string): Promise<FaultFirm> =>
  startFaultFirm({
    slots: 2,
    readMs: READ_MS,
    make: async (firm, stack) => {
      await run(process.execPath, [join(tree.folder, 'test/trials/upgrade/seed.ts')], {
        env: { ...process.env, FIRM: JSON.stringify({ databaseUrl: url, ...firm }) },
      });
      const db = await connectPostgres({ url, connections: 5 });
      return { db: stack.adopt(db, (opened) => opened.destroy()), url };
    },
  });

const newestIn = async ({ db }: FaultFirm): Promise<string> => {
  const { rows } = await sql<{ name: string }>`
    select max(name) as name from kysely_migration`.execute(db);
  return rows[0]?.name ?? '';
};

/** Each process gives way to one of the other release, which is there before it stops. */
const replace = async (
  firm: FaultFirm,
  { suffix, by, apart }: { suffix: { from: string; to: string }; by: Tree; apart: number },
  say: TrialRun['say'],
): Promise<number> => {
  let stopped = 0;
  for (const name of [...BOTS, ...WORKERS]) {
    const began = performance.now();
    await firm.startOf(by.folder, `${name}${suffix.to}`);
    const readyMs = Math.round(performance.now() - began);
    await sleep(apart);
    await firm.children.get(`${name}${suffix.from}`)?.stop();
    stopped += 1;
    say(`${name}${suffix.to} of ${by.of} was ready in ${readyMs} ms, and the other stopped`);
    await sleep(apart);
  }
  return stopped;
};

/** What its processes logged as errors. */
const errorsOf = async (firm: FaultFirm, say: TrialRun['say']): Promise<number> => {
  let errors = 0;
  for (const name of firm.children.keys()) {
    const lines = (await readFile(firm.logOf(name), 'utf8').catch(() => '')).split('\n');
    for (const line of lines.filter((each) => each !== '')) {
      const { level, msg, err } = JSON.parse(line) as Record<string, unknown>;
      if (Number(level) < 50) continue;
      errors += 1;
      say(`${name}: ${String(msg)} ${JSON.stringify(err ?? '').slice(0, 300)}`);
    }
  }
  return errors;
};

/** From one release to the next, and back where that is promised, under one load. */
const upgrade = async (
  [from, to]: readonly [Tree, Tree],
  databaseUrl: string,
  { seed, short, say }: TrialRun,
): Promise<Figure[]> => {
  const figure = figuresOf('upgrade');
  const named = (text: string): string => `${text}, ${from.of} to ${to.of}`;
  const { apart } = LENGTH[short ? 'short' : 'long'];
  await using firm = await firmOf(from, databaseUrl);
  const before = await newestIn(firm);
  await Promise.all([...BOTS, ...WORKERS].map((name) => firm.startOf(from.folder, name)));
  await using locks = await watchLocks(databaseUrl);
  // The tables are those of the older one until the first process of the newer has changed them.
  const queueOf = async ({ folder }: Tree): Promise<typeof queueDay> =>
    (
      (await import(pathToFileURL(join(folder, 'src/features/daily-sync/queue-day.ts')).href)) as {
        queueDay: typeof queueDay;
      }
    ).queueDay;
  const began = performance.now();
  const load: Load = startLoad(firm, randomOf(seed), {
    askEveryMs: ASK_EVERY_MS,
    leastBackground: BACKGROUND,
    queue: async () => queueOf((await newestIn(firm)) === before ? from : to),
  });
  await sleep(2 * apart);
  let replaced = await replace(firm, { suffix: { from: '', to: '-next' }, by: to, apart }, say);
  const after = await newestIn(firm);
  say(`${before} became ${after}; ${replaced} processes gave way`);
  if (from.mayComeBack) {
    replaced += await replace(
      firm,
      { suffix: { from: '-next', to: '-again' }, by: from, apart },
      say,
    );
    say('all gave way to the older release again');
  }
  await sleep(2 * apart);
  await load.stop();
  const refused = load.asked.filter(({ acked }) => !acked);
  for (const { at, number } of refused)
    say(`${number} was refused after ${Math.round((at - began) / 1000)} s`);
  const found = [
    figure('processes that gave way', replaced, 'processes', '=', from.mayComeBack ? 8 : 4),
    figure('longest wait for a lock', locks.longest(), 's', '<=', LOCK_S),
    figure('commands that Slack showed as failed', refused.length, 'commands', '=', 0),
    figure('errors that a process logged', await errorsOf(firm, say), 'errors', '=', 0),
    ...(await accountOf(firm, load, figure, say)),
  ];
  return found.map((each) => ({ ...each, name: named(each.name) }));
};

/** From what to what; in the short form the one that needs no history. */
const waysOf = (trees: DisposableStack, { short, say }: TrialRun): (readonly [Tree, Tree])[] => {
  const given = process.env['UPGRADE_FROM'];
  const made = () => [thisRelease(), releaseAfter(trees)] as const;
  if (short && given === undefined) return [made()];
  const before = releaseBefore(trees, given);
  if (before === undefined && given !== undefined)
    throw new Error(`UPGRADE_FROM: there is no commit ${given} in the history here.`);
  if (before === undefined)
    say('No history here has the release before this one, as in an export: a clone tries it too.');
  const way = before === undefined ? [] : [[before, thisRelease()] as const];
  return given === undefined ? [...way, made()] : way;
};

export const upgradeTrial: Trial = {
  name: 'upgrade',
  about:
    'Bots and workers of one release give way to those of the next, over a Postgres under load.',
  run: async (asked) => {
    const { say } = asked;
    if (findPostgres(process.env) === undefined) {
      say('Postgres is missing: apt install postgresql, or brew install postgresql@17.');
      return [];
    }
    using trees = new DisposableStack();
    const ways = waysOf(trees, asked);
    await using server = await startPostgres();
    const figures: Figure[] = [];
    for (const [nth, way] of ways.entries()) {
      say(`from ${way[0].of} to ${way[1].of}`);
      const admin = new Client(`${server.url}postgres`);
      await admin.connect();
      await admin.query(`create database upgrade_${nth}`);
      await admin.end();
      figures.push(...(await upgrade(way, `${server.url}upgrade_${nth}`, asked)));
    }
    return figures;
  },
};
