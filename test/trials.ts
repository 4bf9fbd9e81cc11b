import { Command, Option } from 'commander';
import { openWhere, WHERE_NAMES, type WhereName } from './support/where.ts';
import { TRIALS } from './trials/all.ts';
import { besideEachOther, runAll, runBeside } from './trials/run-all.ts';

const list = (text: string): string[] => text.split(',').map((name) => name.trim());

const ANYWHERE = TRIALS.filter(({ livesAnywhere }) => livesAnywhere === true).map(
  ({ name }) => name,
);

const program = new Command('trials')
  .description('What the product is put through, with a figure for each promise it should keep.')
  .option('--json', 'print the figures as JSON, and nothing else, on standard output')
  .option('--only <names>', 'run these alone, with commas between them', list)
  .option('--seed <n>', 'the random choices of this number', Number, 20_261_128)
  .option('--short', 'fewer repetitions, as the tests run them')
  .addOption(
    new Option(
      '--on <database>',
      'where their firms live: in a file each, with one bot and one worker, or on one Postgres and Redis, with two bots and three workers',
    )
      .choices(WHERE_NAMES)
      .default('sqlite'),
  )
  .option('--list', 'say which there are')
  .addHelpText(
    'after',
    `\nWith --on postgres these run, on a server of their own: ${ANYWHERE.join(', ')}. The others live where they always do.
The exit code is 1 when a figure is not what is right.`,
  );

const {
  json,
  only,
  seed,
  short,
  on,
  list: isList,
} = program.parse().opts<{
  json?: true;
  only?: string[];
  seed: number;
  short?: true;
  on: WhereName;
  list?: true;
}>();

const unknown = (only ?? []).filter((name) => !TRIALS.some((trial) => trial.name === name));
if (unknown.length > 0)
  program.error(
    `There is no trial ${unknown.join(', ')}. There are: ${TRIALS.map(({ name }) => name).join(', ')}.`,
    { exitCode: 2 },
  );

const elsewhere = on === 'sqlite' ? [] : (only ?? []).filter((name) => !ANYWHERE.includes(name));
if (elsewhere.length > 0)
  program.error(`--on is for ${ANYWHERE.join(', ')}. Leave it out for ${elsewhere.join(', ')}.`, {
    exitCode: 2,
  });
const chosen = TRIALS.filter(
  ({ name }) => (only ?? (on === 'sqlite' ? undefined : ANYWHERE))?.includes(name) ?? true,
);

const say = (line: string): void => void process.stderr.write(`${line}\n`);

if (isList) for (const { name, about } of TRIALS) console.log(`${name.padEnd(14)} ${about}`);
else {
  await using where = await openWhere(on).catch((error: unknown) =>
    program.error(error instanceof Error ? error.message : String(error), { exitCode: 2 }),
  );
  say(`seed ${seed}, on ${on}`);
  const run = { seed, short: short === true, where, say };
  const { line, beside } = besideEachOther(chosen, on === 'sqlite');
  const figures = (
    await Promise.all([
      runAll(line, run, say),
      ...beside.map(([priority, trials]) => runBeside(trials, priority, run)),
    ])
  ).flat();
  if (json) console.log(JSON.stringify(figures));
  process.exitCode = figures.every(({ ok }) => ok) ? 0 : 1;
}
