import { inspect } from 'node:util';
import { Command, Option } from 'commander';
import { largeFirmFile, type FirmFile, type LargeFirm } from './bench/large-firm.ts';
import { measureBacklogs } from './bench/backlogs.ts';
import { measureBusy } from './bench/busy.ts';
import { measureCalls } from './bench/calls.ts';
import { atMost, type Figure } from './bench/figure.ts';
import { measureLeaving } from './bench/leaving.ts';
import { measureLoops } from './bench/loops.ts';
import type { Measure } from './bench/measure.ts';
import { MEASURES } from './bench/measures.ts';
import { openPostgresParts } from './bench/on-postgres.ts';
import { measurePaces } from './bench/paces.ts';
import { measureRecovery } from './bench/recovery.ts';
import { measureSearches } from './bench/searches.ts';
import { measureSessions } from './bench/sessions.ts';
import { measureStarts } from './bench/starts.ts';
import { WHERE_NAMES, type WhereName } from './support/where.ts';

/** What an act, a sweep and a card cost at a firm's size, and what people wait for while it works. */

const REPEATS = 5;

const cpuMs = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1000;

/** The middle of several runs; what is written is other rows each time. */
const measure = async (firm: LargeFirm, { run, longest, once }: Measure): Promise<number> => {
  const times: number[] = [];
  await once?.(firm);
  for (let nth = 0; nth < (once ? 1 : REPEATS); nth += 1) {
    const before = process.cpuUsage();
    firm.statements.length = 0;
    await run(firm, nth);
    const all = cpuMs(process.cpuUsage(before));
    times.push(longest === true ? Math.max(0, ...firm.statements) : all);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
};

const program = new Command('bench')
  .description(
    'What an act, a sweep and a card cost at a firm of this size, and what people wait for.',
  )
  .option('--json', 'print the figures as JSON, and nothing else, on standard output', false)
  .option(
    '--only <part>',
    'starts, recovery, sessions, paces, loops, calls, searches, costs, busy, backlogs, leaving, or words of one cost',
  )
  .addOption(
    new Option('--on <database>', 'postgres: with two bots and three workers')
      .choices(WHERE_NAMES)
      .default('sqlite'),
  )
  .option('--policies <n>', 'policies of the firm', Number, 200_000)
  .option('--logins <n>', 'logins of the firm', Number, 2000)
  .option('--days <n>', 'days of syncs that it keeps (90; on Postgres 10)', Number)
  .option('--sessions <n>', 'sessions that are opened and ended', Number, 2000)
  .addHelpText(
    'after',
    '\nThe whole takes about half an hour, and leaves out leaving, which runs by its name alone. Example: npm run bench -- --only leaving --days 10',
  );

const values = program.parse().opts<{
  json: boolean;
  only?: string;
  on: WhereName;
  policies: number;
  logins: number;
  days?: number;
  sessions: number;
}>();

const say = (text: string): void => void process.stderr.write(`${text}\n`);

const figures: Figure[] = [];
const told = (figure: Figure): void => {
  const { name, value, unit, is, target, ok } = figure;
  figures.push(figure);
  say(
    `${ok ? 'ok   ' : 'SHORT'} ${value.toFixed(1).padStart(9)} ${unit}  ${name} (${is} ${target})`,
  );
};

const costs = MEASURES.filter(
  ({ name }) => values.only === undefined || values.only === 'costs' || name.includes(values.only),
);
const measureCosts = async (firm: LargeFirm): Promise<void> => {
  for (const each of costs)
    told(atMost(each.name, await measure(firm, each), 'ms of the processor', each.target));
};

const size = {
  policies: values.policies,
  logins: values.logins,
  days: values.days ?? (values.on === 'postgres' ? 10 : 90),
  // Each is of another policy.
  requests: Math.min(2000, Math.floor(values.policies / 10)),
};
/** Says how long it takes: one sees where the time of the whole goes. */
const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  const began = performance.now();
  try {
    return await work();
  } finally {
    say(`${((performance.now() - began) / 1000).toFixed(0).padStart(5)} s  ${what}`);
  }
};

let made: FirmFile | undefined;
/** Made once; each part changes a copy of its own. */
const onFirm = async (part: (firm: LargeFirm) => Promise<void>): Promise<void> => {
  made ??= await timed(
    `a firm of ${size.policies} policies at ${size.logins} logins made, ${size.days} days of syncs kept`,
    () => largeFirmFile(size),
  );
  const { copy } = made;
  await using firm = await timed('a copy of it', copy);
  await part(firm);
};

type Parts = Record<string, () => Promise<void>>;
/** In the order of a whole run: those that make nothing large come first. */
const ON_SQLITE: Parts = {
  starts: () => measureStarts(told),
  recovery: () => measureRecovery(told),
  sessions: () => measureSessions(values.sessions, told),
  paces: () => measurePaces(told),
  loops: () => measureLoops(told),
  calls: () => measureCalls(told),
  searches: () => measureSearches(told),
  costs: () => onFirm(measureCosts),
  busy: () => onFirm((firm) => measureBusy(firm, told)),
  backlogs: () => onFirm((firm) => measureBacklogs(firm, told)),
};
/** They take longer than all others together, so they are no part of the whole. */
const LEAVING: Parts = {
  leaving: () => measureLeaving(size, told, say),
};

// What is made for a run is removed as the process exits.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const server = values.on === 'postgres' ? openPostgresParts({ size, costs }, told, say) : undefined;
const PARTS = server?.parts ?? ON_SQLITE;
const ALONE = server?.alone ?? LEAVING;
const { only } = values;
const left = Object.keys(ON_SQLITE).filter((name) => !(name in PARTS));
if (only !== undefined && left.includes(only))
  program.error(`On Postgres "${only}" is what it is on SQLite: leave --on out.`, { exitCode: 2 });
if (only === undefined && left.length > 0)
  say(`Left out, as neither a server nor more processes change them: ${left.join(', ')}.`);
const partOf = (name: string): (() => Promise<void>) | undefined => PARTS[name] ?? ALONE[name];
/** A word that is no part's is one of a cost's name. */
const wanted =
  only === undefined ? Object.keys(PARTS) : [partOf(only) === undefined ? 'costs' : only];
await timed('the whole', async () => {
  for (const name of wanted)
    try {
      await timed(`the part "${name}"`, async () => partOf(name)?.());
    } catch (error) {
      // The figures of the others are worth an hour.
      process.exitCode = 1;
      say(`The part "${name}" broke off. ${inspect(error)}`);
    }
});
await made?.[Symbol.asyncDispose]();
await server?.[Symbol.asyncDispose]();
if (figures.length === 0 && process.exitCode === undefined)
  program.error(`Nothing is measured that is called "${only}".`, { exitCode: 2 });
if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
