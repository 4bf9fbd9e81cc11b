import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { figuresOf, type Figure, type Trial, type TrialRun } from './trial.ts';

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

/** Runs these in a process of the lowest priority, which takes what the others leave of the processor. */
export const runBeside = async (
  trials: readonly Trial[],
  { seed, short }: TrialRun,
): Promise<Figure[]> => {
  const names = trials.map(({ name }) => name).join(',');
  const options = ['--only', names, '--seed', `${seed}`, ...(short ? ['--short'] : [])];
  const child = spawn(
    'nice',
    ['-n', '19', process.execPath, process.argv[1] ?? '', '--json', ...options],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [printed] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  try {
    return JSON.parse(printed) as Figure[];
  } catch {
    throw new Error(`The trials ${names} ended by themselves: what they printed above says why.`);
  }
};
