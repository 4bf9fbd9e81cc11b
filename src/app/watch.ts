import { dailyOpen, forcedWaiting, pausedCarriers } from '#core/sessions/store/open-syncs.ts';
import { boundLanes, unservedCarriers } from '#core/sessions/store/workers.ts';
import { whyNoAnswer } from '#database/answers.ts';
import type { Store } from '#database/store.ts';
import { producerConnection, withinTime, type RedisAddress } from '#queue/connection.ts';
import type { MessageQueue } from '#queue/messages.ts';
import { whyNoWrites } from '#queue/refusal.ts';
import type { Lane } from '#queue/sessions.ts';
import type { Budget } from '#slack/budget.ts';
import { listen } from '#web/listen.ts';
import { createWatch } from '#web/watch.ts';
import { askedEvery } from '#shared/clock.ts';
import type { Config } from './config.ts';
import type { Metrics } from './metrics.ts';
import type { Pulse } from './pulse.ts';
import type { Tracing } from './tracing.ts';

/** Where and what a process tells of itself. */
export interface Watched {
  host: string;
  port: number;
  metrics: Metrics;
}

interface Process {
  store: Store;
  redis: RedisAddress;
  pulse: Pick<Pulse<string>, 'late' | 'ages'>;
  /** What a start anew may mend; by default, rounds that are late. */
  unwell?: () => readonly string[];
  /** What this role lacks besides a database and Redis. */
  lacks: () => readonly string[];
}

export type Watch = AsyncDisposable & { url: string };

/** The queues' page is loaded where it is shown. */
const boardOn = async (redis: RedisAddress, store: Store) => {
  const { createQueueBoard } = await import('#queue/board.ts');
  return createQueueBoard(producerConnection(redis), '/queues', () => boundLanes(store));
};

const startWatch = async (
  { host, port, metrics }: Watched,
  { store, redis, pulse, unwell, lacks }: Process,
  more: {
    refresh?: () => Promise<void>;
    withQueues?: boolean;
    notices?: () => Promise<string[]>;
    /** It takes what people ask for also without what it lacks, which is a notice then. */
    serves?: () => boolean;
    leansOn?: () => Record<string, boolean>;
  } = {},
): Promise<Watch> => {
  await using stack = new AsyncDisposableStack();
  const connection = producerConnection(redis);
  stack.defer(() => connection.disconnect());
  const board = more.withQueues === true ? stack.use(await boardOn(redis, store)) : undefined;
  const rounds = metrics.gaugeOf(
    'swivel_since_round_seconds',
    'Since this round of the process ended last.',
    'round',
  );
  const answering = metrics.gaugeOf(
    'swivel_answers',
    '1: what this process leans on answers at once, and takes writes.',
    'what',
  );
  const lacksNow = async (): Promise<string[]> => {
    const [database, queue] = await Promise.all([whyNoAnswer(store.db), whyNoWrites(connection)]);
    return [
      ...(database === undefined ? [] : [`the database ${database}`]),
      ...(queue === undefined ? [] : [`Redis ${queue.why}. ${queue.next}`]),
      ...lacks(),
    ];
  };
  const serves = (): boolean => more.serves?.() === true;
  const app = createWatch({
    unwell: unwell ?? pulse.late,
    lacks: async () => (serves() ? [] : lacksNow()),
    notices: async () =>
      (await Promise.all([serves() ? lacksNow() : [], more.notices?.() ?? []])).flat(),
    metrics: async () => {
      rounds(seconds(pulse.ages()));
      const [database, queue] = await Promise.all([
        whyNoAnswer(store.db),
        whyNoWrites(connection),
        more.refresh?.(),
      ]);
      const all = {
        database: database === undefined,
        redis: queue === undefined,
        ...more.leansOn?.(),
      };
      answering(Object.fromEntries(Object.entries(all).map(([what, is]) => [what, is ? 1 : 0])));
      return metrics.read();
    },
    ...(board === undefined ? {} : { queues: board }),
  });
  const listening = await listen(host, port, app);
  stack.defer(listening.close);
  const owned = stack.move();
  return { url: listening.url, [Symbol.asyncDispose]: () => owned.disposeAsync() };
};

/** A scrape gives up after some seconds, and a bot that gave no numbers would be taken for one that is gone. */
const REFRESHED_WITHIN_MS = 3000;

/** A day of many policies is counted no oftener, however many look. */
const DAILY_EVERY_MS = 60_000;

const seconds = (ms: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(ms).map(([name, value]) => [name, value / 1000]));

export const watchBot = (
  watched: Watched,
  process: Process & {
    budget: Budget;
    messages: MessageQueue;
    /** Its start has come to its end, and Slack may reach it. */
    isStarted: () => boolean;
  },
): Promise<Watch> => {
  const { metrics } = watched;
  const { store, budget, messages } = process;
  const waiting = metrics.gaugeOf(
    'swivel_force_waiting',
    'Force syncs that wait for a worker and nothing else.',
    'carrier',
  );
  const oldest = metrics.gaugeOf(
    'swivel_force_oldest_seconds',
    'How long the first of them has waited.',
    'carrier',
  );
  const paused = metrics.gaugeOf('swivel_carrier_paused', '1: this carrier is paused.', 'carrier');
  const unserved = metrics.gaugeOf(
    'swivel_carrier_unserved',
    '1: syncs of this carrier wait, and no worker that may serve it is there.',
    'carrier',
  );
  let daily: number | undefined;
  let unshown: number | undefined;
  let slack: Awaited<ReturnType<Budget['state']>> | undefined;
  metrics.gauge(
    'swivel_daily_open',
    'Open syncs of the day, 10,000 at most, counted once a minute.',
    () => daily,
  );
  metrics.gauge('swivel_messages_waiting', 'Messages that wait for Slack.', () => unshown);
  metrics.gauge(
    'swivel_slack_updates_left',
    'Updates of messages that fit into this minute, of all bots together.',
    () => slack?.updatesLeft,
  );
  metrics.gauge('swivel_slack_rest_seconds', 'How long Slack wants to be left alone.', () =>
    slack?.restMs === undefined ? undefined : slack.restMs / 1000,
  );
  metrics.gauge(
    'swivel_slack_refused',
    'Messages that Slack refused by name, of late.',
    () => slack?.refused,
  );
  metrics.gauge(
    'swivel_slack_problems',
    '0: Slack is connected and takes the tokens.',
    () => process.lacks().length,
  );
  const dailyNow = askedEvery(DAILY_EVERY_MS, store.clock, () => dailyOpen(store));
  const look = async () => ({
    forcedNow: await forcedWaiting(store),
    pausedNow: await pausedCarriers(store),
    unservedNow: await unservedCarriers(store),
  });
  // What is not known just now is not told as it was before.
  const refresh = async (): Promise<void> => {
    const [seen, dailySeen, unshownNow, slackNow] = await Promise.all([
      withinTime(REFRESHED_WITHIN_MS, look()),
      withinTime(REFRESHED_WITHIN_MS, dailyNow()),
      messages.waiting(),
      budget.state(),
    ]);
    const forced = seen?.forcedNow ?? [];
    waiting(Object.fromEntries(forced.map((one) => [one.carrierId, one.waiting])));
    oldest(Object.fromEntries(forced.map((one) => [one.carrierId, one.oldestMs / 1000])));
    paused(Object.fromEntries((seen?.pausedNow ?? []).map((id) => [id, 1])));
    unserved(Object.fromEntries((seen?.unservedNow ?? []).map(({ id }) => [id, 1])));
    daily = dailySeen;
    unshown = unshownNow;
    slack = slackNow;
  };
  // Bots that are taken away for it, or for what all of them lack at once, would answer nobody.
  const notices = async (): Promise<string[]> => {
    const unservedNow = await withinTime(REFRESHED_WITHIN_MS, unservedCarriers(store));
    return (unservedNow ?? []).map(({ id }) => `no worker serves ${id}`);
  };
  const serves = process.isStarted;
  return startWatch(watched, process, { refresh, withQueues: true, notices, serves });
};

export const watchWorker = (
  watched: Watched,
  process: Process & {
    slots: number;
    /** How many of them sessions have now. */
    taken: () => number;
    carriers: Lane;
    /** Whether one starts here. */
    browser: () => boolean;
  },
): Promise<Watch> => {
  const { metrics } = watched;
  metrics.gauge('swivel_slots', 'Sessions that this worker holds at once.', () => process.slots);
  metrics.gauge(
    'swivel_sessions',
    "Slots that sessions of this worker have now; one that waits for a person's code has none.",
    process.taken,
  );
  const bound = metrics.gaugeOf(
    'swivel_worker_carrier',
    '1: this worker is bound to this carrier.',
    'carrier',
  );
  const refresh = async (): Promise<void> =>
    bound(Object.fromEntries(process.carriers.map((id) => [id, 1])));
  return startWatch(watched, process, {
    refresh,
    leansOn: () => ({ browser: process.browser() }),
  });
};

/** What this role is to tell of itself, if anything. */
export const watchedOf = (
  { watchHost, watchPort, workerWatchPort }: Config,
  role: 'bot' | 'worker',
  metrics: () => Metrics,
): Watched | undefined => {
  const port = role === 'bot' ? watchPort : workerWatchPort;
  return port === undefined ? undefined : { host: watchHost, port, metrics: metrics() };
};

/** Loaded where somebody asks for it; ended after everything that it tells of. */
export const tracedAs = async (
  { otelEndpoint }: Config,
  role: 'bot' | 'worker',
  stack: AsyncDisposableStack,
): Promise<Tracing | undefined> =>
  otelEndpoint === undefined
    ? undefined
    : stack.use(await (await import('./tracing.ts')).startTracing(otelEndpoint, role));
