import { silenced } from '#app/quiet-environment.ts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Secret } from '#shared/secret.ts';
import { startRedis } from '#setup/redis.ts';
import { seedLocalFirm } from '#simulator/firm.ts';
import { onPortOrAny, startLocal } from '#simulator/local.ts';
import { openDatabase, slowStatements } from '#database/connection.ts';
import { loadOrCreateKeys, openerOf, sealerOf } from '#database/keys.ts';
import { claimDatabase } from '#database/serving.ts';
import { factsOf } from '#portal/carriers.ts';
import { startBot, type BotOptions } from '#app/bot.ts';
import { keepChild } from '#app/child.ts';
import { ConfigError, loadConfig, type Config, type Role } from '#app/config.ts';
import { configuredCarriers } from '#cli/import.ts';
import { createLogger, type Logger } from '#app/log.ts';

/** The composition root. `bot` and `worker` are the roles for several machines; none is both. */
const roleOf = (word: string | undefined): Role => {
  if (word === undefined) return 'all';
  if (word === 'bot' || word === 'worker' || word === 'keys') return word;
  throw new ConfigError(`There is no role "${word}". Example: node src/main.ts worker`);
};

const say = (line: string): void => console.log(line);
const clock = Date.now;

const redisAddress = (config: Config): string | undefined =>
  config.redisUrl?.reveal().replace(/^unix:\/\//, '');

const slow = (log: Logger) =>
  slowStatements((statement) =>
    log.warn(statement, 'a statement took over 50 ms, in which nothing else was done'),
  );

const runWorker = async (config: Config, stack: AsyncDisposableStack): Promise<void> => {
  // The bot never runs a browser, so it does not load one either.
  const { openPortals, startWorker } = await import('#app/worker.ts');
  const log = createLogger(config, 'worker');
  const redis = redisAddress(config);
  if (redis === undefined)
    throw new ConfigError('A worker needs REDIS_URL. Example: REDIS_URL=redis://10.0.0.5:6379');
  const db = await openDatabase(config.databaseFile, slow(log));
  stack.defer(() => db.destroy());
  const keys = await loadOrCreateKeys(config.keyPlace);
  const carriers = await configuredCarriers(config, (line) =>
    log.info(line, 'a carrier is loaded'),
  );
  const portals = openPortals({
    carriers,
    clock,
    dataFolder: config.dataFolder,
    env: process.env,
    log,
  });
  stack.use(portals);
  stack.use(
    await startWorker({
      slots: config.workerSlots,
      name: process.env['WORKER_NAME'] ?? `${hostname()}:${process.pid}`,
      db,
      clock,
      redis,
      opener: openerOf(config.keyPlace, keys),
      sealer: sealerOf(config.keyPlace),
      portals,
      pauseRule: {
        failures: config.breakageFailures,
        policies: config.breakagePolicies,
        windowMs: config.breakageMinutes * 60_000,
      },
      log,
    }),
  );
};

/** The environment of our own worker: where things are, and none of Slack's tokens. */
const workerEnv = (config: Config, redis: string, addresses: Record<string, string>) => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(SLACK|WEBHOOK)_/.test(name)),
  ),
  DATA_DIR: config.mode.kind === 'local' ? join(config.dataFolder, '..') : config.dataFolder,
  DATABASE_FILE: config.databaseFile,
  REDIS_URL: redis.startsWith('/') ? `unix://${redis}` : redis,
  CARRIER_ADDRESSES: JSON.stringify({ ...config.carrierAddresses, ...addresses }),
  PRIVATE_KEY_FILE: config.keyPlace.privateFile,
  LOCAL_WORKSPACE: config.mode.kind === 'local' ? '1' : '0',
  WORKER_NAME: `${hostname()}:child-of-bot`,
});

/** By a process that ends: this one never holds what opens a secret. */
const makeKeys = async (config: Config, redis: string): Promise<void> => {
  const maker = spawn(process.execPath, [import.meta.filename, 'keys'], {
    env: workerEnv(config, redis, {}),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(maker, 'exit')) as [number | null];
  if (code !== 0) throw new Error('The keys of the worker could not be read or made; see above.');
};

const slackOf = (config: Config): BotOptions['slack'] => {
  const { mode, slackApiUrl } = config;
  if (mode.kind !== 'socket' && mode.kind !== 'http') throw new Error('no tokens to connect with');
  return {
    botToken: mode.botToken,
    by:
      mode.kind === 'socket'
        ? { kind: 'socket', appToken: mode.appToken }
        : { kind: 'http', signingSecret: mode.signingSecret },
    ...(slackApiUrl === undefined ? {} : { apiUrl: slackApiUrl }),
  };
};

const runBot = async (config: Config, role: Role, stack: AsyncDisposableStack): Promise<void> => {
  const log = createLogger(config, 'bot');
  const isLocal = config.mode.kind === 'local';
  mkdirSync(config.dataFolder, { recursive: true, mode: 0o700 });
  const local = isLocal ? stack.use(await startLocal(config.dataFolder, clock)) : undefined;
  if (local !== undefined) say(`Local Slack workspace  ${local.workspace.url}`);

  let redis = redisAddress(config);
  if (redis === undefined) {
    const server = stack.use(await startRedis({ dataDir: config.dataFolder }));
    redis = server.url;
  }
  const db = await openDatabase(config.databaseFile, slow(log));
  stack.defer(() => db.destroy());
  if (role === 'all') await makeKeys(config, redis);
  const sealer = sealerOf(config.keyPlace);
  const addresses = { ...config.carrierAddresses, ...local?.portals.addresses };
  const carriers = (await configuredCarriers({ ...config, carrierAddresses: addresses })).map(
    factsOf,
  );
  if (local !== undefined) {
    await claimDatabase(db, { teamId: local.workspace.teamId, local: true });
    if (await seedLocalFirm({ db, clock, sealer, carriers }))
      say('A firm to try it with is seeded.');
  }
  const slack: BotOptions['slack'] =
    local === undefined
      ? slackOf(config)
      : {
          botToken: new Secret(local.workspace.botToken),
          by: { kind: 'socket', appToken: new Secret(local.workspace.appToken) },
          apiUrl: local.workspace.apiUrl,
        };
  const start = (port: number) =>
    startBot({
      config: { ...config, port },
      db,
      clock,
      redis,
      slack,
      sealer,
      carriers,
      log,
      loopbackLinks: isLocal,
      pictures: join(config.dataFolder, 'pictures'),
    });
  const bot = stack.use(isLocal ? await onPortOrAny(config.port, start) : await start(config.port));
  if (local === undefined) await claimDatabase(db, { teamId: bot.teamId, local: false });

  if (role === 'all') {
    const child = keepChild({
      args: [import.meta.filename, 'worker'],
      env: workerEnv(config, redis, addresses),
      onExit: (how) => log.warn({ how }, 'the worker ended; another one takes its place'),
    });
    stack.defer(() => child.stop());
  }
  say(`Link page              ${config.publicUrl ?? (isLocal ? bot.url : 'off: set PUBLIC_URL')}`);
  say(
    isLocal
      ? 'Ready. Open the workspace in a browser, or in another terminal:\n  npm run say -- "/sync policy 00123-4567"'
      : `Ready in the workspace ${bot.teamId}.`,
  );
};

const main = async (): Promise<void> => {
  // The bot that kept this worker was killed, and its Redis with it: there is nothing to finish.
  process.once('disconnect', () => process.exit(1));
  await using stack = new AsyncDisposableStack();
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  const role = roleOf(process.argv[2]);
  if (silenced.length > 0 && role !== 'keys')
    console.error(`Not heeded here, for it can write out passwords: ${silenced.join(', ')}.`);
  const config = loadConfig(process.env, role);
  if (role === 'keys') {
    await loadOrCreateKeys(config.keyPlace);
    return;
  }
  if (role === 'worker') await runWorker(config, stack);
  else await runBot(config, role, stack);
  await asked;
};

try {
  await main();
  process.exit(0);
} catch (error) {
  console.error(error instanceof ConfigError || error instanceof Error ? error.message : error);
  process.exit(1);
}
