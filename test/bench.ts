import { parseArgs } from 'node:util';
import { largeFirm, type LargeFirm } from './bench/large-firm.ts';
import { measureBusy } from './bench/busy.ts';
import { atMost, type Figure } from './bench/figure.ts';
import { MEASURES, type Measure } from './bench/measures.ts';
import { measurePaces } from './bench/paces.ts';

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

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    policies: { type: 'string', default: '200000' },
    days: { type: 'string', default: '10' },
  },
});

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
    if (values.only === undefined || each.name.includes(values.only))
      told(atMost(each.name, await measure(firm, each), 'ms of the processor', each.target));
};

const size = {
  policies: Number(values.policies),
  logins: 2000,
  days: Number(values.days),
  requests: 2000,
};
say(
  `a firm of ${size.policies} policies at ${size.logins} logins, ${size.days} days of syncs kept ...`,
);
const isWanted = (part: string): boolean => values.only === undefined || values.only === part;

if (values.only === undefined || !['busy', 'paces'].includes(values.only)) {
  await using firm = await largeFirm(size);
  await measureCosts(firm);
}
if (isWanted('busy')) {
  await using firm = await largeFirm(size);
  await measureBusy(firm, told);
}
if (isWanted('paces')) await measurePaces(told);
if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
