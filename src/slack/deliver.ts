import type { Store } from '#database/store.ts';
import {
  movingRequests,
  sentMessages,
  recordMessage,
  beginMessage,
  directChannel,
  forgetContent,
  forgetMessages,
  forgetUnsent,
  learnDirectChannel,
  noteFile,
  type SentMessage,
} from './store.ts';
import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { ChatPostMessageArguments, WebClient } from '@slack/web-api';
import { section, type KnownBlock } from './blocks.ts';
import type { Budget } from './budget.ts';
import { isPassing, slackErrorOf } from './errors.ts';
import { findEarlier, findEarlierFile, type Place } from './find-earlier.ts';
import { isRevoked } from './token-watch.ts';
import type { Charts } from './charts.ts';
import { sendBytes, withoutPictures, withPictures } from './picture-upload.ts';
import type { Picture } from './picture.ts';
import { isAnswering, isClosed, isDirect, type Closed, type Lost, type Places } from './place.ts';

/** What messages belong to: they are all in one place, and the card is the first of them. */
export interface Subject {
  /** "request", "case" */
  kind: string;
  id: string;
  /** Channel or person id the card goes to. */
  channel: string;
  /** The thread that the card, and so all of it, is a reply in. */
  thread?: string | undefined;
  /** How much an update of it counts, beside one of a card with a single line. */
  weight: number;
  /** Somebody waits for it: where its channel cannot be looked at, it begins in another place. */
  isWaitedFor?: boolean;
}

export interface BringUpDeps {
  store: Store;
  /** A client of its own: one 429 pauses a client's whole queue. */
  client: WebClient;
  budget: Budget;
  places: Places;
  charts: Charts;
  /** The channel gets nothing any more; the subject gets another one. */
  redirect: (why: Lost) => Promise<'elsewhere' | 'nowhere'>;
  /** Asks for another pass, by whichever bot. */
  show: (subjectId: string) => Promise<unknown>;
  log: (problem: string, error?: unknown) => void;
}

export type Projected = { kind: 'shown' } | { kind: 'later'; ms: number };

/** Slack's own work on a picture takes about a second. */
const PICTURE_MS = 1500;
const isPerson = (channel: string): boolean => /^[UW]/.test(channel);

/** Makes Slack equal to what is desired of one subject; what it cannot do now is for later. */
export const bringAllUp = async (
  deps: BringUpDeps,
  subject: Subject,
  messages: readonly DesiredMessage[],
): Promise<Projected> => {
  const sent = await sentHere(deps, subject);
  for (const desired of messages) {
    const wait = await bringUp(deps, subject, desired, sent);
    // Where nobody else is to read it, there is nothing left to show.
    if (wait === 'gone' && (await deps.redirect('left')) === 'nowhere') break;
    if (wait === 'gone') return { kind: 'later', ms: 1 };
    if (wait > 0) return { kind: 'later', ms: wait };
  }
  return { kind: 'shown' };
};

/**
 * What stands in the subject's own place. A place that it has left keeps what it had and gets nothing
 * more: words for a direct message must not reach a card in a channel.
 */
const sentHere = async (
  { store }: BringUpDeps,
  { id, channel }: Subject,
): Promise<Map<string, SentMessage>> => {
  const sent = await sentMessages(store, id);
  // A person's id stands for their conversation: another direct one is another person's.
  const place = isPerson(channel) ? await directChannel(store, channel) : channel;
  const isHere = (message: SentMessage): boolean =>
    message.channel === channel || message.channel === place;
  const left = sent.filter((message) => !isHere(message)).map(({ key }) => key);
  if (left.length > 0) await forgetMessages(store, id, left);
  return new Map(sent.filter(isHere).map((message) => [message.key, message]));
};

/** How long to wait before the next pass, ms; `gone`: whoever it is for has left Slack. */
type Wait = number | 'gone';

/** 0 when the message is as desired. */
const bringUp = async (
  deps: BringUpDeps,
  subject: Subject,
  desired: DesiredMessage,
  sent: Map<string, SentMessage>,
): Promise<Wait> => {
  const contentHash = createHash('sha256')
    .update(JSON.stringify([desired.text, desired.blocks]))
    .digest('base64url');
  const known = sent.get(desired.key);
  if (known?.ts != null && known.contentHash === contentHash) return 0;
  const attempt = `${subject.id} ${desired.key} ${contentHash}`;
  const refused = deps.budget.refusedFor(attempt);
  if (refused > 0) return refused;
  const place = await deps.places.look(subject.channel);
  if (place === 'busy') return deps.budget.retryMs;
  if (place === 'unknown')
    return subject.isWaitedFor === true && sent.size === 0 && (await isKeptFrom(deps, subject))
      ? leave(deps, 'not-seen', attempt)
      : deps.budget.retryMs;
  if (place !== 'open') return leave(deps, place, attempt);
  const channel =
    sent.get('card')?.ts == null ? subject.channel : (sent.get('card')?.channel ?? '');
  const what = known?.ts == null ? 'posts' : 'updates';
  const wait =
    known?.ts == null
      ? await deps.budget.forPost(channel, `${subject.id} ${desired.key}`)
      : await deps.budget.forUpdate(
          `${known.channel}:${known.ts}`,
          desired.final ? 'final' : 'moving',
          (await movingRequests(deps.store)) * subject.weight,
        );
  if (wait > 0) return wait;
  const record = async (message: Place): Promise<Wait> => {
    const row = { key: desired.key, contentHash, final: desired.final, ...message };
    if (!(await recordMessage(deps.store, subject.id, row, known)))
      return overtaken(deps, subject, desired, message);
    sent.set(desired.key, { ...row, sendingAt: null, postedAt: null });
    return 0;
  };
  try {
    return await record(
      known?.ts == null
        ? await (desired.file === undefined ? post : postFile)(
            deps,
            subject,
            desired,
            channel,
            sent,
          )
        : await update(deps, known.channel, known.ts, desired),
    );
  } catch (error) {
    const isFrozen = slackErrorOf(error).code === 'edit_window_closed';
    if (!isFrozen || known?.ts == null)
      return afterError(deps, subject, desired, attempt, error, what);
    // What still moves stands as it is. How it ended is worth one message more.
    if (desired.final && !known.final) await forgetMessages(deps.store, subject.id, [desired.key]);
    else await record({ channel: known.channel, ts: known.ts });
    return 1;
  }
};

/**
 * Another bot has shown this subject since this pass began: this one stood still for longer than it
 * may keep a subject. A second post of its own goes, and the newest state is shown once more. The turn
 * of this pass may be over, so the queue is asked.
 */
const overtaken = async (
  { client, store, show }: BringUpDeps,
  { id }: Subject,
  { key, file }: DesiredMessage,
  own: Place,
): Promise<number> => {
  const stands = await forgetContent(store, id, key);
  if (stands !== undefined && stands !== own.ts && file === undefined)
    await client.chat.delete(own).catch((error: unknown) => {
      if (slackErrorOf(error).code !== 'message_not_found') throw error;
    });
  await show(id);
  return 1;
};

/** Slack answers, and of this channel it still says nothing: what passes with an outage is over by then. */
const isKeptFrom = async (
  { client, places }: BringUpDeps,
  { channel }: Subject,
): Promise<boolean> => (await isAnswering(client)) && (await places.look(channel)) === 'unknown';

/** The channel gets nothing more. Where nobody can be told instead, a person has to act first. */
const leave = async (
  { redirect, budget }: BringUpDeps,
  why: Closed,
  attempt: string,
): Promise<number> => ((await redirect(why)) === 'elsewhere' ? 1 : budget.refuse(attempt));

/** A thread hangs on one message: in somebody's thread the card is a reply beside its own replies. */
const threadOf = (
  { thread }: Subject,
  { inThread }: DesiredMessage,
  sent: ReadonlyMap<string, SentMessage>,
): string | null | undefined => thread ?? (inThread ? sent.get('card')?.ts : undefined);

const post = async (
  deps: BringUpDeps,
  subject: Subject,
  desired: DesiredMessage,
  channel: string,
  sent: Map<string, SentMessage>,
): Promise<Place> => {
  const { client, store } = deps;
  const thread = threadOf(subject, desired, sent);
  const begun = sent.get(desired.key)?.sendingAt ?? undefined;
  const earlier = async (place: string): Promise<Place[]> =>
    begun === undefined
      ? []
      : findEarlier(deps, { ...subject, key: desired.key, channel: place, thread, at: begun });
  const remove = async (doubles: readonly Place[]): Promise<void> => {
    for (const double of doubles) await client.chat.delete(double);
  };
  // A person's id is no conversation that could be read; the one it stands for is.
  const place = isPerson(channel) ? await directChannel(store, channel) : channel;
  if (place !== undefined) {
    const [first, ...doubles] = await earlier(place);
    if (first !== undefined) {
      await remove(doubles);
      return update(deps, first.channel, first.ts, desired);
    }
  }
  await beginMessage(store, subject.id, desired.key, channel);
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
  const posted = placeOf(
    await withPlainForm(deps, desired, (blocks) => client.chat.postMessage({ ...args, blocks })),
  );
  if (isPerson(channel)) await learnDirectChannel(store, channel, posted.channel);
  // Only now is it known where an earlier post of it went.
  if (place === undefined)
    await remove((await earlier(posted.channel)).filter(({ ts }) => ts !== posted.ts));
  return posted;
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
      : (await findEarlierFile(deps, { ...subject, key, channel, at: begun }, sentId))[0];
  if (earlier !== undefined) return earlier;
  await beginMessage(store, subject.id, key, channel);
  try {
    const id = await sendBytes(client, file.name, await file.bytes());
    // Written before it is shown, so that it is known again where the answer is lost.
    await noteFile(store, subject.id, key, id);
    const files: [{ id: string; title: string }] = [{ id, title: file.name }];
    await client.files.completeUploadExternal({
      files,
      channel_id: channel,
      ...(subject.thread === undefined ? {} : { thread_ts: subject.thread }),
    });
    return { channel, ts: id };
  } catch (error) {
    if (isPassing(slackErrorOf(error))) throw error;
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
  final: false,
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

const afterError = async (
  deps: BringUpDeps,
  subject: Subject,
  desired: DesiredMessage,
  attempt: string,
  error: unknown,
  what: 'posts' | 'updates',
): Promise<Wait> => {
  const { store, budget } = deps;
  const problem = slackErrorOf(error);
  const { code, retryAfterMs } = problem;
  if (retryAfterMs !== undefined) {
    await budget.rest(what, retryAfterMs);
    return retryAfterMs;
  }
  if (code === 'message_not_found' || code === 'cant_update_message') {
    await forgetMessages(store, subject.id, [desired.key]);
    return 1;
  }
  if (code === 'thread_not_found') {
    // In somebody's thread there is no other place for the card.
    if (subject.thread !== undefined) return leave(deps, 'thread-gone', attempt);
    // Somebody deleted the card: it is made anew, and what comes stands beneath that one.
    await forgetMessages(store, subject.id, ['card']);
    return 1;
  }
  if (isPassing(problem)) {
    tellOf(deps, subject, desired, error);
    return budget.retryMs;
  }
  // Refused by name, it was not posted: there is no earlier one to look for.
  await forgetUnsent(store, subject.id, desired.key);
  // Told once, by who watches the token.
  if (isRevoked(code)) return budget.refuse(attempt);
  if (isPerson(subject.channel) && isClosed(code) && (await deps.places.isGone(subject.channel)))
    return 'gone';
  if (isClosed(code) && !isDirect(subject.channel)) return leave(deps, 'cannot-post', attempt);
  tellOf(deps, subject, desired, error);
  return budget.refuse(attempt);
};

const tellOf = (
  { log }: BringUpDeps,
  { kind, id }: Subject,
  { key }: DesiredMessage,
  error: unknown,
): void => log(`message "${key}" of ${kind} ${id} could not be sent yet`, error);

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
