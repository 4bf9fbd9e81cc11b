import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { adviceFor, installPrograms, missingPrograms } from './machine.mjs';
import { installPackages, packagesState, settleNode } from './packages.mjs';
import { buildPage, canBuildPage, pageReady } from './page.mjs';
import { say, SetupError, step } from './programs.mjs';
import { cacheFolder, findAtomic } from './tools.mjs';

// What `npm start`, `npm test` and `npm run check` do first: sets up what this machine lacks, and
// takes no time when nothing does. Runs under the machine's own Node, before there are packages.

const PURPOSES = {
  start: { programs: ['redis', 'chromium'], page: true },
  test: { programs: ['redis', 'chromium'], page: true },
  check: { programs: ['redis'], page: false },
};

const env = process.env;
const purpose = process.argv[2] ?? 'start';
/** Real tokens, or production: this machine is somebody's server, and nothing is installed unasked. */
const isServer =
  purpose === 'start' &&
  Boolean(
    env.SLACK_BOT_TOKEN ||
    env.SLACK_APP_TOKEN ||
    env.SLACK_SIGNING_SECRET ||
    env.NODE_ENV === 'production',
  );

function whatIsMissing() {
  const { programs, page } = PURPOSES[purpose];
  // Tests stop and empty their Redis, so they never use somebody's.
  const wanted = programs.filter(
    (name) => name !== 'redis' || purpose !== 'start' || !env.REDIS_URL,
  );
  const state = packagesState({ dev: !isServer });
  const node = state !== 'ready' && !isServer;
  if (node) wanted.push('libatomic');
  return {
    packages: state === 'missing',
    node,
    programs: missingPrograms(wanted, env),
    page: page && !isServer && !pageReady(),
  };
}

const isNothing = ({ packages, programs, page }) => !packages && !page && programs.length === 0;

function tell({ packages, programs }) {
  say('Nothing is installed unasked beside real Slack tokens or in production. Missing here:');
  if (packages) say('  Packages are missing: npm ci --ignore-scripts --omit=dev');
  for (const name of programs) say(`  ${adviceFor(name)}`);
}

async function setUp() {
  const missing = whatIsMissing();
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
  if (PURPOSES[purpose] === undefined) {
    throw new SetupError(`Set-up knows ${Object.keys(PURPOSES).join(', ')}, not "${purpose}".`);
  }
  const missing = whatIsMissing();
  if (isNothing(missing) && !missing.node) return;
  if (isServer) {
    tell(missing);
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
