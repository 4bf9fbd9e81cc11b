import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Secret } from '#shared/secret.ts';
import { producerConnection } from '#queue/connection.ts';
import { createSessionQueue } from '#queue/sessions.ts';
import { seedLocalFirm } from '#simulator/firm.ts';
import { startLocal, type Local } from '#simulator/local.ts';
import { connectClient, type LocalClient } from '#simulator/workspace/client.ts';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import type { Database } from '#database/connection.ts';
import { loadOrCreateKeys } from '#database/keys.ts';
import { createOpener, createSealer } from '#database/sealing.ts';
import { claimDatabase } from '#database/serving.ts';
import { localFirmStore } from '#simulator/store.ts';
import type { Clock } from '#shared/clock.ts';
import type { CarrierFacts, Portals } from '#portal/portal.ts';
import { readCalendars } from '#features/meetings/calendar/read.ts';
import { queueDay } from '#features/daily-sync/queue-day.ts';
import type { Sealer } from '#database/sealed.ts';
import { factsOf, loadCarriers } from '#portal/carriers.ts';
import { loadConfig } from '#app/config.ts';
import { startBot, type Bot, type BotOptions } from '#app/bot.ts';
import { keepChild, type KeptChild } from '#app/child.ts';
import { openPortals, startWorker, type Worker } from '#app/worker.ts';
import { isOnPostgres } from './database.ts';
import { openFirmDatabase } from './firm-database.ts';
import type { Logger } from '#app/log.ts';
import type { Watched } from '#app/watch.ts';
import { expectHeard } from './heard.ts';
import { startTestRedis, type TestRedis } from './redis-server.ts';
import type { Where } from './where.ts';

/** Everything real but Slack's servers and the carriers' sites: as `npm start` runs it. */
export interface TestFirm extends AsyncDisposable {
  local: Local;
  client: LocalClient;
  db: Database;
  redis: TestRedis;
  /** The first of its bots. */
  bot: Bot;
  bots: readonly Bot[];
  facts: readonly CarrierFacts[];
  sealer: Sealer;
  /** Starts a worker in this process; the caller may stop it before the firm ends. */
  work: (
    portals?: Portals,
    options?: {
      name?: string;
      carriers?: readonly string[];
      slots?: number;
      graceMs?: number;
      watched?: Watched;
      log?: Logger;
    },
  ) => Promise<Worker>;
  /** Queues the background work of a login for a day, as its schedule would; how many policies. */
  queueDay: (source: string, day?: string) => Promise<number>;
  /** The id of a login by its name in the seed, such as S-NB-ANA. */
  sourceId: (source: string) => Promise<string>;
  /** What a worker does each minute: reads the calendars that are due, at hosts of this machine. */
  readCalendars: () => Promise<void>;
  /** Starts a worker as `npm start` does: a child that is started again when it dies. */
  workAsChild: (name?: string) => KeptChild;
  /** Stops the bot, as a deploy does, all of them where there are several; `startBotAgain` brings up the next. */
  stopBot: () => Promise<void>;
  startBotAgain: () => Promise<void>;
  logged: () => string[];
  /** The firm's time. */
  clock: Clock;
  databaseFile: string;
  /** As DATA_DIR names it: the local workspace is in its folder "local". */
  dataFolder: string;
  /** Folder of the masked pictures. */
  pictures: string;
}

export interface FirmOptions {
  slots?: number;
  config?: Partial<BotOptions['config']>;
  /** Slack calls the bot over HTTP instead of Socket Mode. */
  http?: boolean;
  /** Slack's own limits instead of none that a test would feel. */
  budget?: BotOptions['budget'];
  /** The firm's, the workspace's and the portals' time; the queue's own timers keep to the real one. */
  clock?: Clock;
  /** Where it lives, and how many bots it has; its workers are the caller's to start. */
  where?: Where | undefined;
  /** A database that has its firm already; the seeded one is not put into it. */
  databaseFile?: string;
  /** Carriers that only scripted portals know, instead of the local ones. */
  facts?: readonly CarrierFacts[];
  /** Where its carriers are, unless in this repository's folder. */
  carriersFolder?: string;
  /** Where the bot tells of itself. */
  watched?: Watched;
  /** Starts the bot elsewhere than in this process. */
  startBot?: typeof startBot;
  /** Settings of a worker that is a child, beside those of the firm. */
  workerEnv?: Record<string, string>;
}

export const SIGNING_SECRET = 'the-signing-secret-of-a-test';

// What Slack's limits slow down has tests of its own.
const QUICK_BUDGET = { updatesPerMinute: 6000, floorMs: 50, postBurst: 1000, retryMs: 300 };

export const startFirm = async (options: FirmOptions = {}): Promise<TestFirm> => {
  await using stack = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), 'sync-firm-'));
  stack.defer(() => rm(dataDir, { recursive: true, force: true, maxRetries: 10 }));
  const folder = join(dataDir, 'local');
  const clock = options.clock ?? Date.now;
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  const slots = options.slots ?? 2;

  const redis = stack.use(await startTestRedis());
  const local = stack.use(await startLocal(folder, clock, 0));
  stack.defer(() => expectHeard(local.workspace.workspace));
  const databaseFile = options.databaseFile ?? join(folder, 'firm.db');
  const { where } = options;
  const database = await openFirmDatabase(stack, {
    where,
    file: databaseFile,
    // A firm of a file of its own, or with a child that opens one, is on SQLite.
    isAny: isOnPostgres() && where === undefined && options.databaseFile === undefined,
  });
  const { db } = database;
  const keys = await loadOrCreateKeys(join(folder, 'keys'));
  const sealer = createSealer(keys);
  const carriers = await loadCarriers({
    folders: [options.carriersFolder ?? join(import.meta.dirname, '../../carriers')],
    addresses: local.portals.addresses,
    allowDemo: true,
  });
  const facts = options.facts ?? carriers.map(factsOf);
  await claimDatabase(db, { teamId: local.workspace.teamId, local: true });
  await seedLocalFirm({ db, clock, sealer, carriers: facts });

  const newBot = async (): Promise<Bot> => {
    await using inner = new AsyncDisposableStack();
    const bot = inner.use(
      await (options.startBot ?? startBot)({
        config: {
          ...loadConfig({}),
          supportChannel: 'CSUPPORT1',
          digestChannel: undefined,
          workerSlots: slots,
          port: 0,
          ...options.config,
        },
        db: await database.in(inner),
        clock,
        redis: redis.url,
        slack: {
          botToken: new Secret(local.workspace.botToken),
          by: options.http
            ? { kind: 'http', signingSecret: new Secret(SIGNING_SECRET) }
            : { kind: 'socket', appToken: new Secret(local.workspace.appToken) },
          apiUrl: local.workspace.apiUrl,
        },
        sealer,
        carriers: facts,
        log,
        budget: options.budget ?? QUICK_BUDGET,
        sweepMs: 1000,
        // A test beats when it wants to: no task of the day comes in between.
        beatMs: 2 ** 31 - 1,
        loopbackLinks: true,
        pictures: join(folder, 'pictures'),
        watched: options.watched,
      }),
    );
    const owned = inner.move();
    return { ...bot, [Symbol.asyncDispose]: () => owned.disposeAsync() };
  };
  let bots: Bot[] = [];
  const startBots = async (): Promise<void> => {
    bots = [];
    for (let at = 0; at < (where?.bots ?? 1); at += 1) bots.push(await newBot());
  };
  const stopBot = async (): Promise<void> => {
    await Promise.all(bots.map((each) => each[Symbol.asyncDispose]()));
    bots = [];
  };
  stack.defer(stopBot);
  await startBots();
  if (options.http)
    local.workspace.workspace.useHttp({
      eventsUrl: `${bots[0]?.url}/slack/events`,
      signingSecret: SIGNING_SECRET,
    });

  const workers = stack.use(new AsyncDisposableStack());
  const work: TestFirm['work'] = async (portals, { name = 'test', ...own } = {}) => {
    await using inner = new AsyncDisposableStack();
    const opened =
      portals ??
      inner.use(openPortals({ carriers, clock, dataFolder: folder, env: process.env, log }));
    const started = inner.use(
      await startWorker({
        slots: own.slots ?? slots,
        name,
        carriers: own.carriers,
        db: await database.in(inner),
        clock,
        redis: redis.url,
        opener: createOpener(keys),
        sealer,
        portals: opened,
        log: own.log ?? log,
        graceMs: own.graceMs ?? 2000,
        watched: own.watched,
      }),
    );
    const owned = inner.move();
    workers.use(owned);
    return { ...started, [Symbol.asyncDispose]: () => owned.disposeAsync() };
  };

  const readDue = (): Promise<void> =>
    readCalendars(
      {
        store: { db, clock },
        opener: createOpener(keys),
        hosts: ['127.0.0.1'],
        log: (problem) => void lines.push(problem),
      },
      new AbortController().signal,
    );

  const workAsChild = (name = 'test-child'): KeptChild => {
    const child = keepChild({
      args: [join(import.meta.dirname, '../../src/main.ts'), 'worker'],
      env: {
        ...process.env,
        DATA_DIR: dataDir,
        ...database.env,
        REDIS_URL: redis.url.startsWith('/') ? `unix://${redis.url}` : redis.url,
        CARRIER_ADDRESSES: JSON.stringify(
          Object.fromEntries(facts.map(({ id }) => [id, local.portals.addresses[id]])),
        ),
        LOCAL_WORKSPACE: '1',
        WORKER_NAME: name,
        WORKER_SLOTS: String(slots),
        LOG_LEVEL: 'warn',
        ...options.workerEnv,
      },
      onExit: (how) => void lines.push(`the worker ended: ${how}`),
    });
    workers.defer(() => child.stop());
    return child;
  };

  const wakeable = stack.use(createSessionQueue(producerConnection(redis.url), slots));
  const sourceId = (source: string): Promise<string> => localFirmStore(db).sourceId(source);

  const owned = stack.move();
  return {
    local,
    client: connectClient(local.workspace.url),
    db,
    redis,
    get bot() {
      const [first] = bots;
      if (first === undefined) throw new Error('the bot is stopped');
      return first;
    },
    get bots() {
      return bots;
    },
    facts,
    sealer,
    work,
    readCalendars: readDue,
    workAsChild,
    queueDay: async (source, day = '2026-11-20') =>
      queueDay(
        { store: { db, clock }, wake: (id) => wakeable.wake(id, 'daily') },
        await sourceId(source),
        day,
      ),
    sourceId,
    stopBot,
    startBotAgain: startBots,
    logged: () => lines,
    clock,
    databaseFile,
    dataFolder: dataDir,
    pictures: join(folder, 'pictures'),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
};

/** The closing reply of the thread of a card, when it is there. */
export const closingOf = (firm: TestFirm, as: string, channel: string, card: LocalMessage) =>
  firm.client.waitForMessage({
    as,
    channel,
    thread: card.ts,
    what: 'the closing reply',
    that: (message) => message.threadTs === card.ts && message.text.includes('<@'),
    ms: 40_000,
  });

/** Cards name the person who asked, and mention nobody. */
const NAMES: Record<string, string> = {
  UANARUIZ1: 'Ana Ruiz',
  UBENCART1: 'Ben Carter',
  UMARCUS01: 'Marcus Webb',
  UOLIVIA01: 'Olivia Grant',
  USAMOKAF1: 'Sam Okafor',
};

/** The card of this person for a policy: whoever asks for the same has one of their own. */
export const isCardOf =
  (person: string, number: string) =>
  (message: LocalMessage): boolean =>
    message.user === 'USYNCBOT1' &&
    !message.ephemeral &&
    message.threadTs === undefined &&
    message.text.includes(number) &&
    JSON.stringify(message.blocks).includes(`asked by ${NAMES[person]}`);

/** What only this person reads, in answer to a command or a click. */
export const answerTo = (
  firm: TestFirm,
  as: string,
  channel: string,
  words: string,
  /** The thread that was clicked in. */
  thread?: string,
): Promise<LocalMessage> =>
  firm.client.waitForMessage({
    as,
    channel,
    ...(thread === undefined ? {} : { thread }),
    what: `an answer with "${words}"`,
    that: (message) => message.ephemeral && JSON.stringify(message).includes(words),
  });

/**
 * Types a command while the bot is there: on a busy machine its connections miss a ping now and
 * then and come back, and a person whose command found none types it again.
 */
const type = async (firm: TestFirm, as: string, channel: string, text: string): Promise<void> => {
  await firm.client.waitFor({
    as,
    what: 'the bot to be connected',
    read: async () => ((await firm.client.state(as)).bot.connected ? true : undefined),
  });
  const answer = await firm.client.command(as, channel, text);
  if (answer.problem?.includes('dispatch_failed') === true) await type(firm, as, channel, text);
};

/** A person's command, and the card it leads to: the newest top-level message of the bot that matches. */
export const askFor = async (
  firm: TestFirm,
  as: string,
  channel: string,
  text: string,
  that: (message: LocalMessage) => boolean = () => true,
): Promise<LocalMessage> => {
  await type(firm, as, channel, text);
  return firm.client.waitForMessage({
    as,
    channel,
    what: `a card for ${text}`,
    that: (message) =>
      message.user === 'USYNCBOT1' &&
      !message.ephemeral &&
      message.threadTs === undefined &&
      that(message),
  });
};
