import { createHash } from 'node:crypto';
import type { ChatPostMessageArguments, WebClient } from '@slack/web-api';
import type { MessageStore, SentMessage } from '#sync/messages.ts';
import type { RequestView, ViewStore } from '#sync/view.ts';
import { section } from './blocks.ts';
import type { Budget } from './budget.ts';
import { slackErrorOf } from './errors.ts';
import type { DesiredMessage, MessageSettings } from './messages/card.ts';
import { desiredMessages } from './messages/thread.ts';

export type ProjectorStore = ViewStore & Omit<MessageStore, 'firstSight'>;

export interface ProjectorDeps {
  store: ProjectorStore;
  /** A client of its own: one 429 pauses a client's whole queue. */
  client: WebClient;
  budget: Budget;
  settings: { canLink: boolean; channelValues: 'shown' | 'hidden' };
  log: (problem: string, error?: unknown) => void;
}

export type Projected = { kind: 'shown' } | { kind: 'later'; ms: number };

const LATER_MS = 3000;
/** Channels that cannot be posted to, for whatever reason: the person is told directly. */
const CLOSED = new Set([
  'not_in_channel',
  'channel_not_found',
  'is_archived',
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
]);

/** Makes Slack equal to the database for one request; what it cannot do now it asks to do later. */
export const projectRequest = async (
  deps: ProjectorDeps,
  requestId: string,
): Promise<Projected> => {
  const view = await deps.store.requestView(requestId);
  if (view === undefined) return { kind: 'shown' };
  const sent = new Map(
    (await deps.store.sentMessages(requestId)).map((message) => [message.key, message]),
  );
  for (const desired of desiredMessages(view, settingsFor(deps, view))) {
    const wait = await bringUp(deps, view, desired, sent);
    if (wait > 0) return { kind: 'later', ms: wait };
  }
  await deps.store.markShown(view.id, view.version);
  return { kind: 'shown' };
};

const isDirect = (channel: string): boolean => /^[UWD]/.test(channel);

const settingsFor = ({ settings }: ProjectorDeps, view: RequestView): MessageSettings => ({
  canLink: settings.canLink,
  privacy: settings.channelValues === 'shown' || isDirect(view.channel) ? 'full' : 'masked',
});

/** 0 when the message is as desired, else how long to wait before the next pass, ms. */
const bringUp = async (
  deps: ProjectorDeps,
  view: RequestView,
  desired: DesiredMessage,
  sent: Map<string, SentMessage>,
): Promise<number> => {
  const contentHash = createHash('sha256')
    .update(JSON.stringify([desired.text, desired.blocks]))
    .digest('base64url');
  const known = sent.get(desired.key);
  if (known?.ts != null && known.contentHash === contentHash) return 0;
  const channel = sent.get('card')?.ts == null ? view.channel : (sent.get('card')?.channel ?? '');
  const wait =
    known?.ts == null
      ? deps.budget.forPost(channel)
      : deps.budget.forUpdate(
          `${known.channel}:${known.ts}`,
          desired.final ? 'final' : 'moving',
          (await deps.store.liveRequests()) * weightOf(view),
        );
  if (wait > 0) return wait;
  try {
    const message =
      known?.ts == null
        ? await post(deps, view, desired, channel, sent)
        : await update(deps, known.channel, known.ts, desired);
    const row = { key: desired.key, contentHash, ...message };
    await deps.store.recordMessage(view.id, row);
    sent.set(desired.key, { ...row, sendingAt: null, postedAt: null });
    return 0;
  } catch (error) {
    return afterError(deps, view, desired, error);
  }
};

/** A card of many lines moves often, so it counts as several: at most some eight updates in all. */
const weightOf = (view: RequestView): number => Math.max(1, view.items.length / 4);

type Place = { channel: string; ts: string };

const post = async (
  deps: ProjectorDeps,
  view: RequestView,
  desired: DesiredMessage,
  channel: string,
  sent: Map<string, SentMessage>,
): Promise<Place> => {
  const thread = desired.inThread ? sent.get('card')?.ts : undefined;
  const begun = sent.get(desired.key)?.sendingAt;
  if (begun != null) {
    const earlier = await findEarlier(deps, view.id, desired.key, channel, thread, begun);
    if (earlier !== undefined) return update(deps, earlier.channel, earlier.ts, desired);
  }
  await deps.store.beginMessage(view.id, desired.key, channel);
  const args: ChatPostMessageArguments = {
    channel,
    text: desired.text,
    blocks: desired.blocks,
    unfurl_links: false,
    unfurl_media: false,
    // Any app of the workspace reads metadata: ids of ours, nothing personal.
    metadata: {
      event_type: 'sync_request',
      event_payload: {
        request: view.id,
        key: desired.key,
        ended: desired.final && desired.inThread,
      },
    },
    ...(thread == null ? {} : { thread_ts: thread }),
  };
  const answer = await withPlainForm(deps, desired, (blocks) =>
    deps.client.chat.postMessage({ ...args, blocks }),
  );
  return placeOf(answer);
};

const update = async (
  deps: ProjectorDeps,
  channel: string,
  ts: string,
  desired: DesiredMessage,
): Promise<Place> => {
  const answer = await withPlainForm(deps, desired, (blocks) =>
    deps.client.chat.update({ channel, ts, text: desired.text, blocks }),
  );
  return placeOf(answer);
};

const placeOf = (answer: { channel?: string; ts?: string }): Place => {
  if (answer.channel === undefined || answer.ts === undefined)
    throw new Error('Slack accepted a message and did not say where it is');
  return { channel: answer.channel, ts: answer.ts };
};

/** A block that this Slack does not take costs the look, never the message. */
const withPlainForm = async <T>(
  deps: ProjectorDeps,
  desired: DesiredMessage,
  call: (blocks: DesiredMessage['blocks']) => Promise<T>,
): Promise<T> => {
  try {
    return await call(desired.blocks);
  } catch (error) {
    if (slackErrorOf(error).code !== 'invalid_blocks') throw error;
    deps.log(`Slack refused the blocks of "${desired.key}"; a plain form is shown`, error);
    return call([section(desired.text)]);
  }
};

interface Earlier {
  ts?: string;
  metadata?: { event_type?: string; event_payload?: object };
}

/** After a post whose answer never came: our own message by its metadata, if history may be read. */
const findEarlier = async (
  { client, log }: ProjectorDeps,
  requestId: string,
  key: string,
  channel: string,
  thread: string | null | undefined,
  begunAt: number,
): Promise<Place | undefined> => {
  // A person's id is no conversation that could be read: a double is then possible, and said.
  if (/^[UW]/.test(channel)) {
    log(`message "${key}" of request ${requestId} may appear twice: its first post got no answer`);
    return undefined;
  }
  const window = { oldest: String(begunAt / 1000 - 10), include_all_metadata: true, limit: 200 };
  let messages: Earlier[];
  try {
    const read =
      thread == null
        ? await client.conversations.history({ channel, ...window })
        : await client.conversations.replies({ channel, ts: thread, ...window });
    messages = read.messages ?? [];
  } catch (error) {
    if (slackErrorOf(error).code !== 'missing_scope') throw error;
    log(`message "${key}" of request ${requestId} may appear twice: history may not be read`);
    return undefined;
  }
  const mine = messages.find(
    ({ metadata }) =>
      metadata?.event_type === 'sync_request' &&
      JSON.stringify(metadata.event_payload).includes(`"${requestId}"`) &&
      (metadata.event_payload as { key?: string }).key === key,
  );
  return mine?.ts === undefined ? undefined : { channel, ts: mine.ts };
};

const afterError = async (
  deps: ProjectorDeps,
  view: RequestView,
  desired: DesiredMessage,
  error: unknown,
): Promise<number> => {
  const { code, retryAfterMs } = slackErrorOf(error);
  if (retryAfterMs !== undefined) {
    deps.budget.rest(retryAfterMs);
    return retryAfterMs;
  }
  if (code === 'message_not_found' || code === 'cant_update_message') {
    await deps.store.forgetMessage(view.id, desired.key);
    return 1;
  }
  if (code !== undefined && CLOSED.has(code) && !isDirect(view.channel)) {
    await deps.store.redirect(
      view.id,
      view.personSlackId,
      `Here and not in <#${view.channel}>, because I cannot post there.`,
    );
    await deps.store.forgetMessage(view.id, desired.key);
    return 1;
  }
  deps.log(`message "${desired.key}" of request ${view.id} could not be sent yet`, error);
  return LATER_MS;
};
