import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { browserPaths } from './playwright.mjs';

// Plain JavaScript: set-up runs this under whatever Node the machine has.

export const projectFolder = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const cacheFolder = join(projectFolder, '.cache');
export const keptFile = join(cacheFolder, 'tools.json');

const REDIS_NAMES = ['redis-server', 'valkey-server'];
// The headless shell starts in a third of the time and a third of the memory of a whole browser.
const CHROMIUM_NAMES = [
  'chromium-headless-shell',
  'chrome-headless-shell',
  'google-chrome-stable',
  'google-chrome',
  'chromium',
  'chromium-browser',
  'microsoft-edge-stable',
  'microsoft-edge',
];
export const ATOMIC = 'libatomic.so.1';
const TRIPLETS = ['x86_64-linux-gnu', 'aarch64-linux-gnu'];
const USUAL_FOLDERS = ['/usr/local/bin', '/usr/bin', '/opt/homebrew/bin', '/snap/bin'];
const MAC_BROWSERS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];
const WINDOWS_BROWSERS = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
];

export function findRedis(env) {
  return kept('redis') ?? redisOnMachine(env);
}

export function findChromium(env) {
  if (env.CHROMIUM) return runnable(env.CHROMIUM) ? { path: env.CHROMIUM } : undefined;
  return kept('chromium') ?? chromiumOnMachine(env);
}

/** The server that tests start; its other programs stand beside it. */
export function findPostgres(env) {
  return kept('postgres') ?? postgresOnMachine(env);
}

/** The pinned Node is linked to libatomic, which a bare Debian does not have. */
export function findAtomic() {
  if (process.platform !== 'linux') return { path: 'none needed' };
  return kept('libatomic') ?? atomicOnMachine();
}

export function atomicOnMachine() {
  const path = ['/usr/lib', '/lib', '/usr/lib64', '/lib64', '/usr/local/lib']
    .flatMap((folder) => [folder, ...TRIPLETS.map((triplet) => join(folder, triplet))])
    .map((folder) => join(folder, ATOMIC))
    .find((file) => existsSync(file));
  return path === undefined ? undefined : { path };
}

export function redisOnMachine(env) {
  return firstOf(env, [], REDIS_NAMES, []);
}

/** Debian keeps the programs of each version in a folder of their own, which is on no PATH. */
export function postgresOnMachine(env) {
  const versions = postgresIn('/').map(({ path }) => path);
  return firstOf(env, versions, ['postgres'], []);
}

/** Postgres as Debian lays it out, below a folder; the newest first. */
export function postgresIn(root) {
  const folder = join(root, 'usr/lib/postgresql');
  const versions = existsSync(folder) ? readdirSync(folder).filter((name) => name >= '15') : [];
  return versions
    .toSorted()
    .toReversed()
    .map((version) => ({ path: join(folder, version, 'bin/postgres') }))
    .filter(({ path }) => runnable(path));
}

export function chromiumOnMachine(env) {
  const windows = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA]
    .filter(Boolean)
    .flatMap((folder) => WINDOWS_BROWSERS.map((path) => join(folder, path)));
  const mac = process.platform === 'darwin' ? MAC_BROWSERS : [];
  return firstOf(env, browserPaths(env), CHROMIUM_NAMES, [...mac, ...windows]);
}

export function browserLaunch(browser, env) {
  const sandbox = canSandbox(browser, env);
  return {
    executablePath: browser.path,
    chromiumSandbox: sandbox,
    args: [
      // Quiet without internet: no field trials, updates or captive portal checks.
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(sandbox ? [] : ['--no-sandbox']),
    ],
    env: toolEnv(browser, env),
  };
}

export function toolEnv(tool, env) {
  return {
    ...env,
    ...(tool.libraryPath && {
      LD_LIBRARY_PATH: [tool.libraryPath, env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
    }),
    ...(tool.fonts && { FONTCONFIG_FILE: tool.fonts }),
  };
}

/**
 * Chromium's sandbox needs a user who is not root and may make user namespaces, which a chroot and
 * many containers refuse; or a setuid helper or a profile of the system, which only a trial shows.
 */
function canSandbox(browser, env) {
  if (process.platform !== 'linux') return true;
  if (process.getuid() === 0) return false;
  const options = { stdio: 'ignore', env: toolEnv(browser, env), timeout: 10_000 };
  const works = (program, args) => spawnSync(program, args, options).status === 0;
  return (
    works('unshare', ['--user', '--map-root-user', 'true']) ||
    works(browser.path, ['--headless', '--dump-dom', 'about:blank'])
  );
}

function firstOf(env, first, names, last) {
  const folders = [...(env.PATH ?? '').split(delimiter).filter(Boolean), ...USUAL_FOLDERS];
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name + suffix)));
  const path = [...first, ...candidates, ...last].find(runnable);
  return path === undefined ? undefined : { path };
}

function runnable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What set-up chose earlier, while it is still there. */
function kept(name) {
  try {
    const tool = JSON.parse(readFileSync(keptFile, 'utf8'))[name];
    return tool && existsSync(tool.path) ? tool : undefined;
  } catch {
    return undefined;
  }
}
