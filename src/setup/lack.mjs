import { spawnSync } from 'node:child_process';
import { adviceFor, missingPrograms } from './machine.mjs';
import { bin, packagesState } from './packages.mjs';
import { pageReady } from './page.mjs';
import { SetupError } from './programs.mjs';

export const PURPOSES = {
  start: { programs: ['redis', 'chromium'], page: true },
  test: { programs: ['redis', 'chromium'], page: true },
  check: { programs: ['redis'], page: false },
  /** What needs the packages and nothing else. */
  packages: { programs: [], page: false },
};

/** Real tokens, or production: this machine is somebody's server, and nothing is installed unasked. */
export const isServer = (purpose, env) =>
  purpose === 'start' &&
  Boolean(
    env.SLACK_BOT_TOKEN ||
    env.SLACK_APP_TOKEN ||
    env.SLACK_SIGNING_SECRET ||
    env.NODE_ENV === 'production',
  );

/** What this purpose lacks on this machine: packages, programs, the built page; `node` is unproven. */
export function lackOf(purpose, env) {
  if (PURPOSES[purpose] === undefined) {
    throw new SetupError(`Set-up knows ${Object.keys(PURPOSES).join(', ')}, not "${purpose}".`);
  }
  const { programs, page } = PURPOSES[purpose];
  const server = isServer(purpose, env);
  // Tests stop and empty their Redis, so they never use somebody's.
  const wanted = programs.filter(
    (name) => name !== 'redis' || purpose !== 'start' || !env.REDIS_URL,
  );
  const state = packagesState({ dev: !server });
  const node = state !== 'ready';
  // On a server the pinned Node is proven by running it, since nothing there is written down.
  if (node && !(server && nodeRuns())) wanted.push('libatomic');
  return {
    packages: state === 'missing',
    node: node && !server,
    programs: missingPrograms(wanted, env),
    page: page && !server && !pageReady(),
  };
}

const nodeRuns = () => spawnSync(bin('node'), ['--version']).status === 0;

export const isNothing = ({ packages, programs, page }) =>
  !packages && !page && programs.length === 0;

/** One line for each thing that a person may put right. */
export const adviceOn = ({ packages, programs }) => [
  ...(packages ? ['Packages are missing: npm ci --ignore-scripts --omit=dev'] : []),
  ...programs.map(adviceFor),
];
