import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import express from 'express';
import { apiRoutes } from './api.ts';
import { sendEvent } from './events.ts';
import { isFenced } from './fence.ts';
import { fileRoutes } from './files.ts';
import { localRoutes } from './local.ts';
import { readManifest, type InstalledApp } from './manifest.ts';
import { userOutput } from './methods/users.ts';
import type { Faults, LocalOutside, LoggedCall } from './protocol.ts';
import { TEAM, type Channel, type Person } from './seed.ts';
import { loadState, saverOf } from './snapshot.ts';
import { openSockets } from './sockets.ts';
import {
  channelOf,
  freshState,
  newHash,
  nextTs,
  personOf,
  type Message,
  type State,
} from './state.ts';
import { deliverByHttp, type HttpApp } from './webhooks.ts';
import { newResponseUrl, newTrigger, type Ack, type EnvelopeKind, type World } from './world.ts';

export interface WorkspaceOptions {
  /** 0 or absent: any free port. */
  port?: number;
  /** Where the state is kept between runs; absent: nowhere. */
  stateFile?: string;
  /** Epoch ms. */
  clock?: () => number;
  /** Changes a fresh state before it is used. */
  seed?: (state: State) => void;
  /** What is installed; absent: manifest.yml. */
  manifest?: InstalledApp;
  /** Sends to the app's own address instead of over Socket Mode. */
  http?: HttpApp;
  /** Answers 429 by Slack's published tiers. */
  enforceRateLimits?: boolean;
  /** The built page; absent: .cache/page. */
  pageFolder?: string;
  /** What the page shows of the world outside Slack; `outsideChanged` tells when it is another. */
  outside?: () => LocalOutside;
}

export interface LocalWorkspace extends AsyncDisposable {
  /** `http://127.0.0.1:port` */
  url: string;
  /** What an app calls its slackApiUrl; with a slash at the end. */
  apiUrl: string;
  botToken: string;
  appToken: string;
  teamId: string;
  workspace: WorkspaceHandle;
  close: () => Promise<void>;
}

/** What tests and the tour do to the workspace without asking it over HTTP. */
export interface WorkspaceHandle {
  setFaults: (faults: Faults) => void;
  calls: () => readonly LoggedCall[];
  /** What somebody who only hears would miss, of every message and view so far. */
  unheard: () => readonly string[];
  /** Everything in a channel as it is kept, replies and ephemeral messages included. */
  messages: (channel: string) => readonly Message[];
  /** Open Socket Mode connections. */
  connections: () => number;
  /** Tells connections to come back on new ones, as Slack does every few hours. */
  refreshConnections: (reason?: 'warning' | 'refresh_requested', howMany?: number) => void;
  /** Out of reach, as Slack is now and then: nothing listens, and every connection breaks. */
  pause: () => Promise<void>;
  /** In reach again on the same port, with everything it had. */
  resume: () => Promise<void>;
  /** Delivers something as it may come from outside: an act of this person that no page would send. */
  forge: (
    kind: EnvelopeKind,
    from: { person: string; channel: string },
    payload: Record<string, unknown>,
  ) => Promise<Ack>;
  /** Sends to the app's own address from now on, or over Socket Mode again. */
  useHttp: (http: HttpApp | undefined) => void;
  /** The app is taken out, or its token regenerated: Slack takes it no more, and ends connections. */
  revokeToken: (which: 'bot' | 'app') => void;
  /** The app is put back in: Slack takes the tokens that it was given first. */
  restoreTokens: () => void;
  /** Answers 429 by Slack's published tiers from now on, or no more. */
  limitRates: (isLimited: boolean) => void;
  /** Changes a channel, as its managers and the workspace's admins do. */
  changeChannel: (id: string, change: Partial<Omit<Channel, 'id' | 'createdAt'>>) => void;
  /** How long after its post a message may be edited, ms; undefined: for good. */
  setEditWindow: (ms: number | undefined) => void;
  /** Has the pages look at what is outside again. */
  outsideChanged: () => void;
  /** Changes a person, and sends user_change when the app listens to it; or the event is lost. */
  changePerson: (
    id: string,
    change: Partial<Omit<Person, 'id'>>,
    how?: { eventLost: boolean },
  ) => void;
}

const NO_PAGE =
  'The local workspace is running; its page is not built. ' +
  'Use it from a terminal: npm run say -- "/sync help"\n';

const BUILT_PAGE = fileURLToPath(new URL('../../../.cache/page', import.meta.url));

/** Starts the local workspace on 127.0.0.1. Rejects when the port is taken. */
export const startWorkspace = async (options: WorkspaceOptions = {}): Promise<LocalWorkspace> => {
  const now = options.clock ?? Date.now;
  const app = options.manifest ?? readManifest();
  const kept = options.stateFile === undefined ? undefined : loadState(options.stateFile);
  const state = kept ?? freshState(now(), app.name);
  if (kept === undefined) options.seed?.(state);
  const saver = saverOf(state, options.stateFile);
  const tokens = { botToken: state.botToken, appToken: state.appToken };

  let url = '';
  const sockets = openSockets(
    () => url,
    () => world.changed({ of: 'state' }),
  );
  let { http } = options;
  const world: World = {
    state,
    app,
    now,
    url,
    changed: (change, to) => {
      saver.soon();
      listeners.tell(change, to);
    },
    deliver: (kind, payload, retry) =>
      http === undefined
        ? sockets.deliver(kind, payload, retry)
        : deliverByHttp(http, kind, payload, retry),
    connected: () => http !== undefined || sockets.count() > 0,
    outside: options.outside,
    newSocketUrl: sockets.newUrl,
    triggers: new Map(),
    responses: new Map(),
    offered: new Map(),
    entered: new Map(),
    executions: new Map(),
    faults: {},
    calls: [],
    unheard: [],
    enforceRateLimits: options.enforceRateLimits ?? false,
  };
  const setFaults = (faults: Faults): void => {
    world.faults = structuredClone(faults);
    sockets.setFaults(world.faults);
  };
  const { routes, listeners } = localRoutes(world, setFaults);

  const site = express();
  site.disable('x-powered-by');
  site.use((request, response, next) => {
    response.set('date', new Date(world.now()).toUTCString());
    if (isFenced(request.headers)) next();
    else response.status(403).type('text/plain').send('Only this machine may use the workspace.\n');
  });
  site.use(fileRoutes(world));
  site.use(express.json({ limit: '2mb' }), express.urlencoded({ extended: false, limit: '2mb' }));
  site.use(apiRoutes(world, new Map()));
  site.use('/local', routes);
  const page = options.pageFolder ?? BUILT_PAGE;
  site.use(express.static(page));
  site.use((request, response) => {
    const isFront = request.path === '/' && !existsSync(page);
    response
      .status(isFront ? 200 : 404)
      .type('text/plain')
      .send(isFront ? NO_PAGE : 'There is nothing here.\n');
  });

  const server = createServer(site);
  server.on('upgrade', (request, socket, head) => {
    if (isFenced(request.headers)) sockets.upgrade(request, socket, head);
    else socket.destroy();
  });
  await listen(server, options.port ?? 0);
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  world.url = url;
  saver.soon();

  const deafen = async (): Promise<void> => {
    if (!server.listening) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    server.close(() => resolve());
    server.closeAllConnections();
    await promise;
  };
  const close = async (): Promise<void> => {
    listeners.close();
    sockets.close();
    await deafen();
    saver.now();
  };

  return {
    url,
    apiUrl: `${url}/api/`,
    botToken: state.botToken,
    appToken: state.appToken,
    teamId: TEAM.id,
    workspace: {
      setFaults,
      calls: () => world.calls,
      unheard: () => world.unheard,
      messages: (channel) => state.messages[channel] ?? [],
      connections: sockets.count,
      refreshConnections: (reason = 'refresh_requested', howMany) =>
        sockets.refresh(reason, howMany),
      pause: async () => {
        listeners.close();
        sockets.drop();
        await deafen();
      },
      resume: () => listen(server, Number(new URL(url).port)),
      forge: (kind, { person, channel }, payload) =>
        world.deliver(kind, {
          trigger_id: newTrigger(world, person),
          response_url: newResponseUrl(world, { person, channel }),
          ...payload,
        }),
      useHttp: (next) => {
        http = next;
      },
      revokeToken: (which) => {
        state[which === 'bot' ? 'botToken' : 'appToken'] = `regenerated-${newHash(now())}`;
        if (which === 'app') sockets.drop();
      },
      restoreTokens: () => void Object.assign(state, tokens),
      limitRates: (isLimited) => {
        world.enforceRateLimits = isLimited;
      },
      changeChannel: (id, change) => {
        const channel = channelOf(state, id);
        if (channel === undefined) throw new Error(`There is no channel ${id}.`);
        Object.assign(channel, change);
        world.changed({ of: 'state' });
      },
      setEditWindow: (ms) => {
        if (ms === undefined) delete state.editWindowMs;
        else state.editWindowMs = ms;
      },
      outsideChanged: () => listeners.tell({ of: 'state' }),
      changePerson: (id, change, { eventLost } = { eventLost: false }) => {
        const person = personOf(state, id);
        if (person === undefined) throw new Error(`There is no person ${id}.`);
        Object.assign(person, change);
        world.changed({ of: 'state' });
        if (eventLost) return;
        sendEvent(world, {
          type: 'user_change',
          user: userOutput(world, person),
          cache_ts: Math.floor(now() / 1000),
          event_ts: nextTs(state, now()),
        });
      },
    },
    close,
    [Symbol.asyncDispose]: close,
  };
};

const listen = async (server: ReturnType<typeof createServer>, port: number): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, '127.0.0.1', () => resolve());
  await promise;
  server.off('error', reject);
};
