import { join } from 'node:path';
import { run, say } from './programs.mjs';
import { projectFolder } from './tools.mjs';

// `npm run check`: everything that is quick and needs no browser. The tests take one core, the rest, one after
// another, the other.

const LANES = [
  [['tests', 'vitest', 'run', '--project', 'quick']],
  [
    ['types', 'tsc', '--noEmit'],
    ['lint', 'oxlint'],
    ['format', 'oxfmt', '--check'],
    ['dead code', 'knip', '--no-progress'],
  ],
];

const program = (name) => join(projectFolder, 'node_modules', '.bin', name);

async function check([name, command, ...args]) {
  const began = performance.now();
  const { code, output } = await run(program(command), args, { cwd: projectFolder });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  say(`${code === 0 ? 'ok  ' : 'FAIL'}  ${name.padEnd(10)} ${seconds.padStart(5)} s`);
  return { name, code, output };
}

async function inTurn(lane) {
  const results = [];
  for (const each of lane) results.push(await check(each));
  return results;
}

const results = (await Promise.all(LANES.map(inTurn))).flat();
const failed = results.filter(({ code }) => code !== 0);
for (const { name, output } of failed) say(`\n== ${name}\n${output.trim()}`);
process.exitCode = failed.length > 0 ? 1 : 0;
