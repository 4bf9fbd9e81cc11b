import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packagesFrom } from './debian.mjs';
import { browsersFolder } from './playwright.mjs';
import { bin } from './packages.mjs';
import { lastLines, run, say, SetupError, step } from './programs.mjs';
import {
  ATOMIC,
  atomicOnMachine,
  cacheFolder,
  chromiumOnMachine,
  findAtomic,
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
  libatomic: {
    find: findAtomic,
    onMachine: atomicOnMachine,
    debianPackage: 'libatomic1',
    debianPath: `usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/${ATOMIC}`,
    unpackWith: 'patchelf',
    advice: 'libatomic is missing, which Node 26 needs: install it (apt install libatomic1).',
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
  // Its own browser cannot be told from an older one's before its package is here.
  // What goes wrong with the packages is told by who installs them.
  const packages = packagesInstalled.catch(() => {});
  if (existsSync(browsersFolder(env))) await packages;
  for (const name of names) {
    const found = PROGRAMS[name].onMachine(env);
    if (found) chosen[name] = found;
  }
  const missing = () => names.filter((name) => chosen[name] === undefined);

  if (missing().length > 0 && (existsSync('/usr/bin/apt-get') || existsSync('/bin/apt-get'))) {
    await step(`${missing().join(' and ')} from Debian's packages`, async () => {
      const wanted = missing().map((name) => PROGRAMS[name].debianPackage);
      const unpackWith = missing().flatMap((name) => PROGRAMS[name].unpackWith ?? []);
      for await (const place of packagesFrom(wanted, unpackWith)) {
        for (const name of missing()) {
          const tool = debianTool(name, place);
          if (tool && (name === 'libatomic' || (await runs(tool, env)))) chosen[name] = tool;
        }
        if (missing().length === 0) break;
      }
      return missing().length === 0;
    });
  }
  if (missing().includes('chromium')) {
    await packages;
    await step("a browser by Playwright's own download", async () => {
      await run(bin('playwright'), ['install', '--only-shell', 'chromium'], {
        cwd: projectFolder,
        env,
      });
      const downloaded = chromiumOnMachine(env);
      if (downloaded && (await runs(downloaded, env))) chosen.chromium = downloaded;
      return chosen.chromium !== undefined;
    });
  }
  keep(chosen);
  const advice = missing().map(adviceFor);
  if (advice.length > 0) throw new SetupError(advice.join('\n'));
}

function debianTool(name, { root, libraryPath, fonts }) {
  const program = join(root, PROGRAMS[name].debianPath);
  const patcher = join(root, 'usr/bin/patchelf');
  if (!existsSync(program)) return undefined;
  return {
    path: name === 'redis' ? asServer(program) : program,
    ...(libraryPath && { libraryPath }),
    ...(fonts && name === 'chromium' && { fonts }),
    ...(name === 'libatomic' && existsSync(patcher) && { patcher }),
  };
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
