import { randomBytes } from 'node:crypto';
import { producerConnection, workerConnection, type RedisAddress } from '#queue/connection.ts';
import { createFirstWord } from '#queue/first-word.ts';
import { createLateActs } from '#queue/late-acts.ts';
import { createLooks } from '#queue/looks.ts';
import { createSlackLimits } from '#queue/slack-limits.ts';
import { behindPeople } from '#database/turns.ts';
import { createMessageQueue, startMessageWorker } from '#queue/messages.ts';
import { createSessionQueue } from '#queue/sessions.ts';
import { createBudget, SLACK_BUDGET, type BudgetSettings } from '#slack/budget.ts';
import { createCharts } from '#slack/charts.ts';
import { createPlaces } from '#slack/place.ts';
import { connectSlack, type SlackSettings } from '#slack/connect.ts';
import type { SlackDeps } from '#slack/deps.ts';
import { createTell } from '#features/notifications/tell.ts';
import { showPairing } from '#core/sign-in/link-slack.ts';
import { createPictureLinks } from '#slack/store/picture-links.ts';
import { seeAccounts } from '#core/logins/store/access.ts';
import { createMembers } from '#slack/members.ts';
import type { Database } from '#database/connection.ts';
import { MINUTE, type Clock } from '#shared/clock.ts';
import type { CarrierFacts } from '#portal/portal.ts';
import type { Sealer } from '#database/sealed.ts';
import { sourceChanged } from './login-changed.ts';
import { laneOf } from '#core/sessions/store/lanes.ts';
import { every, type Step } from '#queue/every.ts';
import { listen } from '#web/listen.ts';
import { createWeb, type WebOptions } from '#web/server.ts';
import { linkPage } from '#core/sign-in/link-page.ts';
import type { Sandbox } from '#core/sign-in/link-screens.ts';
import type { Config } from './config.ts';
import { featuresOf, listenToFeatures, subjectsOf } from './features.ts';
import { heartbeat, queuesOfRound, stepsOfRound, type Failed } from './schedule.ts';
import { createPulse } from './pulse.ts';
import { stepsOfSweep, tasksOfDay } from './rounds.ts';
import { keptBy } from './tidy.ts';
import type { Tracing } from './tracing.ts';
import { watchBot, type Watched } from './watch.ts';
import { bringLate } from '#slack/owed.ts';
import { project } from '#slack/project.ts';
import type { Logger } from './log.ts';

export interface BotOptions {
  config: Config;
  db: Database;
  clock: Clock;
  redis: RedisAddress;
  slack: Pick<SlackSettings, 'botToken' | 'by' | 'apiUrl'>;
  sealer: Sealer;
  carriers: readonly CarrierFacts[];
  log: Logger;
  budget?: BudgetSettings;
  sweepMs?: number;
  beatMs?: number;
  /** The link page's address when no PUBLIC_URL is set and browsers are on this machine. */
  loopbackLinks?: boolean;
  /** Where the link page says that its fields are filled from, of local carriers. */
  sandbox?: Sandbox | undefined;
  /** Says to stop while Slack is not reached yet: the start then rejects with NotConnected. */
  signal?: AbortSignal;
  /** Folder where workers keep masked pictures of failures, as far as it is one with theirs. */
  pictures: string;
  /** Whoever keeps it running is told there. */
  watched?: Watched | undefined;
  /** Told of the way of each request. */
  tracing?: Tracing | undefined;
}

export interface Bot extends AsyncDisposable {
  /** Where the bot's own web server listens. */
  url: string;
  /** Where it tells of itself. */
  watchUrl?: string;
  teamId: string;
  /** Runs the sweeper now. */
  sweep: () => Promise<void>;
  /** Does now what is due of the day's tasks. */
  beat: () => Promise<void>;
}

const SWEEP_MS = 10_000;
const BEAT_MS = 60_000;
/** A round waits seconds for a busy database, and a task of the day takes minutes. */
const ENDS_WITHIN = { sweep: 3 * MINUTE, heartbeat: 30 * MINUTE };

/** Slack, the queues' producers, the projector, the link page and the sweeper: no browser. */
export const startBot = async (options: BotOptions): Promise<Bot> => {
  const { config, db, clock, log, tracing } = options;
  const report = (problem: string, error?: unknown): void => log.warn({ err: error }, problem);
  const store = { db, clock };
  // A start that fails in the middle ends what has begun.
  await using stack = new AsyncDisposableStack();
  const sessions = stack.use(
    createSessionQueue(
      producerConnection(options.redis),
      config.workerSlots,
      (sourceId) => laneOf(store, sourceId),
      tracing?.telemetry,
    ),
  );
  const messages = stack.use(
    createMessageQueue(producerConnection(options.redis), tracing?.telemetry),
  );
  const { wake } = sessions;
  const show = tracing?.handingOn(messages.show) ?? messages.show;
  const charts = stack.use(createCharts());
  const changed = (sourceId: string): Promise<void> => sourceChanged({ store, show }, sourceId);
  const random = (bytes: number): Uint8Array => randomBytes(bytes);

  const pulse = createPulse(clock, ENDS_WITHIN);
  const firstWord = stack.use(createFirstWord(producerConnection(options.redis)));
  const looks = stack.use(createLooks(producerConnection(options.redis)));
  const limits = stack.use(createSlackLimits(producerConnection(options.redis), clock));
  const late = stack.use(createLateActs(producerConnection(options.redis)));
  const connection = await connectSlack({ ...options.slack, store, log: report, firstWord, late });
  const listening = await listen(config.host, config.port);
  stack.defer(listening.close);
  const publicUrl = config.publicUrl ?? (options.loopbackLinks ? listening.url : undefined);
  const carrier = (id: string): CarrierFacts | undefined =>
    options.carriers.find((each) => each.id === id);
  const pictures = createPictureLinks(store, random);
  const linkPages: WebOptions['linkPages'] = (surface) =>
    linkPage(
      {
        store,
        sealer: options.sealer,
        random,
        clock,
        carrier,
        sandbox: options.sandbox,
        pairingWanted: (pairing) => showPairing({ log: report }, connection.client, pairing),
        wake: async (sourceId) => {
          await wake(sourceId, 'force');
        },
        changed,
      },
      surface,
    );
  const web = createWeb({
    publicUrl: publicUrl ?? listening.url,
    random,
    linkPages,
    pictures: { fileOf: pictures.fileOf, folder: options.pictures },
    health: () => {
      const problems = [...connection.problems(), ...pulse.late()];
      return Promise.resolve(problems.length === 0 ? {} : { ok: false, problems });
    },
    log,
  });
  if (connection.router !== undefined) web.use(connection.router);
  listening.server.on('request', web);

  const deps: SlackDeps = {
    store,
    random,
    sealer: options.sealer,
    carrier,
    wake,
    show,
    tell: createTell({ store, show }),
    changed,
    pictures,
    teller: connection.projectorClient,
    charts,
    members: createMembers(clock, connection.teamId, async (account, noticed) => {
      for (const sourceId of await seeAccounts(store, [account], noticed)) await changed(sourceId);
    }),
    clock,
    openBooks: config.books === 'open',
    mostForced: config.mostForced,
    supportChannel: config.supportChannel,
    rule: {
      percent: config.digestMovePercent,
      minor: config.digestMoveAmount * 100,
    },
    zone: config.timeZone,
    teamId: connection.teamId,
    settings: { command: config.command, threads: config.threads, publicUrl },
    log: report,
    trace: tracing?.trace,
  };
  const features = featuresOf(config);
  listenToFeatures(connection.app, deps, features);

  const budget = createBudget(clock, options.budget ?? SLACK_BUDGET, limits);
  const drawing = {
    store,
    client: connection.projectorClient,
    budget,
    places: createPlaces(
      connection.projectorClient,
      clock,
      (slackId) => {
        report(
          `${slackId} is deactivated in Slack, or unknown to it: their direct messages end. There is nothing to do`,
        );
        // Their access ends with what Slack says of them now, where its event was lost; else at the daily look.
        deps.members.forget(slackId);
        deps.members.look(connection.client, slackId).catch(() => undefined);
      },
      looks,
    ),
    charts,
    show,
    carrier,
    settings: {
      command: config.command,
      canLink: publicUrl !== undefined,
      openBooks: deps.openBooks,
      channelValues: config.channelValues,
    },
    log: report,
  };
  const subjects = subjectsOf(features);
  const projector = startMessageWorker({
    connection: workerConnection(options.redis),
    project: async (subjectId) => {
      const draw = () => behindPeople(() => project(drawing, subjects, subjectId));
      const projected = await (tracing === undefined ? draw() : tracing.showing(subjectId, draw));
      for (const { follow } of features) await follow?.(drawing, subjectId);
      return projected;
    },
    onError: (error) => report('the message queue has trouble', error),
    telemetry: tracing?.telemetry,
  });
  stack.use(projector);
  stack.defer(connection.stop);
  for (const { start } of features) if (start !== undefined) stack.use(await start(deps));

  const queues = queuesOfRound({ wake, show });
  const { roomForDaily } = sessions;
  const steps: Step[] = [
    { name: 'acts that the database did not take', run: () => bringLate({ store, clock }, late) },
    ...stepsOfSweep(features, { ...deps, ...queues, roomForDaily }),
  ];
  const failed: Failed = (step, error, away) =>
    report(
      away === undefined
        ? `the step "${step}" of the sweep failed; the others went on`
        : `the sweep left off at the step "${step}": the database ${away}`,
      error,
    );
  const sweeping = stack.use(
    every(
      options.sweepMs ?? SWEEP_MS,
      (signal) =>
        pulse.round('sweep', () => {
          queues.begin();
          return behindPeople(() => stepsOfRound(db, steps, failed, signal));
        }),
      (error) => report('the sweeper stopped short', error),
    ),
  );
  await sweeping.now();
  const tasks = tasksOfDay(features, deps, keptBy(config));
  const taskFailed = (task: string, error: unknown): void =>
    report(`the task "${task}" did not end well`, error);
  const beating = stack.use(
    every(
      options.beatMs ?? BEAT_MS,
      (signal) =>
        pulse.round('heartbeat', () =>
          behindPeople(() => heartbeat(store, tasks, taskFailed, signal)),
        ),
      (error) => report('the heartbeat stopped short', error),
    ),
  );
  let isStarted = false;
  const watch =
    options.watched === undefined
      ? undefined
      : stack.use(
          await watchBot(options.watched, {
            store,
            redis: options.redis,
            pulse,
            lacks: connection.problems,
            budget,
            messages,
            isStarted: () => isStarted,
          }),
        );
  await connection.start(options.signal);
  isStarted = true;

  const begun = stack.move();
  return {
    url: listening.url,
    ...(watch === undefined ? {} : { watchUrl: watch.url }),
    teamId: connection.teamId,
    sweep: sweeping.now,
    beat: beating.now,
    [Symbol.asyncDispose]: () => begun.disposeAsync(),
  };
};
