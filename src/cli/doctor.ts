import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { connect as connectPlain, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import { findChromium, findRedis, toolEnv, type Tool } from '#setup/tools.mjs';
import { isOpenToOthers } from '#database/private-files.ts';
import { databaseVersion } from '#database/version.ts';
import { addressOf } from '#queue/connection.ts';
import { configuredCarriers } from '#app/carriers.ts';
import { SANDBOX_ADVICE, sandboxOf } from '#app/sandbox.ts';
import { ConfigError, loadConfig, type Config } from '#app/config.ts';

/** One thing looked at: what there is, and what to do when that is not enough. */
export interface Finding {
  of: string;
  is: 'good' | 'note' | 'bad';
  found: string;
  next?: string;
}

type Environment = Record<string, string | undefined>;

const OLDEST_NODE = 26;
const ANSWERS_WITHIN_MS = 3000;

/** Looks at everything a start needs and changes nothing. No value of a secret is in a finding. */
export async function* examine(environment: Environment): AsyncGenerator<Finding> {
  yield node(process.versions.node);
  const config = settings(environment);
  if ('of' in config) {
    yield config;
    return;
  }
  yield slack(config);
  yield linkPage(config);
  yield dataFolder(config);
  yield keys(config);
  yield database(config);
  yield await redis(config, environment);
  yield await chromium(config, environment);
  yield await carriers(config);
}

const node = (version: string): Finding =>
  Number.parseInt(version, 10) >= OLDEST_NODE
    ? { of: 'Node', is: 'good', found: version }
    : { of: 'Node', is: 'bad', found: version, next: 'Run it with npm: npm run sync doctor.' };

const settings = (environment: Environment): Config | Finding => {
  try {
    return loadConfig(environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { of: 'Settings', is: 'bad', found: error.message, next: 'Correct it and ask again.' };
  }
};

const slack = ({ mode }: Config): Finding => {
  switch (mode.kind) {
    case 'local':
      return {
        of: 'Slack',
        is: 'note',
        found: 'no tokens; npm start opens the local workspace',
        next: 'For a real one set SLACK_BOT_TOKEN and SLACK_APP_TOKEN.',
      };
    case 'socket':
      return { of: 'Slack', is: 'good', found: 'bot token and app token: Socket Mode' };
    case 'worker':
      return { of: 'Slack', is: 'good', found: 'a worker needs no token' };
    case 'http':
      return { of: 'Slack', is: 'good', found: 'bot token and signing secret: HTTP' };
  }
};

const linkPage = ({ mode, publicUrl }: Config): Finding => {
  if (publicUrl !== undefined) return { of: 'Link page', is: 'good', found: publicUrl };
  return mode.kind === 'local'
    ? { of: 'Link page', is: 'good', found: 'on this machine' }
    : {
        of: 'Link page',
        is: 'bad',
        found: 'PUBLIC_URL is not set, so Link is not offered',
        next: 'Set PUBLIC_URL to the https address that reaches the web server.',
      };
};

const nearestFolder = (folder: string): string =>
  existsSync(folder) ? folder : nearestFolder(dirname(folder));

const dataFolder = ({ dataFolder }: Config): Finding => {
  const nearest = nearestFolder(dataFolder);
  try {
    accessSync(nearest, constants.W_OK);
  } catch {
    return {
      of: 'Data folder',
      is: 'bad',
      found: `${nearest} cannot be written`,
      next: 'Set DATA_DIR to a folder of this user.',
    };
  }
  if (nearest === dataFolder && isOpenToOthers(dataFolder) === true)
    return {
      of: 'Data folder',
      is: 'bad',
      found: `${dataFolder} can be read by others of this machine`,
      next: `The next start closes it, or: chmod 700 ${dataFolder}`,
    };
  const found = nearest === dataFolder ? dataFolder : `${dataFolder}, made at the first start`;
  return { of: 'Data folder', is: 'good', found };
};

const keys = ({ keyPlace }: Config): Finding => {
  if (keyPlace.privateKeys !== undefined)
    return { of: 'Keys', is: 'good', found: 'given by PRIVATE_KEYS' };
  const file = keyPlace.privateFile;
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined)
    return { of: 'Keys', is: 'good', found: 'none yet; the worker makes them at its first start' };
  const mode = (stat.mode & 0o777).toString(8).padStart(4, '0');
  return (stat.mode & 0o077) === 0
    ? { of: 'Keys', is: 'good', found: `${file}, mode ${mode}` }
    : { of: 'Keys', is: 'bad', found: `${file} has mode ${mode}`, next: `chmod 600 ${file}` };
};

const database = ({ databaseFile }: Config): Finding => {
  if (isOpenToOthers(databaseFile) === true)
    return {
      of: 'Database',
      is: 'bad',
      found: `${databaseFile} can be read by others of this machine`,
      next: `The next start closes it, or: chmod 600 ${databaseFile}`,
    };
  try {
    const at = databaseVersion(databaseFile);
    switch (at.kind) {
      case 'absent':
        return { of: 'Database', is: 'good', found: `${databaseFile}, made at the first start` };
      case 'current':
        return { of: 'Database', is: 'good', found: `${databaseFile}, version ${at.version}` };
      case 'behind':
        return {
          of: 'Database',
          is: 'note',
          found: `${databaseFile}, version ${at.version} of ${at.wanted}`,
          next: 'The next start brings it up to date, or: npm run sync migrate.',
        };
      case 'ahead':
        return {
          of: 'Database',
          is: 'bad',
          found: `${databaseFile}, version ${at.version}, and this program knows ${at.wanted}`,
          next: 'A newer program has used it: start that one.',
        };
    }
  } catch (error) {
    return {
      of: 'Database',
      is: 'bad',
      found: `${databaseFile}: ${messageOf(error)}`,
      next: 'Move the file away, or restore it from a copy.',
    };
  }
};

const redis = async (config: Config, environment: Environment): Promise<Finding> => {
  if (config.redisUrl === undefined)
    return program('Redis', findRedis(environment), 'apt install redis-server, or set REDIS_URL.');
  // The address may hold a password, so only its host is shown.
  const url = new URL(config.redisUrl.reveal());
  const place = url.protocol === 'unix:' ? addressOf(url.href) : url.host;
  try {
    return { of: 'Redis', is: 'good', found: `${place} ${await ping(url)}` };
  } catch (error) {
    return {
      of: 'Redis',
      is: 'bad',
      found: `${place} does not answer (${messageOf(error)})`,
      next: 'Start it, or correct REDIS_URL.',
    };
  }
};

/** Any reply of the protocol will do: one that asks for a password is alive too. */
const ping = (url: URL): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = openSocket(url);
    socket.setTimeout(ANSWERS_WITHIN_MS, () => socket.destroy(new Error('no answer in time')));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('it hung up')));
    socket.once('data', (reply) => {
      socket.destroy();
      if (/^[+-]/.test(reply.toString('latin1'))) resolve('answers');
      else reject(new Error('something else answers there'));
    });
    socket.write('PING\r\n');
  });

const openSocket = ({ href, protocol, hostname, port }: URL): Socket => {
  if (protocol === 'unix:') return connectPlain({ path: addressOf(href) });
  const to = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port === '' ? 6379 : port) };
  return protocol === 'rediss:' ? connectTls({ ...to, servername: hostname }) : connectPlain(to);
};

const chromium = async (config: Config, environment: Environment): Promise<Finding> => {
  const found = findChromium(environment);
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
    next: SANDBOX_ADVICE,
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

const carriers = async (config: Config): Promise<Finding> => {
  try {
    const loaded = await configuredCarriers(config);
    const names = loaded.map(({ name, demo }) => (demo ? `${name} (demo)` : name));
    return names.length > 0
      ? { of: 'Carriers', is: 'good', found: names.join(', ') }
      : {
          of: 'Carriers',
          is: 'bad',
          found: 'none; the demo carriers do not load beside tokens',
          next: 'Write one and set CARRIERS_PATH to its folder.',
        };
  } catch (error) {
    return { of: 'Carriers', is: 'bad', found: messageOf(error), next: 'Correct that carrier.' };
  }
};

const messageOf = (error: unknown): string => {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.split('\n')[0] ?? text;
};

const MARK = { good: 'ok  ', note: 'note', bad: 'BAD ' } as const;

/** `ok   Redis        7.0.15 at /usr/bin/redis-server` */
export const describeFinding = ({ of, is, found, next }: Finding): string =>
  `${MARK[is]} ${of.padEnd(12)} ${found}${next === undefined ? '' : `. ${next}`}`;
