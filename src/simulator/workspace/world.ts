import { randomBytes } from 'node:crypto';
import type { Json } from './json.ts';
import type { InstalledApp } from './manifest.ts';
import type { Change, Faults, LocalOutside, LoggedCall } from './protocol.ts';
import { TEAM, type Channel } from './seed.ts';
import { channelOf, type State } from './state.ts';

/** A run of a workflow of one step: it posts what the step hands on to a channel. */
export interface Execution {
  callbackId: string;
  channel: string;
  state: 'running' | 'completed' | 'failed';
}

export type EnvelopeKind = 'slash_commands' | 'interactive' | 'events_api';

/** What the app answered to an envelope; Slack waits 3 s for it. */
export type Ack =
  | { kind: 'acked'; payload: Json }
  | { kind: 'timeout' }
  /** No connection, or the app's address refused. */
  | { kind: 'unreachable' };

export interface Trigger {
  person: string;
  at: number;
  used: boolean;
  /** The view whose interaction gave this trigger; only such a one may push. */
  view?: string;
}

export interface ResponseUrl {
  person: string;
  channel: string;
  at: number;
  uses: number;
  /** The message whose element was used. */
  on?: { ts: string; ephemeral: boolean };
}

/** Everything the parts of the workspace share; nothing in it outlives the process but `state`. */
export interface World {
  state: State;
  app: InstalledApp;
  now: () => number;
  /** `http://127.0.0.1:port`, no slash at the end. */
  url: string;
  /** Tells the pages, and has the state saved; `to` is one person, or everybody. */
  changed: (change: Change, to?: string) => void;
  deliver: (kind: EnvelopeKind, payload: Json, retry?: { attempt: number }) => Promise<Ack>;
  connected: () => boolean;
  /** Absent: nothing outside Slack is shown. */
  outside: (() => LocalOutside) | undefined;
  /** A one-time address for Socket Mode. */
  newSocketUrl: () => string;
  triggers: Map<string, Trigger>;
  responses: Map<string, ResponseUrl>;
  /** Options that an external select was given, by the select's place and the option's value. */
  offered: Map<string, Json>;
  /** What people entered into elements of messages, by person and message. */
  entered: Map<string, Record<string, Record<string, Json>>>;
  /** Steps of workflows that run or ran, by execution id. */
  executions: Map<string, Execution>;
  faults: Faults;
  calls: LoggedCall[];
  /** What somebody who only hears would miss, of every message and view of this run. */
  unheard: string[];
  enforceRateLimits: boolean;
}

const TRIGGER_MS = 3000;
const DAY_MS = 86_400_000;

/** They are in the order they came in: whoever acts looks at none that stays but the first. */
const forgetBefore = (made: Map<string, { at: number }>, before: number): void => {
  for (const [key, { at }] of made) {
    if (at >= before) return;
    made.delete(key);
  }
};

export const newTrigger = (world: World, person: string, view?: string): string => {
  const id = `${world.now()}.${parseInt(TEAM.id, 36) % 1e10}.${randomBytes(16).toString('hex')}`;
  forgetBefore(world.triggers, world.now() - 60_000);
  world.triggers.set(id, {
    person,
    at: world.now(),
    used: false,
    ...(view === undefined ? {} : { view }),
  });
  return id;
};

export type TriggerProblem = 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id';

/** A trigger opens one view, within 3 s. */
export const useTrigger = (world: World, id: string): Trigger | TriggerProblem => {
  const trigger = world.triggers.get(id);
  if (trigger === undefined) return 'invalid_trigger_id';
  if (trigger.used) return 'exchanged_trigger_id';
  if (world.now() - trigger.at > TRIGGER_MS) return 'expired_trigger_id';
  return trigger;
};

export const newResponseUrl = (
  world: World,
  response: Pick<ResponseUrl, 'person' | 'channel' | 'on'>,
): string => {
  const key = randomBytes(18).toString('base64url');
  forgetBefore(world.responses, world.now() - DAY_MS);
  world.responses.set(key, { ...response, at: world.now(), uses: 0 });
  return `${world.url}/response/${TEAM.id}/${key}`;
};

/** Who in a channel must hear that its messages changed. */
export const messagesChanged = (world: World, channel: string, thread?: string): void => {
  const change: Change = {
    of: 'messages',
    channel,
    ...(thread === undefined ? {} : { thread }),
  };
  const found: Channel | undefined = channelOf(world.state, channel);
  if (found === undefined || found.kind === 'public') world.changed(change);
  else for (const member of found.members) world.changed(change, member);
};
