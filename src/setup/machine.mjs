import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packagesFrom } from './debian.mjs';
import { bin } from './packages.mjs';
import { lastLines, run, say, SetupError, step } from './programs.mjs';
import {
  cacheFolder,
  chromiumOnMachine,
  findChromium,
  findRedis,
  keptFile,
  projectFolder,
  redisOnMachine,
  toolEnv,
} from './tools.mjs';

/** Each program: where it comes from on Debian, and what to tell people elsewhere. */
const PROGRAMS = {
  redis: {
    find: findRedis,
    onMachine: redisOnMachine,
    // Not redis-server: that would start a service of its own on a machine where nobody asked for
    // one. The server itself is in redis-tools, under another name.
    debianPackage: 'redis-tools',
    debianPath: 'usr/bin/redis-check-rdb',
    advice:
      'Redis is missing: install it (brew install redis, apt install redis-server), or set REDIS_URL to yours.',
  },
  chromium: {
    find: findChromium,
    onMachine: chromiumOnMachine,
    debianPackage: 'chromium-headless-shell',
    debianPath: 'usr/lib/chromium/chromium-headless-shell',
    advice: 'A browser is missing: install Chrome or Chromium, or set CHROMIUM to the path of one.',
  },
};

export function missingPrograms(names, env) {
  const wrong = names.includes('chromium') && env.CHROMIUM && !findChromium(env);
  if (wrong) throw new SetupError(`CHROMIUM is ${env.CHROMIUM}, which is not a program.`);
  return names.filter((name) => PROGRAMS[name].find(env) === undefined);
}

export const adviceFor = (name) => PROGRAMS[name].advice;

/** Keeps what is on the machine already, then asks Playwright, apt, and Playwright's download. */
export async function installPrograms(names, env, packagesInstalled) {
  const chosen = {};
  for (const name of names) {
    const found = PROGRAMS[name].onMachine(env);
    if (found) chosen[name] = found;
  }
  if (names.includes('chromium') && existsSync(playwrightFolder(env))) {
    await packagesInstalled;
    const own = await playwrightsOwn();
    if (own) chosen.chromium = own;
  }
  const missing = () => names.filter((name) => chosen[name] === undefined);

  if (missing().length > 0 && (existsSync('/usr/bin/apt-get') || existsSync('/bin/apt-get'))) {
    await step(`${missing().join(' and ')} from Debian's packages`, async () => {
      const wanted = missing().map((name) => PROGRAMS[name].debianPackage);
      for await (const place of packagesFrom(wanted)) {
        for (const name of missing()) {
          const tool = debianTool(name, place);
          if (tool && (await runs(tool, env))) chosen[name] = tool;
        }
        if (missing().length === 0) break;
      }
    });
  }
  if (missing().includes('chromium')) {
    await packagesInstalled;
    const downloaded = await step("a browser by Playwright's own download", downloadBrowser);
    if (downloaded && (await runs(downloaded, env))) chosen.chromium = downloaded;
  }
  keep(chosen);
  const advice = missing().map(adviceFor);
  if (advice.length > 0) throw new SetupError(advice.join('\n'));
}

function debianTool(name, { root, libraryPath, fonts }) {
  const program = join(root, PROGRAMS[name].debianPath);
  if (!existsSync(program)) return undefined;
  const path = name === 'redis' ? asServer(program) : program;
  return { path, ...(libraryPath && { libraryPath }), ...(fonts && { fonts }) };
}

/** The same binary is server and checker: it goes by the name it is called. */
function asServer(program) {
  const server = join(cacheFolder, 'bin', 'redis-server');
  mkdirSync(dirname(server), { recursive: true });
  rmSync(server, { force: true });
  symlinkSync(program, server);
  return server;
}

async function runs(tool, env) {
  const { code, output } = await run(tool.path, ['--version'], { env: toolEnv(tool, env) });
  if (code !== 0) say(`  ${tool.path} does not run here: ${lastLines(output, 1)}`);
  return code === 0;
}

function playwrightFolder(env) {
  const set = env.PLAYWRIGHT_BROWSERS_PATH;
  if (set) return set;
  const home = env.HOME ?? env.USERPROFILE ?? '';
  if (process.platform === 'darwin') return join(home, 'Library/Caches/ms-playwright');
  if (process.platform === 'win32') return join(env.LOCALAPPDATA ?? home, 'ms-playwright');
  return join(env.XDG_CACHE_HOME ?? join(home, '.cache'), 'ms-playwright');
}

async function playwrightsOwn() {
  const question =
    "import { chromium } from 'playwright'; process.stdout.write(chromium.executablePath());";
  const { output } = await run(bin('node'), ['--input-type=module', '-e', question], {
    cwd: projectFolder,
  });
  return existsSync(output) ? { path: output } : undefined;
}

async function downloadBrowser() {
  await run(bin('playwright'), ['install', '--no-shell', 'chromium'], { cwd: projectFolder });
  return playwrightsOwn();
}

function keep(chosen) {
  let before = {};
  try {
    before = JSON.parse(readFileSync(keptFile, 'utf8'));
  } catch {
    // Nothing kept yet, or not readable: it is written anew.
  }
  mkdirSync(cacheFolder, { recursive: true });
  writeFileSync(keptFile, `${JSON.stringify({ ...before, ...chosen }, undefined, 2)}\n`);
}
