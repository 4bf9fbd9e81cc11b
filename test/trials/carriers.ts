import { Command } from 'commander';
import { openBench, type Bench } from './carriers/bench.ts';
import { paceOf, type Pace } from './carriers/pace.ts';
import { trialsOf, type Trial } from './carriers/play.ts';

/**
 * `npm run carriers`: lets the worker read every local portal as each of its sandbox users, in a real
 * browser, and compares what it makes of each with what was written down for it.
 */

/** Trials end by their steps' limits; this ends what hangs. */
const LONGEST_MS = 120_000;
/** Most of a trial is waiting, so more of them run at once than there are cores. */
const AT_ONCE = 4;

interface Outcome {
  carrier: string;
  outcome: string;
  expected: string;
  seen: string;
  ok: boolean;
}

interface Asked {
  list?: true;
  only?: string;
  json?: true;
}

const within = async <T>(work: Promise<T>): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = new Error(`nothing within ${LONGEST_MS / 1000} s`);
  const timer = setTimeout(() => reject(late), LONGEST_MS);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
};

const tryOne = async (bench: Bench, trial: Trial): Promise<Outcome> => {
  const { carrier, outcome, expected } = trial;
  const seen = await within(trial.see(bench)).catch(
    (error: unknown) => `failed: ${error instanceof Error ? error.message : String(error)}`,
  );
  return { carrier, outcome, expected, seen, ok: seen === expected };
};

/** In the order of the trials, whichever ends first. Those of one user of one carrier never meet. */
const tryAll = async (
  bench: Bench,
  trials: readonly Trial[],
  tell: (outcome: Outcome) => void,
): Promise<Outcome[]> => {
  const outcomes: Outcome[] = [];
  const queues = [...Map.groupBy(trials.entries(), ([, { carrier }]) => carrier).values()];
  const work = async (): Promise<void> => {
    for (let queue = queues.shift(); queue; queue = queues.shift())
      for (const [place, trial] of queue) {
        const outcome = await tryOne(bench, trial);
        outcomes[place] = outcome;
        tell(outcome);
      }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return outcomes;
};

const tell = (print: (text: string) => void) => (outcome: Outcome) => {
  const { carrier, ok, seen, expected } = outcome;
  print(`${ok ? 'ok   ' : 'WRONG'}  ${carrier.padEnd(18)}${outcome.outcome.padEnd(34)}${seen}`);
  if (!ok) print(`${' '.repeat(25)}${'expected'.padEnd(34)}${expected}`);
};

const run = async ({ list, only, json }: Asked): Promise<number> => {
  await using bench = await openBench();
  const isWanted = ({ carrier, outcome }: Trial): boolean =>
    only === undefined || carrier === only || outcome.includes(only);
  const trials = bench.carriers.flatMap(trialsOf).filter(isWanted);
  if (trials.length === 0) {
    console.error(`No carrier is called "${only}", and no outcome has it in its name.`);
    return 1;
  }
  if (list) {
    for (const { carrier, outcome } of trials) console.log(`${carrier.padEnd(18)}${outcome}`);
    return 0;
  }
  // With --json, standard output is for the one JSON document; the table is printed beside it.
  const print = json ? console.error : console.log;
  const began = performance.now();
  const outcomes = await tryAll(bench, trials, tell(print));

  const pace: Pace[] = [];
  const timed = bench.carriers.filter(({ id }) => only === undefined || only === id);
  if (timed.length > 0)
    print('\nPolicies a minute in one session, on this machine, against portals on it:');
  for (const carrier of timed) {
    const paces = await paceOf(bench, carrier);
    for (const { way, policiesPerMinute } of paces)
      print(`${carrier.id.padEnd(18)}${way.padEnd(14)}${policiesPerMinute}`);
    pace.push(...paces);
  }
  const right = outcomes.filter(({ ok }) => ok).length;
  const seconds = Math.round((performance.now() - began) / 1000);
  print(`\n${right} of ${outcomes.length} outcomes are as expected, in ${seconds} s.`);
  if (json) console.log(JSON.stringify({ outcomes, pace }, null, 2));
  return right === outcomes.length ? 0 : 1;
};

const program = new Command('carriers')
  .description('Reads every local portal as each of its sandbox users, and compares.')
  .option('--list', 'name the outcomes')
  .option('--only <name>', 'one carrier, or outcomes with this in their name')
  .option('--json', 'print {outcomes, pace} on standard output, and nothing else there');
program.action(async (asked: Asked) => {
  process.exitCode = await run(asked);
});
await program.parseAsync();
