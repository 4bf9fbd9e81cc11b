import type { Change, LocalMessage } from '#simulator/workspace/protocol.ts';

export interface FeedListener {
  onChange: (change: Change) => void;
  onOnline: (online: boolean) => void;
}

/**
 * Follows what changes for one person. The browser reconnects by itself; after a gap the listener
 * hears `onOnline(true)` again and reads anew what it shows.
 */
export const followFeed = (as: string, listener: FeedListener): (() => void) => {
  const source = new EventSource(`/local/events?as=${encodeURIComponent(as)}`);
  const retry = { timer: 0, stopped: false, stop: (): void => undefined };
  source.addEventListener('open', () => listener.onOnline(true));
  source.addEventListener('error', () => {
    listener.onOnline(false);
    // A refused connection (the workspace restarts behind a proxy, a 5xx) closes the source for good.
    if (source.readyState !== EventSource.CLOSED || retry.stopped) return;
    retry.timer = window.setTimeout(() => {
      retry.stop = followFeed(as, listener);
    }, 1000);
  });
  source.addEventListener('change', (event) => {
    listener.onChange(JSON.parse((event as MessageEvent<string>).data) as Change);
  });
  return () => {
    retry.stopped = true;
    window.clearTimeout(retry.timer);
    retry.stop();
    source.close();
  };
};

const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** `after`, with every part that equals `before` being that very object: it is not drawn again. */
export const share = <T>(before: T | undefined, after: T): T => {
  if (!isGroup(before) || !isGroup(after) || Array.isArray(before) !== Array.isArray(after))
    return after;
  const entries = Object.entries(after).map(([key, value]) => [key, share(before[key], value)]);
  const same =
    entries.length === Object.keys(before).length &&
    entries.every(([key, value]) => Object.is(before[String(key)], value));
  if (same) return before;
  return (
    Array.isArray(after) ? entries.map(([, value]) => value) : Object.fromEntries(entries)
  ) as T;
};

const keyOf = (message: LocalMessage): string => `${message.ts}${message.ephemeral ? 'e' : ''}`;

/** As `share`, with each message compared to its earlier self wherever it now stands. */
export const shareMessages = (
  before: LocalMessage[] | undefined,
  after: LocalMessage[],
): LocalMessage[] => {
  const old = new Map((before ?? []).map((message) => [keyOf(message), message]));
  const next = after.map((message) => share(old.get(keyOf(message)), message));
  const same =
    before?.length === next.length && next.every((message, index) => message === before[index]);
  return same ? before : next;
};
