import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { adviceOn, isNothing, isServer, lackOf } from './lack.mjs';
import { withLock } from './lock.mjs';
import { installPrograms } from './machine.mjs';
import { installPackages, settleNode } from './packages.mjs';
import { buildPage, canBuildPage } from './page.mjs';
import { say, SetupError, step } from './programs.mjs';
import { cacheFolder, findAtomic } from './tools.mjs';

// What `npm start`, `npm test` and every other script do first: sets up what this machine lacks, and
// takes no time when nothing does. Runs under the machine's own Node, before there are packages.

const env = process.env;
const purpose = process.argv[2] ?? 'start';

async function setUp() {
  const missing = lackOf(purpose, env);
  if (!isNothing(missing)) {
    say('Setting up what this machine lacks; the first time takes about a minute.');
  }
  const packages = missing.packages
    ? step('packages with npm', installPackages)
    : Promise.resolve();
  const programs =
    missing.programs.length > 0 ? installPrograms(missing.programs, env, packages) : undefined;
  const results = await Promise.allSettled([packages, programs]);
  const troubles = new Set(results.flatMap(({ reason }) => (reason ? [reason] : [])));
  if (troubles.size > 0) throw new AggregateError(troubles);
  if (missing.node) await settleNode(findAtomic());
  if (missing.page && canBuildPage()) await step('the workspace page with Vite', buildPage);
}

async function main() {
  const missing = lackOf(purpose, env);
  if (isNothing(missing) && !missing.node) return;
  if (isServer(purpose, env)) {
    say('Nothing is installed unasked beside real Slack tokens or in production. Missing here:');
    for (const line of adviceOn(missing)) say(`  ${line}`);
    process.exitCode = 1;
    return;
  }
  mkdirSync(cacheFolder, { recursive: true });
  await withLock(join(cacheFolder, 'setup.lock'), setUp);
}

main().catch((error) => {
  for (const trouble of error instanceof AggregateError ? error.errors : [error]) {
    say(trouble instanceof SetupError ? trouble.message : trouble.stack);
  }
  process.exitCode = 1;
});
