import { silenced } from '#app/quiet-environment.ts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Secret } from '#shared/secret.ts';
import { startRedis } from '#setup/redis.ts';
import { findChromium } from '#setup/tools.mjs';
import { seedLocalFirm } from '#simulator/firm.ts';
import { forgetLocal, onPortOrAny, startLocal } from '#simulator/local.ts';
import { sandboxAt, welcome } from '#simulator/welcome.ts';
import { loadOrCreateKeys, openerOf, sealerOf } from '#database/keys.ts';
import { makePrivateFolder } from '#database/private-files.ts';
import { claimDatabase } from '#database/serving.ts';
import { factsOf } from '#portal/carriers.ts';
import { urlOf } from '#queue/connection.ts';
import { startBot, type BotOptions } from '#app/bot.ts';
import { configuredCarriers } from '#app/carriers.ts';
import { keepChild, READY } from '#app/child.ts';
import { NO_SANDBOX, NO_SANDBOX_LOCAL, sandboxAdvice, sandboxOf } from '#app/sandbox.ts';
import { ConfigError, loadConfig, type Config, type Role } from '#app/config.ts';
import { serveDatabase } from '#app/database.ts';
import { asTold, createLogger } from '#app/log.ts';
import { redisAddress } from '#app/redis-place.ts';
import { untilStopped } from '#app/stop.ts';
import { tracedAs, watchedOf } from '#app/watch.ts';
import { startWatchdog } from '#threads/watchdog.ts';
import { NotConnected } from '#slack/connect.ts';

/** The composition root. `bot` and `worker` are the roles for several machines; none is both. */
const ROLES: readonly string[] = ['all', 'bot', 'worker'] satisfies Role[];
const isRole = (word: string): word is Role => ROLES.includes(word);

const readArguments = (words: string[]): { role: Role; fresh: boolean } => {
  try {
    const { values, positionals } = parseArgs({
      args: words,
      options: { fresh: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const [role = 'all', ...more] = positionals;
    if (more.length === 0 && isRole(role)) return { role, fresh: values.fresh };
  } catch {
    // The line below says it in our words.
  }
  throw new ConfigError(
    `"${words.join(' ')}" is not understood. npm start alone runs everything; npm start -- bot, npm start -- worker: one role; npm start -- --fresh: the local workspace anew.`,
  );
};

const say = (line: string): void => console.log(line);
const clock = Date.now;

/** Numbers are kept where somebody asks for them. */
const watchedAs = async (config: Config, role: 'bot' | 'worker') => {
  const { createMetrics } = await import('#app/metrics.ts');
  return watchedOf(config, role, createMetrics);
};

const runWorker = async (config: Config, stack: AsyncDisposableStack): Promise<void> => {
  // The bot never runs a browser, so it does not load one either.
  const { openPortals, startWorker } = await import('#app/worker.ts');
  const log = createLogger(config, 'worker');
  const watched = await watchedAs(config, 'worker');
  const tracing = await tracedAs(config, 'worker', stack);
  const redis = await redisAddress(config);
  if (redis === undefined)
    throw new ConfigError('A worker needs REDIS_URL. Example: REDIS_URL=redis://10.0.0.5:6379');
  const { db, clock: time } = stack.use(await serveDatabase(config, log, watched));
  const keys = await loadOrCreateKeys(config.keyPlace);
  const carriers = await configuredCarriers(config, {}, (line) =>
    log[asTold(config, 'info')](line, 'a carrier is loaded'),
  );
  watched?.metrics.known(carriers.map(({ id }) => id));
  const unboxed = withoutSandbox(config);
  // The bot that keeps this worker has said so.
  if (unboxed !== undefined && process.send === undefined) log.warn(unboxed);
  const portals = openPortals({
    carriers,
    clock,
    dataFolder: config.dataFolder,
    env: process.env,
    log,
  });
  stack.use(portals);
  const worker = stack.use(
    await startWorker({
      slots: config.workerSlots,
      name: config.workerName ?? `${hostname()}:${process.pid}`,
      carriers: config.workerCarriers,
      db,
      clock: time,
      redis,
      opener: openerOf(config.keyPlace, keys),
      sealer: sealerOf(config.keyPlace),
      portals,
      pauseRule: {
        failures: config.breakageFailures,
        policies: config.breakagePolicies,
        windowMs: config.breakageMinutes * 60_000,
      },
      calendarHosts: config.calendarHosts,
      log,
      told: asTold(config, 'info'),
      watched,
      tracing,
    }),
  );
  stack.defer(async () => {
    const sessions = worker.sessions();
    if (sessions > 0)
      say(
        `Waiting for ${sessions === 1 ? 'a session' : `${sessions} sessions`} at a carrier's portal to come to a safe end, 15 seconds at most. Ctrl-C again ends at once.`,
      );
  });
  if (process.send === undefined) say('The worker is ready.');
  else process.send(READY);
};

/** What our own worker is told beside this environment: where things are. */
const placesOf = (config: Config, redis: string, addresses: Record<string, string>) => ({
  DATA_DIR: config.mode.kind === 'local' ? join(config.dataFolder, '..') : config.dataFolder,
  ...(config.databaseUrl === undefined
    ? { DATABASE_FILE: config.databaseFile }
    : { DATABASE_URL: config.databaseUrl.reveal() }),
  REDIS_URL: urlOf(redis),
  CARRIER_ADDRESSES: JSON.stringify(addresses),
  PRIVATE_KEY_FILE: config.keyPlace.privateFile,
  LOCAL_WORKSPACE: config.mode.kind === 'local' ? '1' : '0',
});

/** The environment of our own worker, with none of Slack's tokens. */
const workerEnv = (places: Record<string, string>) => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(SLACK|WEBHOOK)_/.test(name)),
  ),
  ...places,
  WORKER_NAME: `${hostname()}:child-of-bot`,
});

/** A page that breaks out of a renderer is kept by Chromium's sandbox alone: never silently without. */
const withoutSandbox = (config: Config): string | undefined => {
  const found = findChromium(process.env);
  const sandbox = found === undefined ? 'on' : sandboxOf(found, process.env, config);
  if (sandbox === 'on') return undefined;
  const line = `${NO_SANDBOX} ${sandboxAdvice(sandbox, config)}`;
  if (sandbox === 'refused') throw new ConfigError(line);
  return config.mode.kind === 'local' ? NO_SANDBOX_LOCAL : line;
};

/** By a process that ends: this one never holds what opens a secret. */
const makeKeys = async (places: Record<string, string>): Promise<void> => {
  const maker = spawn(process.execPath, [join(import.meta.dirname, 'app/make-keys.ts')], {
    env: workerEnv(places),
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

const runBot = async (
  config: Config,
  role: Role,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<void> => {
  const log = createLogger(config, 'bot');
  const watched = await watchedAs(config, 'bot');
  const tracing = await tracedAs(config, 'bot', stack);
  const isLocal = config.mode.kind === 'local';
  await configuredCarriers(config);
  const unboxed = role === 'all' ? withoutSandbox(config) : undefined;
  makePrivateFolder(config.dataFolder);
  const local = isLocal ? stack.use(await startLocal(config.dataFolder, clock)) : undefined;
  if (local !== undefined) say(`Local Slack workspace  ${local.workspace.url}`);

  let redis = await redisAddress(config);
  if (redis === undefined) {
    const server = stack.use(await startRedis({ dataDir: config.dataFolder }));
    redis = server.url;
  }
  const { db, clock: time } = stack.use(await serveDatabase(config, log, watched));
  const addresses = { ...config.carrierAddresses, ...local?.portals.addresses };
  const loaded = await configuredCarriers(config, local?.portals.addresses);
  const known = Object.entries(addresses).filter(([id]) => loaded.some((each) => each.id === id));
  const places = placesOf(config, redis, Object.fromEntries(known));
  if (role === 'all' || isLocal) await makeKeys(places);
  const sealer = sealerOf(config.keyPlace);
  const carriers = loaded.map(factsOf);
  if (local !== undefined) {
    await claimDatabase(db, { teamId: local.workspace.teamId, local: true });
    if (await seedLocalFirm({ db, clock: time, sealer, carriers }))
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
      clock: time,
      redis,
      slack,
      sealer,
      carriers,
      log,
      loopbackLinks: isLocal,
      sandbox: local && sandboxAt(local.workspace.url),
      signal,
      pictures: join(config.dataFolder, 'pictures'),
      watched,
      tracing,
    });
  const bot = stack.use(isLocal ? await onPortOrAny(config.port, start) : await start(config.port));
  if (local === undefined) await claimDatabase(db, { teamId: bot.teamId, local: false });

  if (role === 'all') {
    const child = keepChild({
      args: [import.meta.filename, 'worker'],
      env: workerEnv(places),
      onExit: (how) => log.warn({ how }, 'the worker ended'),
    });
    stack.defer(() => child.stop());
    await child.ready;
  }
  say(`Link page              ${config.publicUrl ?? (isLocal ? bot.url : 'off: set PUBLIC_URL')}`);
  if (unboxed !== undefined) (isLocal ? say : (line: string) => log.warn(line))(unboxed);
  const lines =
    local === undefined
      ? [`Ready in the workspace ${bot.teamId}.`]
      : ['', ...welcome(local.workspace.url)];
  for (const line of lines) say(line);
  // The last line that stays on the screen: whoever tries one of the things above would wait.
  if (role === 'bot') say(workerCommand(places));
};

/** A bot alone syncs nothing, and an address of a server may hold a password. */
const workerCommand = (places: Record<string, string>): string => {
  const words = Object.entries(places).map(([name, value]) =>
    /^(redis|postgres)/.test(value) ? `${name}='…'` : `${name}='${value}'`,
  );
  return `This is the bot alone: syncs wait until a worker runs. Beside it: ${words.join(' ')} npm start -- worker`;
};

const main = async (): Promise<void> => {
  // The bot that kept this worker was killed, and its Redis with it: there is nothing to finish.
  process.once('disconnect', () => process.exit(1));
  const { role, fresh } = readArguments(process.argv.slice(2));
  if (silenced.length > 0)
    console.error(`Not heeded here, for it can write out passwords: ${silenced.join(', ')}.`);
  const config = loadConfig(process.env, role);
  if (fresh) await forgetLocal(config);
  await runUntilStopped(config, role);
  if (process.send === undefined) say('Stopped.');
};

/** Nothing within a process that hangs could end it; of a start, whoever waits for it sees that it hangs. */
const guard = ({ hangSeconds }: Config, role: Role, stack: AsyncDisposableStack): void => {
  if (hangSeconds === 0) return;
  const what = role === 'worker' ? 'worker' : 'bot';
  const lost = (error: unknown): void =>
    console.error(`Should the ${what} hang, nothing ends it until it is started again.`, error);
  stack.use(startWatchdog(what, hangSeconds * 1000, lost));
};

/** What is under way when a start is given up has this long to notice. */
const GIVE_UP_MS = 3000;

const runUntilStopped = async (config: Config, role: Role): Promise<void> => {
  await using stack = new AsyncDisposableStack();
  const stop = new AbortController();
  const heard = async (): Promise<void> => {
    await untilStopped({ clock, endNow: () => process.exit(130) });
    if (process.send === undefined) say('Stopping …');
    stop.abort();
  };
  const asked = heard();
  const ready =
    role === 'worker' ? runWorker(config, stack) : runBot(config, role, stack, stop.signal);
  await Promise.race([ready, asked]);
  if (stop.signal.aborted) {
    const given = ready.catch((error: unknown) => {
      if (error instanceof NotConnected) say(error.message);
    });
    await Promise.race([given, sleep(GIVE_UP_MS, undefined, { ref: false })]);
  } else guard(config, role, stack);
  await asked;
};

try {
  await main();
  process.exit(0);
} catch (error) {
  console.error(error instanceof ConfigError || error instanceof Error ? error.message : error);
  process.exit(1);
}
