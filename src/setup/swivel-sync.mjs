#!/usr/bin/env node
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isatty } from 'node:tty';
import { bin, packagesState } from './packages.mjs';
import { adviceOn, lackOf } from './lack.mjs';
import { say } from './programs.mjs';
import { projectFolder } from './tools.mjs';

// `npm run sync`, and `swivel-sync` where it is installed: src/cli/main.ts by the pinned Node, whatever
// Node the machine has. Where nothing is installed yet, `doctor` says so and all else sets it up first.

const words = process.argv.slice(2);
const isInstalled = packagesState({ dev: false }) !== 'missing';

if (!isInstalled && words[0] === 'doctor') {
  for (const line of adviceOn(lackOf('start', process.env))) process.stdout.write(`BAD  ${line}\n`);
  process.stdout.write(
    `     This is Node ${process.versions.node}; the program brings its own. npm start sets up what is missing, where there are no Slack tokens.\n`,
  );
  process.exit(1);
}
if (!isInstalled) {
  const node = process.env.npm_node_execpath ?? process.execPath;
  const { status } = spawnSync(node, [join(projectFolder, 'src/setup/run.mjs'), 'start'], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

const node = existsSync(bin('node')) ? bin('node') : process.execPath;
const child = spawn(node, [join(projectFolder, 'src/cli/main.ts'), ...words], { stdio: 'inherit' });
// A terminal tells the child of Ctrl-C itself; this one waits for how it ends.
const isAtTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => (signal === 'SIGINT' && isAtTerminal) || child.kill(signal));
child.once('error', (error) => {
  say(`${node} does not run: ${error.message}`);
  process.exitCode = 1;
});
child.once('exit', (code, signal) => {
  process.exitCode = code ?? 128 + (signal === 'SIGINT' ? 2 : 15);
});
