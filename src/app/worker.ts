import { freeLeasesOf } from '#core/logins/store/lease.ts';
import { createKeptBooks } from '#core/sessions/kept-books.ts';
import { hasForced } from '#core/sessions/store/claims.ts';
import { isInLane, laneOf } from '#core/sessions/store/lanes.ts';
import { beginWorker, endWorker, seeWorker } from '#core/sessions/store/workers.ts';
import { every } from '#queue/every.ts';
import { join } from 'node:path';
import { producerConnection, workerConnection, type RedisAddress } from '#queue/connection.ts';
import { createMessageQueue } from '#queue/messages.ts';
import { whyNoWrites } from '#queue/refusal.ts';
import { startSessionWorker } from '#queue/session-worker.ts';
import { createSessionQueue, REST, type Lane } from '#queue/sessions.ts';
import { USUAL_PAUSE_RULE, type PauseRule } from '#core/sessions/pause-rules.ts';
import { browserLaunch, findChromium } from '#setup/tools.mjs';
import type { Database } from '#database/connection.ts';
import type { Opener, Sealer } from '#database/sealed.ts';
import { readCalendars } from '#features/meetings/calendar/read.ts';
import { decideByAdapters } from '#core/sessions/taught.ts';
import { probeAfterDeploy } from '#features/carrier-pauses/pauses.ts';
import { type Clock, HOUR, MINUTE } from '#shared/clock.ts';
import type { Portals } from '#portal/portal.ts';
import type { SessionJob } from '#queue/session-worker.ts';
import { keepSessionsAlive, type KeepAliveDeps } from '#core/sessions/keep-alive.ts';
import { runSession, type SessionDeps } from '#core/sessions/session.ts';
import { sourceChanged } from './login-changed.ts';
import { feedDaily } from '#core/sessions/sweep.ts';
import { wakeWhenFree } from '#core/sessions/when-free.ts';
import { createBrowser } from '#portal/browser.ts';
import type { Carrier } from '#portal/contract.ts';
import { removeOldEvidence } from '#portal/evidence.ts';
import { createPortals } from '#portal/portals.ts';
import { createWarmContexts } from '#portal/warm.ts';
import type { Logger } from './log.ts';
import type { Notice } from '#core/sessions/notice.ts';
import { watchBrowser } from './browser-starts.ts';
import { watchKeys } from './keys-here.ts';
import { createPulse } from './pulse.ts';
import type { Tracing } from './tracing.ts';
import { watchWorker, type Watched } from './watch.ts';

export interface WorkerOptions {
  slots: number;
  /** Of this process and the ones before it that it replaces; never of two at once. */
  name: string;
  /** The carriers that it is bound to; else it serves all that no other worker is bound to. */
  carriers?: Lane | undefined;
  db: Database;
  clock: Clock;
  redis: RedisAddress;
  /** Opens secrets; no other role has one. */
  opener: Opener;
  sealer: Sealer;
  portals: Portals;
  /** When a carrier is paused for what its adapter does not understand; the usual rule by default. */
  pauseRule?: PauseRule;
  /** Hosts of calendars that may lie at addresses that are not public. */
  calendarHosts?: readonly string[];
  log: Logger;
  /** How loudly the log has each sync and sign-in. */
  told?: 'info' | 'debug';
  /** Whoever keeps it running is told there. */
  watched?: Watched | undefined;
  /** Told of the way of each request. */
  tracing?: Tracing | undefined;
  graceMs?: number;
  /** See SessionDeps. */
  leaseMs?: number;
}

export interface Worker extends AsyncDisposable {
  /** How many sessions it has at carriers' portals. */
  sessions: () => number;
  /** Where it tells of itself. */
  watchUrl?: string;
}

/** It runs each minute, and resumes one session after another at portals that may be slow. */
const SEEN_EACH_MS = 30_000;
const ENDS_WITHIN = { 'keeping of sessions': 15 * MINUTE, 'look for sessions': 3 * MINUTE };
const CONTENT_EACH_MS = 5_000;

const SAID = {
  'sync-began': 'a sync began',
  'sync-ended': 'a sync ended',
  'sync-put-off': 'a sync is tried later',
  'sign-in': 'a sign-in ended',
} satisfies Record<Notice['kind'], string>;

/** Sessions at the carriers' portals; the only role that opens secrets. */
export const startWorker = async (options: WorkerOptions): Promise<Worker> => {
  const { db, clock, log, slots, name: holder, sealer, tracing } = options;
  const { carriers: lane = REST } = options;
  const store = { db, clock };
  const sessions = createSessionQueue(
    producerConnection(options.redis),
    slots,
    (sourceId) => laneOf(store, sourceId),
    tracing?.telemetry,
  );
  const messages = createMessageQueue(producerConnection(options.redis), tracing?.telemetry);
  const show = tracing?.handingOn(messages.show) ?? messages.show;
  const warn = (problem: string, err?: unknown): void => log.warn({ err }, problem);
  const warm = createWarmContexts();
  let worker: ReturnType<typeof startSessionWorker> | undefined;
  const lacking = { keys: false, browser: false };
  const takes = (what: keyof typeof lacking) => (has: boolean) => {
    lacking[what] = !has;
    worker?.take(!lacking.keys && !lacking.browser);
  };
  const keys = watchKeys({ store, opener: options.opener, take: takes('keys'), log });
  const { opener } = keys;
  const deps: SessionDeps = {
    store,
    opener,
    sealer,
    clock,
    portals: options.portals,
    warm,
    books: createKeptBooks(),
    show,
    wake: sessions.wake,
    lane,
    pauseRule: options.pauseRule ?? USUAL_PAUSE_RULE,
    changed: (sourceId) => sourceChanged({ store, show }, sourceId),
    ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
  };

  await probeAfterDeploy(store, (id) => options.portals.carrier(id)?.hash);
  for (const request of await decideByAdapters(store, (id) => options.portals.carrier(id)))
    await show(request);
  await beginWorker(store, holder, lane);
  for (const dead of await freeLeasesOf(store, holder)) {
    await sessions.takeBack(lane, dead);
    await sessions.wake(dead.sourceId, 'daily');
  }
  let running = 0;
  const again = async (sourceId: string): Promise<unknown> =>
    sessions.wake(sourceId, (await hasForced(store, sourceId)) ? 'force' : 'daily');
  const whenFree = wakeWhenFree({
    store,
    wake: again,
    onError: (err) => log.warn({ err }, 'a login that became free was not looked at'),
  });
  const pulse = createPulse(clock, ENDS_WITHIN);
  const notice = (of: Notice, { jobId, sourceId }: SessionJob): void => {
    tracing?.notice(of, { jobId });
    options.watched?.metrics.notice(of);
    const { kind, ...about } = of;
    log[options.told ?? 'info']({ ...about, session: jobId, login: sourceId }, SAID[kind]);
  };
  await keys.look();
  const working = startSessionWorker({
    connection: () => workerConnection(options.redis),
    slots,
    holder,
    lane,
    onLook: () => pulse.beat('look for sessions'),
    run: async (job) => {
      if (lacking.keys || !(await browser.look())) return 'not-here';
      if (!(await isInLane(store, job.sourceId, lane))) {
        await again(job.sourceId);
        return 'busy';
      }
      running += 1;
      const heard = { ...deps, notice: (of: Notice) => notice(of, job) };
      const end = await runSession(heard, job).finally(() => (running -= 1));
      if (end === 'busy') await whenFree.look(job.sourceId);
      // A login whose turn is next need not wait for the sweeper.
      if (end !== 'yielded')
        await feedDaily({ store, wake: sessions.wake, roomForDaily: sessions.roomForDaily }, lane);
      return end;
    },
    hasForced: (sourceId) => hasForced(store, sourceId),
    again,
    ...(options.graceMs === undefined ? {} : { graceMs: options.graceMs }),
    onError: (err, sourceId) => log.warn({ err, sourceId }, 'a session did not end as it should'),
    telemetry: tracing?.telemetry,
  });
  worker = working;
  worker.take(!lacking.keys);
  const browser = watchBrowser({ portals: options.portals, take: takes('browser'), log });
  const unwell = (): string[] => {
    const why = keys.why() ?? browser.why();
    return why === undefined ? pulse.late() : [`no sessions are taken: ${why}`, ...pulse.late()];
  };
  // Whoever needs no session, or cannot ask for one, is not one that has stopped asking.
  const redis = producerConnection(options.redis);
  const content = every(
    CONTENT_EACH_MS,
    async () => {
      if (working.isContent() || (await whyNoWrites(redis)) !== undefined)
        pulse.beat('look for sessions');
    },
    (err) => log.warn({ err }, 'whether sessions are looked for was not found out'),
  );
  const keeping: KeepAliveDeps = {
    ...deps,
    holder,
    onError: (err, sourceId) => log.warn({ err, sourceId }, 'a session was not kept alive'),
  };
  const keeper = every(
    MINUTE,
    (signal) =>
      pulse.round('keeping of sessions', async () => {
        if (!lacking.keys && (await browser.look())) await keepSessionsAlive(keeping, signal);
      }),
    (err) => log.warn({ err }, 'sessions were not kept alive as they should'),
  );
  const presence = every(
    SEEN_EACH_MS,
    // One that takes no sessions serves nobody: operators are told of what waits for it.
    async () => {
      if (unwell().length === 0) await seeWorker(store, holder);
    },
    (err) => log.warn({ err }, 'the worker could not tell that it is there'),
  );
  const calendars = every(
    MINUTE,
    async (signal) => {
      if (!lacking.keys)
        await readCalendars(
          { store, opener, hosts: options.calendarHosts ?? [], log: warn },
          signal,
        );
    },
    (err) => log.warn({ err }, 'calendars were not read as they should'),
  );
  const watch =
    options.watched === undefined
      ? undefined
      : await watchWorker(options.watched, {
          store,
          redis: options.redis,
          pulse,
          unwell,
          lacks: () => [],
          browser: () => browser.why() === undefined,
          slots,
          carriers: lane,
          taken: worker.taken,
        });
  return {
    sessions: () => running,
    ...(watch === undefined ? {} : { watchUrl: watch.url }),
    [Symbol.asyncDispose]: async () => {
      await watch?.[Symbol.asyncDispose]();
      await calendars[Symbol.asyncDispose]();
      await keeper[Symbol.asyncDispose]();
      await working[Symbol.asyncDispose]();
      await keys[Symbol.asyncDispose]();
      await browser[Symbol.asyncDispose]();
      await content[Symbol.asyncDispose]();
      redis.disconnect();
      whenFree[Symbol.dispose]();
      await presence[Symbol.asyncDispose]();
      await endWorker(store, holder).catch((err: unknown) =>
        log.warn({ err }, 'it did not sign off'),
      );
      await warm[Symbol.asyncDispose]();
      await messages[Symbol.asyncDispose]();
      await sessions[Symbol.asyncDispose]();
    },
  };
};

/**
 * The portals of these carriers in this machine's Chromium, and their pictures for as long as they are
 * kept. Throws one line when there is none.
 */
export const openPortals = (options: {
  carriers: readonly Carrier[];
  clock: Clock;
  dataFolder: string;
  env: NodeJS.ProcessEnv;
  log: Logger;
}): Portals & AsyncDisposable => {
  const found = findChromium(options.env);
  if (found === undefined) {
    const named = options.env['CHROMIUM'];
    throw new Error(
      named === undefined || named === ''
        ? 'No Chromium found. Install chromium-headless-shell (or Chrome), or name one in CHROMIUM.'
        : `CHROMIUM "${named}" is not a program. Example: CHROMIUM=/usr/bin/chromium`,
    );
  }
  const browser = createBrowser({
    launch: browserLaunch(found, options.env),
    origins: options.carriers.flatMap(({ origins }) => origins),
  });
  const pictures = join(options.dataFolder, 'pictures');
  const portals = createPortals({
    browser,
    clock: options.clock,
    carriers: options.carriers,
    pictures,
    log: (event) => options.log.warn(event, 'at a portal'),
  });
  const tidying = every(
    HOUR,
    () => removeOldEvidence(pictures, options.clock()),
    (err) => options.log.warn({ err }, 'old pictures and traces were not removed'),
  );
  // What grew old while no worker ran waits for no hour.
  void tidying.now();
  return {
    ...portals,
    [Symbol.asyncDispose]: async () => {
      await tidying[Symbol.asyncDispose]();
      await browser[Symbol.asyncDispose]();
    },
  };
};
