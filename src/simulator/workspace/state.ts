import { randomBytes } from 'node:crypto';
import type { KnownBlock } from '@slack/types';
import type { Json } from './json.ts';
import { BOT, seedChannels, seedPeople, type Channel, type Person } from './seed.ts';

export interface Message {
  ts: string;
  channel: string;
  threadTs?: string;
  user: string;
  text: string;
  blocks: KnownBlock[];
  attachments?: unknown[];
  metadata?: Json;
  editedTs?: string;
  /** Ephemeral: the one person who sees it. */
  onlyFor?: string;
  failedCommand?: string;
  reactions?: { name: string; users: string[] }[];
  pinned?: boolean;
  /** Ids of files shared with it. */
  files?: string[];
}

/** A file as an app uploads it: announced, then sent, then complete. */
export interface StoredFile {
  id: string;
  /** The one-time part of the address its bytes are sent to. */
  key: string;
  name: string;
  title: string;
  alt: string;
  length: number;
  /** base64 */
  content?: string;
  complete: boolean;
}

/** A modal or Home as Slack keeps it; `payload` is what the app sent, with every id filled in. */
export interface StoredView {
  id: string;
  person: string;
  hash: string;
  rootId: string;
  previousId?: string;
  payload: Json & { type: string; blocks: KnownBlock[] };
  /** block_id -> action_id -> what the person entered, as `state.values` gives it. */
  values: Record<string, Record<string, Json>>;
  errors?: Record<string, string>;
}

/** What survives a restart, ephemeral messages and open modals aside. */
export interface Saved {
  botToken: string;
  appToken: string;
  lastMicros: number;
  people: Person[];
  channels: Channel[];
  messages: Record<string, Message[]>;
  homes: Record<string, StoredView>;
  seen: Record<string, string>;
  files: Record<string, StoredFile>;
  /** How long after its post a message may be edited, ms; absent: for good. */
  editWindowMs?: number;
}

export interface State extends Saved {
  /** Open modals of each person, the top one last. */
  modals: Map<string, StoredView[]>;
}

export const freshState = (now: number, botName: string): State => {
  const state: State = {
    botToken: `xoxb-local-${randomBytes(16).toString('hex')}`,
    appToken: `xapp-1-local-${randomBytes(16).toString('hex')}`,
    lastMicros: 0,
    people: seedPeople(botName),
    channels: seedChannels(now),
    messages: {},
    homes: {},
    seen: {},
    files: {},
    modals: new Map(),
  };
  // An installed app has a Messages tab for everybody, before anything was written there.
  for (const { id, bot, deleted } of state.people)
    if (!bot && !deleted) openDirect(state, id, BOT.user, now);
  return state;
};

/** Slack's timestamps are ids: seconds with six decimals, never twice the same. */
export const nextTs = (state: State, now: number): string => {
  state.lastMicros = Math.max(state.lastMicros + 1, now * 1000);
  const digits = String(state.lastMicros);
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
};

const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789';

export const newId = (prefix: string): string =>
  prefix + [...randomBytes(9)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');

export const newHash = (now: number): string =>
  `${Math.floor(now / 1000)}.${randomBytes(4).toString('hex')}`;

export const personOf = (state: State, id: string): Person | undefined =>
  state.people.find((person) => person.id === id);

export const fileOf = (state: State, id: string): StoredFile | undefined => state.files[id];

export const channelOf = (state: State, id: string): Channel | undefined =>
  state.channels.find((channel) => channel.id === id);

export const messagesOf = (state: State, channel: string): Message[] =>
  (state.messages[channel] ??= []);

export const messageOf = (state: State, channel: string, ts: string): Message | undefined =>
  state.messages[channel]?.find((message) => message.ts === ts);

export const repliesOf = (state: State, channel: string, ts: string): Message[] =>
  messagesOf(state, channel).filter((message) => message.threadTs === ts);

/** The direct conversation of two people; made when it is not there yet. */
export const openDirect = (state: State, one: string, other: string, now: number): Channel => {
  const found = state.channels.find(
    ({ kind, members }) => kind === 'direct' && members.includes(one) && members.includes(other),
  );
  if (found !== undefined) return found;
  const channel: Channel = {
    id: `D${one.slice(1)}`,
    name: '',
    kind: 'direct',
    externallyShared: false,
    members: [one, other],
    about: '',
    createdAt: now,
  };
  if (channelOf(state, channel.id) !== undefined) channel.id = newId('D');
  state.channels.push(channel);
  return channel;
};

export const canSee = (channel: Channel, person: Person): boolean =>
  channel.members.includes(person.id) || (channel.kind === 'public' && !person.restricted);
