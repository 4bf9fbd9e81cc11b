import { Command } from 'commander';
import { largeFirm, type LargeFirm } from './bench/large-firm.ts';
import { measureBacklogs } from './bench/backlogs.ts';
import { measureBusy } from './bench/busy.ts';
import { measureCalls } from './bench/calls.ts';
import { atMost, type Figure } from './bench/figure.ts';
import { measureLeaving } from './bench/leaving.ts';
import { measureLoops } from './bench/loops.ts';
import { MEASURES, type Measure } from './bench/measures.ts';
import { measurePaces } from './bench/paces.ts';
import { measureSearches } from './bench/searches.ts';
import { measureSessions } from './bench/sessions.ts';
import { measureStarts } from './bench/starts.ts';

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
    'costs, busy, backlogs, leaving, calls, paces, loops, searches, sessions, starts, or words of one cost',
  )
  .option('--policies <n>', 'policies of the firm', Number, 200_000)
  .option('--days <n>', 'days of syncs that it keeps', Number, 10)
  .option('--sessions <n>', 'sessions that are opened and ended', Number, 2000)
  .addHelpText(
    'after',
    '\nThe whole takes the better part of an hour. Example: npm run bench -- --only busy',
  );

const values = program.parse().opts<{
  json: boolean;
  only?: string;
  policies: number;
  days: number;
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

const measureCosts = async (firm: LargeFirm): Promise<void> => {
  for (const each of MEASURES)
    if (values.only === undefined || values.only === 'costs' || each.name.includes(values.only))
      told(atMost(each.name, await measure(firm, each), 'ms of the processor', each.target));
};

const size = {
  policies: values.policies,
  logins: 2000,
  days: values.days,
  requests: 2000,
};
const firmOfSize = (): Promise<LargeFirm> => {
  say(
    `a firm of ${size.policies} policies at ${size.logins} logins, ${size.days} days of syncs kept ...`,
  );
  return largeFirm(size);
};

const PARTS: Record<string, () => Promise<void>> = {
  costs: async () => {
    await using firm = await firmOfSize();
    await measureCosts(firm);
  },
  busy: async () => {
    await using firm = await firmOfSize();
    await measureBusy(firm, told);
  },
  backlogs: () => measureBacklogs(told),
  leaving: () => measureLeaving(size, told, say),
  calls: () => measureCalls(told),
  paces: () => measurePaces(told),
  loops: () => measureLoops(told),
  searches: () => measureSearches(told),
  sessions: () => measureSessions(values.sessions, told),
  starts: () => measureStarts(told),
};

const { only } = values;
const part = only === undefined ? undefined : PARTS[only];
if (only === undefined) for (const each of Object.values(PARTS)) await each();
else await (part ?? PARTS['costs'])?.();
if (figures.length === 0)
  program.error(`Nothing is measured that is called "${only}".`, { exitCode: 2 });
if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
