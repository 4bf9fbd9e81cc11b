import type { Change, LocalMessage, LocalState } from '#simulator/workspace/protocol.ts';
import { useEffect, useReducer, useState } from 'react';
import { type Address, HOME, LOGINS, PHONE } from './address.ts';
import { readMessages, readState } from './api.ts';
import { followFeed, share, shareMessages } from './feed.ts';

/** What the page knows; `of` says whose view it is, so that one person's never shows as another's. */
interface Known {
  online: boolean;
  of?: string;
  state?: LocalState;
  /** By channel, or by channel and thread; see `keyOf`. */
  messages: Record<string, LocalMessage[]>;
  unknownPerson: boolean;
}

type Event =
  | { kind: 'online'; online: boolean }
  | { kind: 'state'; as: string; state: LocalState }
  | { kind: 'messages'; as: string; key: string; messages: LocalMessage[] }
  | { kind: 'unknown-person' };

export const keyOf = (channel: string, thread?: string): string =>
  thread === undefined ? channel : `${channel}/${thread}`;

const reduce = (known: Known, event: Event): Known => {
  switch (event.kind) {
    case 'online':
      return { ...known, online: event.online };
    case 'unknown-person':
      return { ...known, unknownPerson: true };
    case 'state': {
      const fresh = known.of === event.as ? known.messages : {};
      const state = share(known.state, event.state);
      return { ...known, of: event.as, messages: fresh, unknownPerson: false, state };
    }
    case 'messages': {
      if (known.of !== undefined && known.of !== event.as) return known;
      const before = known.messages[event.key];
      const after = shareMessages(before, event.messages);
      if (after === before) return known;
      return { ...known, of: event.as, messages: { ...known.messages, [event.key]: after } };
    }
  }
};

interface Wanted {
  state: boolean;
  channel: boolean;
  thread: boolean;
}

const ALL: Wanted = { state: true, channel: true, thread: true };

const wantedBy = (change: Change, at: Partial<Address>): Wanted => {
  const here = change.of === 'messages' && change.channel === at.in;
  return { state: true, channel: here, thread: here };
};

export interface Workspace extends Known {
  /** Reads again; resolves when the page shows what the workspace holds. */
  refresh: () => Promise<void>;
}

/** Places where nothing is said. */
const SILENT: readonly string[] = [HOME, LOGINS, PHONE];

const NOTHING: Wanted = { state: false, channel: false, thread: false };

/** Reads what is wanted of the place the page shows; throws when the workspace is away. */
const readOnce = async (
  at: Partial<Address>,
  wanted: Wanted,
  dispatch: (event: Event) => void,
): Promise<void> => {
  const { as, in: inside, thread } = at;
  if (as === undefined) return;
  const messages = async (channel: string, ofThread?: string): Promise<void> => {
    const read = await readMessages(as, channel, ofThread);
    dispatch({ kind: 'messages', as, key: keyOf(channel, ofThread), messages: read });
  };
  if (wanted.state) dispatch({ kind: 'state', as, state: await readState(as) });
  if (inside === undefined || SILENT.includes(inside)) return;
  await Promise.all([
    wanted.channel && messages(inside),
    wanted.thread && thread !== undefined && messages(inside, thread),
  ]);
};

/** One read at a time; what is asked meanwhile is read right after, once. */
const makeReader = (dispatch: (event: Event) => void) => {
  const reader = { at: {} as Partial<Address>, wanted: NOTHING, running: false };
  const waiting: (() => void)[] = [];
  const run = async (): Promise<void> => {
    reader.running = true;
    while (Object.values(reader.wanted).some(Boolean)) {
      const { wanted, at } = reader;
      reader.wanted = NOTHING;
      const served = waiting.splice(0);
      await readOnce(at, wanted, dispatch).catch((error: unknown) => {
        if (String(error).includes('state: 4')) dispatch({ kind: 'unknown-person' });
      });
      for (const done of served) done();
    }
    reader.running = false;
  };
  const want = (more: Wanted): Promise<void> => {
    const { wanted } = reader;
    reader.wanted = {
      state: wanted.state || more.state,
      channel: wanted.channel || more.channel,
      thread: wanted.thread || more.thread,
    };
    const read = new Promise<void>((done) => waiting.push(done));
    if (!reader.running) void run();
    return read;
  };
  return {
    goTo: (at: Partial<Address>) => {
      reader.at = at;
      void want(ALL);
    },
    changed: (change: Change) => void want(wantedBy(change, reader.at)),
    refresh: () => want(ALL),
  };
};

export const useWorkspace = (address: Partial<Address>): Workspace => {
  const [known, dispatch] = useReducer(reduce, {
    online: true,
    messages: {},
    unknownPerson: false,
  });
  const [reader] = useState(() => makeReader(dispatch));
  useEffect(() => reader.goTo(address), [reader, address]);
  useEffect(() => {
    if (address.as === undefined) return undefined;
    return followFeed(address.as, {
      onChange: reader.changed,
      onOnline: (online) => {
        dispatch({ kind: 'online', online });
        if (online) void reader.refresh();
      },
    });
  }, [reader, address.as]);
  // Another person's view stands until the new one is read, so that nothing flickers.
  return { ...known, refresh: reader.refresh };
};
