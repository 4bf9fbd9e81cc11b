/**
 * What the workspace's page, `say`, the tour and the tests may ask of the local workspace: one
 * person's view of it, and that person's acts. Served under /local as JSON; the page listens to
 * `/local/events?as=U...` (server-sent events named `change`, each holding a Change).
 */
import type { KnownBlock, View } from '@slack/types';

export interface LocalPerson {
  id: string;
  name: string;
  /** What the page tells of the person: "advisor", "owner", "guest", "deactivated" ... */
  about: string;
  deleted: boolean;
  restricted: boolean;
  bot: boolean;
}

export interface LocalChannel {
  id: string;
  /** Without `#`; for a direct message the other person's name. */
  name: string;
  kind: 'public' | 'private' | 'direct';
  externallyShared: boolean;
  botIsMember: boolean;
  about: string;
  /** Messages this person has not looked at since `seen` was last called. */
  unread: number;
}

/** GET /local/state?as=U -> everything the left side of the page needs. */
export interface LocalState {
  team: { id: string; name: string };
  /** When this workspace began, epoch ms. */
  since: number;
  me: LocalPerson;
  people: LocalPerson[];
  channels: LocalChannel[];
  bot: { id: string; name: string; connected: boolean };
  /** Slash commands of the manifest: `/sync`, with its hint. */
  commands: { command: string; description: string; hint: string }[];
  /** Shortcuts of the manifest: `message` ones in a message's menu, `global` ones by the composer. */
  shortcuts: LocalShortcut[];
  /** The open modals of this person, the top one last. */
  modals: LocalView[];
  home?: LocalView;
  outside?: LocalOutside;
}

/** What people have outside Slack: their logins at the carriers, and the phone where codes arrive. */
export interface LocalOutside {
  logins: LocalLogin[];
  codes: LocalCode[];
  /** Users that every carrier's portal has; each forces what its name says. */
  sandbox: { users: string[]; password: string; code: string };
  /** Where each carrier's portal is. */
  portals: { carrier: string; url: string }[];
}

export interface LocalLogin {
  /** Of the login source it belongs to. */
  source: string;
  /** Id of the person who holds it. */
  holder?: string;
  carrier: string;
  user: string;
  password: string;
}

export interface LocalCode {
  carrier: string;
  user: string;
  way: 'text' | 'voice' | 'email' | 'app';
  code: string;
  /** Id of the person whose login it is for; absent for a sandbox user. */
  holder?: string;
  /** Epoch ms. */
  until: number;
}

export interface LocalShortcut {
  type: 'message' | 'global';
  callbackId: string;
  name: string;
  description: string;
}

export interface LocalMessage {
  ts: string;
  channel: string;
  threadTs?: string;
  /** Person or bot id. */
  user: string;
  text: string;
  blocks: KnownBlock[];
  edited: boolean;
  /** Only this person sees it; it has an id of its own for acting on it. */
  ephemeral: boolean;
  replyCount: number;
  /** Files shared with the message. */
  files?: { id: string; name: string; url: string }[];
  metadata?: unknown;
  /** What was typed and not answered in 3 s, as Slack shows it. */
  failedCommand?: string;
}

export type LocalView = View & {
  id: string;
  hash: string;
  /** Messages by block_id, after response_action errors. */
  errors?: Record<string, string>;
  /** What its elements hold, as Slack's `state.values`: block_id -> action_id -> entry. */
  values?: Record<string, Record<string, Record<string, unknown>>>;
};

/** GET /local/messages?as=U&channel=C[&thread=ts] -> oldest first. */
export type LocalMessages = LocalMessage[];

/** POST /local/command */
export interface CommandAct {
  as: string;
  channel: string;
  /** "/sync policy 00123-4567" */
  text: string;
}

/** POST /local/post: a person writes a message. */
export interface PostAct {
  as: string;
  channel: string;
  text: string;
  threadTs?: string;
}

/** POST /local/action: a click or choice on an element of a message or a view. */
export interface ActionAct {
  as: string;
  /** Where the element is. */
  on: { channel: string; ts: string } | { view: string };
  blockId: string;
  actionId: string;
  /** The value of a chosen option, a typed text, dates; absent for a button. */
  value?: string | string[];
  /** What the elements of the same message or view hold now: block_id -> action_id -> value. */
  values?: SubmitAct['values'];
}

/** POST /local/shortcut: a message shortcut on a message, or a global one from anywhere. */
export interface ShortcutAct {
  as: string;
  callbackId: string;
  message?: { channel: string; ts: string };
}

/** POST /local/step: a person runs a workflow of this one step, which posts its outputs to the channel. */
export interface StepAct {
  as: string;
  callbackId: string;
  inputs: Record<string, string>;
  channel: string;
}

/** POST /local/options: the options of an external select. */
export interface OptionsAct {
  as: string;
  on: ActionAct['on'];
  blockId: string;
  actionId: string;
  typed: string;
}
export interface OptionsAnswer {
  options: { text: string; value: string; description?: string }[];
  /** Why there are none, when the app did not answer or answered what Slack refuses. */
  problem?: string;
}

/** POST /local/submit; values: block_id -> action_id -> value. */
export interface SubmitAct {
  as: string;
  view: string;
  values: Record<string, Record<string, string | string[] | null>>;
}

/** POST /local/close: dismisses the top modal. */
export interface CloseAct {
  as: string;
  view: string;
}

/** POST /local/home: the person opens the bot's Home tab. */
export interface HomeAct {
  as: string;
}

/** POST /local/seen: the person looks at a channel. */
export interface SeenAct {
  as: string;
  channel: string;
}

/** Each act is answered with this; `problem` is what Slack would show ("/sync failed ..."). */
export interface ActAnswer {
  ok: boolean;
  problem?: string;
  /** Of a command: the ephemeral answer or error appears as a message in the channel. */
  ts?: string;
}

/** What changed; the page asks again for what it shows. */
export type Change =
  | { of: 'messages'; channel: string; thread?: string }
  | { of: 'modals' }
  | { of: 'home' }
  | { of: 'state' };

/** POST /local/faults: how Slack misbehaves from now on; `{}` is a well-behaved one. */
export interface Faults {
  /** Answer the next `times` calls of a method (or all: "*") with this error or status. */
  fail?: { method: string; times: number; error?: string; status?: number; retryAfter?: number }[];
  /** Take this long before answering Web API calls, ms. */
  delayMs?: number;
  /** The next `times` calls of a method do their work, and then the connection drops. */
  dropAfter?: { method: string; times: number }[];
  /** The next `times` calls of a method are never answered; whether they did their work first. */
  hang?: { method: string; times: number; carriedOut: boolean }[];
  /** Send each envelope this many times. */
  repeatEnvelopes?: number;
  /** Hold this many envelopes and send them in reverse. */
  reorderEnvelopes?: number;
}

/** GET /local/app -> the tokens that this workspace takes, and no other Slack. */
export interface InstalledApp {
  botToken: string;
  appToken: string;
}

/** GET /local/calls -> Web API calls so far, oldest first. */
export interface LoggedCall {
  at: number;
  method: string;
  ok: boolean;
  error?: string;
  channel?: string;
  ts?: string;
}
