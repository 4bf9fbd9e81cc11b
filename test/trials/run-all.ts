import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { BESIDE, figuresOf, type Beside, type Figure, type Trial, type TrialRun } from './trial.ts';

/** Runs one after the other, and says what each found. */
export const runAll = async (
  trials: readonly Trial[],
  run: TrialRun,
  say: (line: string) => void,
): Promise<Figure[]> => {
  const figures: Figure[] = [];
  for (const trial of trials) {
    const began = performance.now();
    say(`${trial.name}: ${trial.about}`);
    const found = await endOf(trial, { ...run, say: (line) => say(`  ${trial.name}: ${line}`) });
    for (const { name, value, unit, target, ok } of found)
      say(`${ok ? 'ok   ' : 'WRONG'} ${trial.name}, ${name}: ${value} ${unit} (right: ${target})`);
    say(`${trial.name} took ${Math.round((performance.now() - began) / 1000)} s.`);
    figures.push(...found);
  }
  return figures;
};

/** What it found; that it broke off, where it did: the others are worth their time all the same. */
const endOf = async (trial: Trial, run: TrialRun): Promise<Figure[]> => {
  try {
    return await trial.run(run);
  } catch (error) {
    run.say(`broke off. ${inspect(error)}`);
    return [figuresOf(trial.name)('broke off', 1, 'times', '=', 0)];
  }
};

/** Which run in one line, and which beside it. All of them in a line where they share one server, or where nothing else runs. */
export const besideEachOther = (
  trials: readonly Trial[],
  ownDatabases: boolean,
): { line: readonly Trial[]; beside: readonly (readonly [Beside, readonly Trial[]])[] } => {
  const line = trials.filter(({ beside }) => beside === undefined);
  if (!ownDatabases || line.length === 0) return { line: trials, beside: [] };
  const groups = BESIDE.map(
    (priority) => [priority, trials.filter(({ beside }) => beside === priority)] as const,
  );
  return { line, beside: groups.filter(([, group]) => group.length > 0) };
};

const NICENESS = { equal: 0, lowest: 19 } as const satisfies Record<Beside, number>;

/** Runs these one after the other in a process of this priority. */
export const runBeside = async (
  trials: readonly Trial[],
  priority: Beside,
  { seed, short }: TrialRun,
): Promise<Figure[]> => {
  const names = trials.map(({ name }) => name).join(',');
  const options = ['--only', names, '--seed', `${seed}`, ...(short ? ['--short'] : [])];
  const child = spawn(
    'nice',
    ['-n', `${NICENESS[priority]}`, process.execPath, process.argv[1] ?? '', '--json'].concat(
      options,
    ),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [printed] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  try {
    return JSON.parse(printed) as Figure[];
  } catch {
    throw new Error(`The trials ${names} ended by themselves: what they printed above says why.`);
  }
};
