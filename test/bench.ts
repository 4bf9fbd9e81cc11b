import { parseArgs } from 'node:util';
import { largeFirm, type LargeFirm } from './bench/large-firm.ts';
import { MEASURES, type Measure } from './bench/measures.ts';

/** What an act, a sweep and a card cost at a firm's size: the processor's time of each, in ms. */
interface Figure {
  name: string;
  value: number;
  unit: 'ms';
  target: number;
  ok: boolean;
}

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

const figuresOf = async (firm: LargeFirm): Promise<Figure[]> => {
  const figures: Figure[] = [];
  for (const each of MEASURES) {
    const { name, target } = each;
    if (values.only !== undefined && !name.includes(values.only)) continue;
    const value = Math.round((await measure(firm, each)) * 10) / 10;
    figures.push({ name, value, unit: 'ms', target, ok: value <= target });
    say(`${value <= target ? 'ok  ' : 'slow'} ${value.toFixed(1).padStart(9)} ms  ${name}`);
  }
  return figures;
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
await using firm = await largeFirm(size);
const figures = await figuresOf(firm);
if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
