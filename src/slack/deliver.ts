import type { Store } from '#database/store.ts';
import {
  liveRequests,
  sentMessages,
  recordMessage,
  beginMessage,
  forgetMessage,
  noteFile,
  type SentMessage,
} from './store.ts';
import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { ChatPostMessageArguments, WebClient } from '@slack/web-api';
import { section, type KnownBlock } from './blocks.ts';
import type { Budget } from './budget.ts';
import { slackErrorOf } from './errors.ts';
import { sendBytes, withoutPictures, withPictures } from './picture-upload.ts';
import type { Picture } from './picture.ts';

/** What messages belong to: they are all in one place, and the card is the first of them. */
export interface Subject {
  /** "request", "case" */
  kind: string;
  id: string;
  /** Channel or person id the card goes to. */
  channel: string;
  /** How much an update of it counts, beside one of a card with a single line. */
  weight: number;
}

export interface BringUpDeps {
  store: Store;
  /** A client of its own: one 429 pauses a client's whole queue. */
  client: WebClient;
  budget: Budget;
  /** The channel cannot be posted to, for whatever reason; the subject gets another one. */
  redirect: () => Promise<'elsewhere' | 'nowhere'>;
  log: (problem: string, error?: unknown) => void;
}

export type Projected = { kind: 'shown' } | { kind: 'later'; ms: number };

/** What Slack refuses by name it refuses again: seldom tried, never given up. */
const REFUSED_MS = 60_000;
/** Slack's own work on a picture takes about a second. */
const PICTURE_MS = 1500;
/** Slack's names for trouble of its own, which passes. */
const PASSING = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'ratelimited',
]);
/** Channels that cannot be posted to, for whatever reason: the person is told directly. */
const CLOSED = new Set([
  'not_in_channel',
  'channel_not_found',
  'is_archived',
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
]);

export const isDirect = (channel: string): boolean => /^[UWD]/.test(channel);

/** Makes Slack equal to what is desired of one subject; what it cannot do now is for later. */
export const bringAllUp = async (
  deps: BringUpDeps,
  subject: Subject,
  messages: readonly DesiredMessage[],
): Promise<Projected> => {
  const sent = new Map(
    (await sentMessages(deps.store, subject.id)).map((message) => [message.key, message]),
  );
  for (const desired of messages) {
    const wait = await bringUp(deps, subject, desired, sent);
    if (wait > 0) return { kind: 'later', ms: wait };
  }
  return { kind: 'shown' };
};

/** 0 when the message is as desired, else how long to wait before the next pass, ms. */
const bringUp = async (
  deps: BringUpDeps,
  subject: Subject,
  desired: DesiredMessage,
  sent: Map<string, SentMessage>,
): Promise<number> => {
  const contentHash = createHash('sha256')
    .update(JSON.stringify([desired.text, desired.blocks]))
    .digest('base64url');
  const known = sent.get(desired.key);
  if (known?.ts != null && known.contentHash === contentHash) return 0;
  const channel =
    sent.get('card')?.ts == null ? subject.channel : (sent.get('card')?.channel ?? '');
  const wait =
    known?.ts == null
      ? deps.budget.forPost(channel)
      : deps.budget.forUpdate(
          `${known.channel}:${known.ts}`,
          desired.final ? 'final' : 'moving',
          (await liveRequests(deps.store)) * subject.weight,
        );
  if (wait > 0) return wait;
  try {
    const message =
      known?.ts == null
        ? await (desired.file === undefined ? post : postFile)(
            deps,
            subject,
            desired,
            channel,
            sent,
          )
        : await update(deps, known.channel, known.ts, desired);
    const row = { key: desired.key, contentHash, ...message };
    await recordMessage(deps.store, subject.id, row);
    sent.set(desired.key, { ...row, sendingAt: null, postedAt: null });
    return 0;
  } catch (error) {
    return afterError(deps, subject, desired, error);
  }
};

type Place = { channel: string; ts: string };

const post = async (
  deps: BringUpDeps,
  subject: Subject,
  desired: DesiredMessage,
  channel: string,
  sent: Map<string, SentMessage>,
): Promise<Place> => {
  const thread = desired.inThread ? sent.get('card')?.ts : undefined;
  const begun = sent.get(desired.key)?.sendingAt;
  if (begun != null) {
    const earlier = await findEarlier(deps, subject, desired.key, channel, thread, begun);
    if (earlier !== undefined) return update(deps, earlier.channel, earlier.ts, desired);
  }
  await beginMessage(deps.store, subject.id, desired.key, channel);
  const args: ChatPostMessageArguments = {
    channel,
    text: desired.text,
    blocks: desired.blocks,
    unfurl_links: false,
    unfurl_media: false,
    // Any app of the workspace reads metadata: ids of ours, nothing personal.
    metadata: {
      event_type: `sync_${subject.kind}`,
      event_payload: {
        [subject.kind]: subject.id,
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

/** A file beneath the card. Where Slack refuses it by name, the message's words stand instead. */
const postFile: typeof post = async (deps, subject, desired, channel, sent) => {
  const { client, log, store } = deps;
  const { file, key } = desired;
  if (file === undefined) throw new Error(`"${key}" has no file`);
  const { sendingAt: begun, contentHash: sentId } = sent.get(key) ?? NOTHING_SENT;
  const earlier =
    begun === null || sentId === null
      ? undefined
      : await findIn(deps, subject, key, channel, undefined, begun, ({ files }) =>
          (files ?? []).some(({ id }) => id === sentId),
        );
  if (earlier !== undefined) return earlier;
  await beginMessage(store, subject.id, key, channel);
  try {
    const id = await sendBytes(client, file.name, await file.bytes());
    // Written before it is shown, so that it is known again where the answer is lost.
    await noteFile(store, subject.id, key, id);
    const files: [{ id: string; title: string }] = [{ id, title: file.name }];
    await client.files.completeUploadExternal({ files, channel_id: channel });
    return { channel, ts: id };
  } catch (error) {
    const { code, retryAfterMs } = slackErrorOf(error);
    if (code === undefined || retryAfterMs !== undefined || PASSING.has(code)) throw error;
    log(`the file of ${subject.kind} ${subject.id} was refused; words stand instead`, error);
    const { file: _, ...words } = desired;
    return post(deps, subject, words, channel, new Map(sent).set(key, NOTHING_SENT));
  }
};

const NOTHING_SENT: SentMessage = {
  key: '',
  channel: '',
  ts: null,
  contentHash: null,
  sendingAt: null,
  postedAt: null,
};

const update = async (
  deps: BringUpDeps,
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

const isRefused = (error: unknown): boolean => slackErrorOf(error).code === 'invalid_blocks';

/** A block that this Slack does not take costs the look, never the message. */
const withPlainForm = async <T>(
  deps: BringUpDeps,
  desired: DesiredMessage,
  call: (blocks: DesiredMessage['blocks']) => Promise<T>,
): Promise<T> => {
  const { pictures = [] } = desired;
  const plainForm = (error: unknown): Promise<T> => {
    if (!isRefused(error)) throw error;
    deps.log(`Slack refused the blocks of "${desired.key}"; a plain form is shown`, error);
    return call([section(desired.text)]);
  };
  if (pictures.length === 0) return call(desired.blocks).catch(plainForm);
  const blocks = await withPictures(deps, desired.blocks, pictures);
  try {
    return await call(blocks);
  } catch (error) {
    if (!isRefused(error)) throw error;
  }
  // A picture that has just arrived is refused until Slack has looked at it.
  await setTimeout(PICTURE_MS);
  return call(blocks)
    .catch((error: unknown) => {
      if (!isRefused(error)) throw error;
      deps.log(`Slack refused the picture of "${desired.key}"; its text stands instead`, error);
      return call(withoutPictures(desired.blocks, pictures));
    })
    .catch(plainForm);
};

interface Earlier {
  ts?: string;
  files?: readonly { id?: string }[];
  metadata?: { event_type?: string; event_payload?: object };
}

/** After a post whose answer never came: our own message by its metadata, if history may be read. */
const findEarlier = (
  deps: BringUpDeps,
  subject: Subject,
  key: string,
  channel: string,
  thread: string | null | undefined,
  begunAt: number,
): Promise<Place | undefined> =>
  findIn(
    deps,
    subject,
    key,
    channel,
    thread,
    begunAt,
    ({ metadata }) =>
      metadata?.event_type === `sync_${subject.kind}` &&
      JSON.stringify(metadata.event_payload).includes(`"${subject.id}"`) &&
      (metadata.event_payload as { key?: string }).key === key,
  );

const findIn = async (
  { client, log }: BringUpDeps,
  subject: Subject,
  key: string,
  channel: string,
  thread: string | null | undefined,
  begunAt: number,
  isIt: (message: Earlier) => boolean,
): Promise<Place | undefined> => {
  // A person's id is no conversation that could be read: a double is then possible, and said.
  if (/^[UW]/.test(channel)) {
    log(
      `message "${key}" of ${subject.kind} ${subject.id} may appear twice: its first post got no answer`,
    );
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
    log(
      `message "${key}" of ${subject.kind} ${subject.id} may appear twice: history may not be read`,
    );
    return undefined;
  }
  const mine = messages.find(isIt);
  return mine?.ts === undefined ? undefined : { channel, ts: mine.ts };
};

const afterError = async (
  deps: BringUpDeps,
  subject: Subject,
  desired: DesiredMessage,
  error: unknown,
): Promise<number> => {
  const { code, retryAfterMs } = slackErrorOf(error);
  if (retryAfterMs !== undefined) {
    deps.budget.rest(retryAfterMs);
    return retryAfterMs;
  }
  if (code === 'message_not_found' || code === 'cant_update_message') {
    await forgetMessage(deps.store, subject.id, desired.key);
    return 1;
  }
  if (code !== undefined && CLOSED.has(code) && !isDirect(subject.channel)) {
    const place = await deps.redirect();
    await forgetMessage(deps.store, subject.id, desired.key);
    // Nobody can be told instead: a person has to change something first.
    return place === 'elsewhere' ? 1 : REFUSED_MS;
  }
  deps.log(
    `message "${desired.key}" of ${subject.kind} ${subject.id} could not be sent yet`,
    error,
  );
  return code === undefined || PASSING.has(code) ? deps.budget.retryMs : REFUSED_MS;
};

/** One message that Slack should show for a request; `key` names it for good. */
export interface DesiredMessage {
  key: string;
  /** In the thread of the card, or the card itself. */
  inThread: boolean;
  text: string;
  blocks: KnownBlock[];
  /** Drawn and sent when the message is; its blocks hold a `pictureBlock` of each. */
  pictures?: readonly Picture[];
  /** Sent instead of the text, which stands where Slack refuses the file. Made when it is sent. */
  file?: { name: string; bytes: () => Promise<Buffer> };
  /** The request has ended with it: it is sent before what is still moving. */
  final: boolean;
}
