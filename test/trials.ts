import { Command } from 'commander';
import { TRIALS } from './trials/all.ts';
import type { Figure } from './trials/trial.ts';

const list = (text: string): string[] => text.split(',').map((name) => name.trim());

const program = new Command('trials')
  .description('What the product is put through, with a figure for each promise it should keep.')
  .option('--json', 'print the figures as JSON, and nothing else, on standard output')
  .option('--only <names>', 'run these alone, with commas between them', list)
  .option('--seed <n>', 'the random choices of this number', Number, 20_261_128)
  .option('--short', 'fewer repetitions, as the tests run them')
  .option('--list', 'say which there are')
  .addHelpText('after', '\nThe exit code is 1 when a figure is not what is right.');

const {
  json,
  only,
  seed,
  short,
  list: isList,
} = program.parse().opts<{
  json?: true;
  only?: string[];
  seed: number;
  short?: true;
  list?: true;
}>();

const unknown = (only ?? []).filter((name) => !TRIALS.some((trial) => trial.name === name));
if (unknown.length > 0)
  program.error(
    `There is no trial ${unknown.join(', ')}. There are: ${TRIALS.map(({ name }) => name).join(', ')}.`,
    { exitCode: 2 },
  );

const say = (line: string): void => void process.stderr.write(`${line}\n`);

if (isList) for (const { name, about } of TRIALS) console.log(`${name.padEnd(14)} ${about}`);
else {
  const figures: Figure[] = [];
  say(`seed ${seed}`);
  for (const trial of TRIALS) {
    if (only !== undefined && !only.includes(trial.name)) continue;
    const began = performance.now();
    say(`${trial.name}: ${trial.about}`);
    const found = await trial.run({
      seed,
      short: short === true,
      say: (line) => say(`  ${trial.name}: ${line}`),
    });
    for (const { name, value, unit, target, ok } of found)
      say(`${ok ? 'ok   ' : 'WRONG'} ${trial.name}, ${name}: ${value} ${unit} (right: ${target})`);
    say(`${trial.name} took ${Math.round((performance.now() - began) / 1000)} s.`);
    figures.push(...found);
  }
  if (json) console.log(JSON.stringify(figures));
  process.exitCode = figures.every(({ ok }) => ok) ? 0 : 1;
}
