import type { WebClient } from '@slack/web-api';
import { slackErrorOf } from './errors.ts';

/** Where a message of ours stands. */
export interface Place {
  channel: string;
  ts: string;
}

interface Earlier {
  ts?: string;
  files?: readonly { id?: string }[];
  metadata?: { event_type?: string; event_payload?: object };
}

/** A message whose post was begun and not answered. */
export interface Begun {
  kind: string;
  id: string;
  key: string;
  channel: string;
  thread?: string | null | undefined;
  /** Epoch ms */
  at: number;
}

interface Deps {
  client: WebClient;
  log: (problem: string) => void;
}

/** After a post whose answer never came: our own messages by their metadata, if history may be read. */
export const findEarlier = (deps: Deps, begun: Begun): Promise<Place[]> =>
  find(
    deps,
    begun,
    ({ metadata }) =>
      metadata?.event_type === `sync_${begun.kind}` &&
      JSON.stringify(metadata.event_payload).includes(`"${begun.id}"`) &&
      (metadata.event_payload as { key?: string }).key === begun.key,
  );

/** The same of a file that may have been shown. */
export const findEarlierFile = (deps: Deps, begun: Begun, fileId: string): Promise<Place[]> =>
  find(deps, begun, ({ files }) => (files ?? []).some(({ id }) => id === fileId));

const find = async (
  { client, log }: Deps,
  { kind, id, key, channel, thread, at }: Begun,
  isIt: (message: Earlier) => boolean,
): Promise<Place[]> => {
  const window = { oldest: String(at / 1000 - 10), include_all_metadata: true, limit: 200 };
  let messages: Earlier[];
  try {
    const read =
      thread == null
        ? await client.conversations.history({ channel, ...window })
        : await client.conversations.replies({ channel, ts: thread, ...window });
    messages = read.messages ?? [];
  } catch (error) {
    if (slackErrorOf(error).code !== 'missing_scope') throw error;
    log(`message "${key}" of ${kind} ${id} may appear twice: history may not be read`);
    return [];
  }
  return messages.flatMap((message) =>
    message.ts !== undefined && isIt(message) ? [{ channel, ts: message.ts }] : [],
  );
};
