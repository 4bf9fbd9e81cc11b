import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '#database/store.ts';
import {
  App,
  ExpressReceiver,
  LogLevel,
  SocketModeReceiver,
  type Logger,
  type Receiver,
} from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import { Router, type RequestHandler } from 'express';
import type { LateActs } from '#queue/late-acts.ts';
import type { Secret } from '#shared/secret.ts';
import { DID_NOT_WORK, say } from './answers.ts';
import { isTakenOver } from './ack.ts';
import { deduplicate, type FirstWord } from './dedupe.ts';
import { drain } from './drain.ts';
import { isKeptBack, sayAgain } from './say-again.ts';
import { onlySignedNow } from './signed-requests.ts';
import { isUp, keepAcks } from './sockets.ts';
import { ANSWER_MS, watchTokens } from './token-watch.ts';
import { answerUnheard } from './unheard.ts';
import type { SlackApp, SlackClient } from './deps.ts';

export interface SlackSettings {
  botToken: Secret;
  /** Socket Mode with an app token, HTTP with a signing secret. */
  by: { kind: 'socket'; appToken: Secret } | { kind: 'http'; signingSecret: Secret };
  /** Replaces Slack's address; ends with a slash. */
  apiUrl?: string;
  store: Store;
  log: (problem: string, error?: unknown) => void;
  /** Of several bots. */
  firstWord?: FirstWord;
  /** Of a database that keeps an act waiting. */
  late?: LateActs;
}

export interface SlackConnection {
  app: SlackApp;
  /** For what people wait for; apart from the projector's, which a 429 may pause. */
  client: SlackClient;
  projectorClient: SlackClient;
  teamId: string;
  /** What keeps it from being heard now; none when all is well. */
  problems: () => string[];
  /** In HTTP mode, what the web server passes Slack's requests to. */
  router: RequestHandler | undefined;
  /** Slack may be out of reach for long: rejects with NotConnected when `signal` says to stop. */
  start: (signal?: AbortSignal) => Promise<void>;
  /** Takes no more, and waits for what is being handled. */
  stop: () => Promise<void>;
}

/** Two, so that the blackout of one at Slack's refresh of it is covered by the other. */
const CONNECTIONS = 2;
/** Measured: 1500 ms make a refresh a gap of 1.6 s instead of 5. */
const PING_TIMEOUT_MS = 1500;

const STOP_UNREACHED_MS = 1000;

/** A new object each time: the socket client changes the one it is given. */
const clientOptions = (apiUrl: string | undefined, more: WebClientOptions): WebClientOptions => ({
  ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
  ...more,
});

export const connectSlack = async (settings: SlackSettings): Promise<SlackConnection> => {
  const { apiUrl, by, log } = settings;
  const token = settings.botToken.reveal();
  const outage = { isTold: false };
  const logger = quietLogger(log, outage);
  const started = { yes: false };
  const tokens = watchTokens(log, settings.store.clock, () => started.yes);
  const receivers = receiversFor(by, apiUrl, logger, tokens.fetchWith('app'));
  const sockets = receivers.filter((receiver) => receiver instanceof SocketModeReceiver);
  const acks = keepAcks(sockets, settings.store.clock);
  for (const { client: socket } of sockets)
    socket.on('connected', () => {
      if (outage.isTold) log("Slack's socket is reached again");
      outage.isTold = false;
    });
  const [first, ...others] = receivers;
  if (first === undefined) throw new Error('Slack needs a receiver');
  const client = new WebClient(
    token,
    clientOptions(apiUrl, {
      retryConfig: { retries: 1 },
      timeout: 8000,
      logger,
      fetch: tokens.fetchWith('bot'),
    }),
  );
  const { team_id: teamId, bot_id: botId, user_id: botUserId } = await client.auth.test();
  if (teamId === undefined || botId === undefined || botUserId === undefined)
    throw new Error('Slack accepted the token and did not name its workspace and its bot.');
  const app = new App({
    token,
    // Without these two Bolt asks Slack who we are before each event, ahead of its ack.
    botId,
    botUserId,
    receiver: first,
    logger,
    tokenVerificationEnabled: false,
    extendedErrorHandler: true,
    clientOptions: clientOptions(apiUrl, {
      retryConfig: { retries: 1 },
      timeout: 8000,
      fetch: tokens.fetchWith('bot'),
    }),
  });
  for (const receiver of others) receiver.init(app);
  const failed = new WeakSet<object>();
  const unsaid = new WeakSet<object>();
  answerUnheard(app, {
    client,
    failed,
    say: async (body, text) => void (await sayTo(client, body, text, log)),
  });
  const fail = async (body: object, error: unknown): Promise<void> => {
    failed.add(body);
    if (isTakenOver(error)) return;
    log('an act in Slack was not carried out', error);
    if (!(await isTold(client, body, error, log))) unsaid.add(body);
  };
  deduplicate(app, settings.store, fail, {
    firstWord: settings.firstWord,
    isUnsaid: (body) => unsaid.has(body),
    late: settings.late,
  });
  const work = drain(app);
  app.error(({ error, body }: { error: Error; body: object }) => fail(body, error));
  const projectorClient = new WebClient(
    token,
    clientOptions(apiUrl, {
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      timeout: 10_000,
      logger,
      fetch: tokens.fetchWith('bot'),
    }),
  );
  return {
    app,
    client,
    projectorClient,
    teamId,
    problems: () => [
      ...tokens.revoked().map((token) => `Slack refuses ${token}`),
      ...(by.kind === 'http' || sockets.some(({ client: one }) => isUp(one))
        ? []
        : ['no connection to Slack']),
    ],
    router:
      first instanceof ExpressReceiver
        ? Router().use('/slack/events', onlySignedNow(log, Date.now)).use(first.app)
        : undefined,
    start: async (signal) => {
      if (by.kind === 'socket')
        await unlessStopped(Promise.all(receivers.map((receiver) => receiver.start())), signal);
      started.yes = true;
    },
    stop: async () => {
      await acks.sent();
      const stopped = Promise.all(sockets.map((receiver) => receiver.stop()));
      // A socket that is out of reach is never heard to close.
      await (sockets.every(({ client: one }) => isUp(one))
        ? stopped
        : Promise.race([stopped, sleep(STOP_UNREACHED_MS, undefined, { ref: false })]));
      await work.done();
    },
  };
};

/**
 * Tells who acted that it failed, where there is a place for that; else Slack shows words of its own, or
 * whoever failed has told them. False where Slack's trouble keeps it from them.
 */
const isTold = async (
  client: SlackClient,
  body: object,
  error: unknown,
  log: SlackSettings['log'],
): Promise<boolean> =>
  'response_url' in body ? sayTo(client, body, DID_NOT_WORK, log) : !isKeptBack(error);

/** Whether it was said; what has no place for it (a modal) shows Slack's own words. */
const sayTo = async (
  client: SlackClient,
  body: object,
  text: string,
  log: SlackSettings['log'],
): Promise<boolean> => {
  const url = 'response_url' in body ? body.response_url : undefined;
  if (typeof url !== 'string') return true;
  try {
    await sayAgain(client, say(text), async (answer) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, ...answer }),
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      if (!response.ok)
        throw Object.assign(new Error('Slack refused it'), { status: response.status });
    });
    return true;
  } catch (error) {
    log('nor could the person be told', error);
    return false;
  }
};

const receiversFor = (
  by: SlackSettings['by'],
  apiUrl: string | undefined,
  logger: Logger,
  appFetch: WebClientOptions['fetch'],
): Receiver[] => {
  if (by.kind === 'http')
    return [
      new ExpressReceiver({
        signingSecret: by.signingSecret.reveal(),
        endpoints: '/slack/events',
        logger,
      }),
    ];
  return Array.from(
    { length: CONNECTIONS },
    () =>
      new SocketModeReceiver({
        appToken: by.appToken.reveal(),
        clientPingTimeout: PING_TIMEOUT_MS,
        logger,
        installerOptions: {
          clientOptions: clientOptions(apiUrl, {
            retryConfig: { retries: 1000, factor: 1.3, maxTimeout: 30_000 },
            ...(appFetch === undefined ? {} : { fetch: appFetch }),
          }),
        },
      }),
  );
};

/** The bot was asked to stop before Slack's socket was reached. */
export class NotConnected extends Error {
  override name = 'NotConnected';
}

const unlessStopped = async (
  started: Promise<unknown>,
  signal: AbortSignal | undefined,
): Promise<void> => {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(new NotConnected("Slack's socket was not reached yet."));
  if (signal?.aborted === true) stop();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([started, stopped]);
  } finally {
    signal?.removeEventListener('abort', stop);
    // A start that is given up is rejected with nothing when its socket is stopped.
    started.catch(() => undefined);
    stopped.catch(() => undefined);
  }
};

/** Each try of each socket fails in two lines; who reads them needs one for all. */
const isUnreached = (text: string): boolean => text.startsWith('WebSocket error');

/** At DEBUG the socket client logs payloads unredacted: that level is never passed on. */
const quietLogger = (log: SlackSettings['log'], outage: { isTold: boolean }): Logger => ({
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (...message: unknown[]) => {
    const text = message.map(String).join(' ');
    if (!isUnreached(text)) log(text);
    else if (!outage.isTold) {
      outage.isTold = true;
      log("Slack's socket cannot be reached; it is tried again until it can");
    }
  },
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
});
