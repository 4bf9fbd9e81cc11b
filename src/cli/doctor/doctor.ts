import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { promisify } from 'node:util';
import { findChromium, findRedis, toolEnv, type Tool } from '#setup/tools.mjs';
import { sandboxAdvice, sandboxOf } from '#app/sandbox.ts';
import { ConfigError, loadConfigHere, type Config } from '#app/config.ts';
import { isPublicAlone } from '#database/keys.ts';
import { versionAt } from '#database/place.ts';
import { messageOf, type Environment, type Finding, type Outside } from './finding.ts';
import { examineCarriersFolder } from './carrier-code.ts';
import { examineCarriers, examineFirm, presentWorkers } from './firm.ts';
import {
  examineDatabase,
  examineDataFolder,
  examineDisk,
  examineNode,
  examineSettingsFiles,
} from './machine.ts';
import { examineKeys } from './keys.ts';
import { examineClock, examinePublicUrl } from './outside.ts';
import { examineOwnRedis } from './redis.ts';
import { examinePost, examineSlack } from './slack.ts';

/** As it is where the command runs. */
const outside = (): Outside => ({
  clock: Date.now,
  freeAt: async (path) => {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  },
  here: process.cwd(),
  ofUnits: '/etc/swivel-sync',
  postgres: async (url) => (await import('#database/examine.ts')).examinePostgres(url),
});

/**
 * Looks at everything a start needs and changes nothing; only `post`, an e-mail address, sends a
 * message. No value of a secret is in a finding.
 */
export async function* examine(
  environment: Environment,
  { post, ...planted }: Partial<Outside> & { post?: string | undefined } = {},
): AsyncGenerator<Finding> {
  const from = { ...outside(), ...planted };
  yield examineNode(process.versions.node);
  const config = settings(environment);
  if ('of' in config) {
    yield config;
    return;
  }
  const files = examineSettingsFiles(from);
  if (files !== undefined) yield files;
  const installation = yield* examineSlack(config);
  yield await examinePublicUrl(config);
  yield await examineClock(config, from);
  yield examineDataFolder(config, environment);
  yield await examineDisk(config, from);
  yield examineKeys(config);
  const database = await examineDatabase(config);
  yield database;
  if (config.databaseUrl !== undefined)
    yield* (await import('./postgres.ts')).examineServer(config.databaseUrl, from);
  yield await redis(config, environment);
  const isCurrent = database.is === 'good' && (await versionAt(config)).kind === 'current';
  // Where no worker runs: its key is not here either.
  const others =
    isCurrent && isPublicAlone(config.keyPlace) ? await presentWorkers(config, from) : [];
  yield await chromium(config, environment, others);
  yield await examineCarriers(config);
  const code = examineCarriersFolder(config);
  if (code !== undefined) yield code;
  if (isCurrent) yield* examineFirm(config, from);
  if (post !== undefined) yield await examinePost(installation, post);
}

const settings = (environment: Environment): Config | Finding => {
  try {
    return loadConfigHere(environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { of: 'Settings', is: 'bad', found: error.message, next: 'Correct it and ask again.' };
  }
};

const redis = (config: Config, environment: Environment): Promise<Finding> =>
  config.redisUrl === undefined
    ? program('Redis', findRedis(environment), 'apt install redis-server, or set REDIS_URL.')
    : examineOwnRedis(config.redisUrl);

const chromium = async (
  config: Config,
  environment: Environment,
  elsewhere: readonly string[],
): Promise<Finding> => {
  const found = findChromium(environment);
  if (found === undefined && elsewhere.length > 0)
    return {
      of: 'Chromium',
      is: 'note',
      found: `none here, and the workers are elsewhere: ${elsewhere.join(', ')}`,
      next: 'Ask the doctor where they run as well.',
    };
  const finding = await program(
    'Chromium',
    found,
    'apt install chromium-headless-shell, or set CHROMIUM.',
  );
  if (finding.is !== 'good' || found === undefined) return finding;
  const sandbox = sandboxOf(found, environment, config);
  if (sandbox === 'on') return finding;
  return {
    ...finding,
    is: sandbox === 'refused' ? 'bad' : 'note',
    found: `${finding.found}, without its sandbox`,
    next: sandboxAdvice(sandbox, config),
  };
};

const run = promisify(execFile);

const program = async (of: string, tool: Tool | undefined, advice: string): Promise<Finding> => {
  if (tool === undefined) {
    const next = `npm start installs it where there are no tokens; else: ${advice}`;
    return { of, is: 'bad', found: 'none on this machine', next };
  }
  try {
    const { stdout } = await run(tool.path, ['--version'], {
      env: toolEnv(tool, process.env),
      timeout: 10_000,
    });
    const version = /\d+(\.\d+)+/.exec(stdout)?.[0] ?? '';
    return { of, is: 'good', found: `${version} at ${tool.path}`.trim() };
  } catch (error) {
    return {
      of,
      is: 'bad',
      found: `${tool.path} does not run (${messageOf(error)})`,
      next: advice,
    };
  }
};
