import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ackOnceDone, isTakenOver, TakenOver } from './ack.ts';
import { isSaid, keyOf, partOf } from './act-keys.ts';
import {
  claimAct,
  markAnswered,
  markHandled,
  releaseAct,
  type Claim,
  type Owed,
} from './store/acts.ts';
import { isPostgres } from '#database/dialect.ts';
import type { LateActs } from '#queue/late-acts.ts';
import type { Store } from '#database/store.ts';
import type { App, ReceiverEvent } from '@slack/bolt';

/** What a person types or presses is answered; what only tells of them, as that a tab opened, is not. */
const owedFor = (body: Record<string, unknown>): Owed | undefined => {
  const idOf = (value: unknown): string | undefined => {
    const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : value;
    return typeof id === 'string' && id !== '' ? id : undefined;
  };
  const event = partOf(body['event']);
  const from = body['event'] === undefined ? body : isSaid(event) ? event : {};
  const to = idOf(from['user_id']) ?? idOf(from['user']);
  return to === undefined
    ? undefined
    : { to, in: idOf(from['channel_id']) ?? idOf(from['channel']) ?? null };
};

/** Repeats come within seconds; later ones are known from the database. */
const REMEMBERED_MS = 60_000;

type Ack = ReceiverEvent['ack'];
const noted = (): void => undefined;
const yes = (): true => true;

/** Slack waits as long for an ack; who has not given one then has ended, as far as Slack knows. */
const CLAIM_MS = 3000;
const CLAIM_AGAIN_MS = 25;
const MINE: Claim = { kind: 'mine' };

/** What a busy database keeps waiting is acknowledged with nothing by then, where an answer may follow. */
const ACK_BY_MS = 1500;
const mayFollow = ({ command, type }: Record<string, unknown>): boolean =>
  command !== undefined || ['block_actions', 'message_action', 'shortcut'].includes(String(type));

/** A Postgres that is out of reach is asked again for as long; other bots may reach it. */
const REACHED_WITHIN_MS = 10_000;
const REACH_AGAIN_MS = 250;

/** A database that is well gives its word sooner. */
const SLOW_CLAIM_MS = 500;

/** A file that another program holds is not waited for longer: one bot serves from it, and knows its repeats. */
const LOOK_MS = 500;

const orInTime = <Seen>(asked: Promise<Seen>, otherwise: Seen): Promise<Seen> =>
  Promise.race([asked.catch(() => otherwise), sleep(LOOK_MS, otherwise, { ref: false })]);

const untilReached = async <Told>(ask: () => Promise<Told>): Promise<Told> => {
  for (const began = performance.now(); ; await sleep(REACH_AGAIN_MS))
    try {
      return await ask();
    } catch (error) {
      if (performance.now() - began > REACHED_WITHIN_MS) throw error;
    }
};

/**
 * One process of several handles an act, whichever of them its envelopes come to: the others wait
 * until it was handled. False then. Several bots share a Postgres, and none of them goes on without
 * its word, however long that takes.
 */
const claim = async (store: Store, key: string, by: string): Promise<boolean> => {
  let [seen, since] = ['', 0];
  for (;;) {
    const waited = seen === '' ? 0 : performance.now() - since;
    const lasts = { lastsMs: CLAIM_MS, dead: waited > CLAIM_MS ? seen : undefined };
    const ask = () => claimAct(store, key, by, lasts);
    const claimed = await (isPostgres(store.db) ? untilReached(ask) : orInTime(ask(), MINE));
    if (claimed.kind !== 'theirs') return claimed.kind === 'mine';
    if (claimed.by !== seen) [seen, since] = [claimed.by, performance.now()];
    await sleep(CLAIM_AGAIN_MS);
  }
};

/**
 * Marked as handled before it is acknowledged. Rejects with TakenOver where another process has it:
 * this one took longer before its ack than a claim lasts.
 */
const mark = async (
  store: Store,
  key: string,
  by: string,
  owed: Owed | undefined,
): Promise<void> => {
  const at = store.clock();
  let again = false;
  const ask = () => {
    const marked = markHandled(store, key, { by, at, owed, again });
    again = true;
    return marked;
  };
  if (!(await (isPostgres(store.db) ? untilReached(ask) : ask()))) throw new TakenOver();
};

/** What another bot had of an act before, where the database cannot say. */
export type FirstWord = (
  act: string,
  word: 'claimed' | 'told',
) => Promise<'claimed' | 'told' | undefined>;

/** With what an act was acknowledged; undefined where it was not, so that a repeat is a new try. */
type Acked = { answer: Parameters<Ack>[0] } | undefined;

/** Its listener acknowledges it by itself, and else Slack is to send it again. */
const STEP = 'function_executed';

const typeOf = ({ event }: Record<string, unknown>): unknown => partOf(event)['type'];

const noAck: Ack = () => Promise.resolve();

interface Beside {
  firstWord?: FirstWord | undefined;
  /** Nobody could be told what came of an act, so its answer stays owed. */
  isUnsaid?: (body: ReceiverEvent['body']) => boolean;
  /** Where an act is written down that is acknowledged before the database takes it. */
  late?: LateActs | undefined;
}

/**
 * Slack sends an envelope again when it is in doubt. The second is acknowledged and nothing more,
 * with the first one's answer: Slack obeys whichever comes first, and an empty one closes a modal.
 * An act is marked as handled when it is acknowledged: one whose handling broke off before is sent
 * again, and handled then. Until then it is claimed, so that no other process handles it beside this
 * one. Bolt acknowledges an event before its listeners; here, as an act is, once it is written down.
 * `unclaimed` is told of an act that was acknowledged, and that the database then did not give us;
 * of several bots that it gives nothing one alone is, and none that it gives it to later carries the
 * act out after that.
 */
export const deduplicate = (
  app: Pick<App, 'processEvent'>,
  store: Store,
  unclaimed: (body: ReceiverEvent['body'], error: unknown) => Promise<void>,
  { firstWord = () => Promise.resolve(undefined), isUnsaid = () => false, late: kept }: Beside = {},
): void => {
  const handle = app.processEvent.bind(app);
  const handleEvent: typeof handle = (event) =>
    event.body['type'] === 'event_callback' && typeOf(event.body) !== STEP
      ? ackOnceDone(event.ack, () => handle({ ...event, ack: noAck }))
      : handle(event);
  const acks = new Map<string, Promise<Acked>>();
  const me = randomUUID();
  app.processEvent = async (event) => {
    const key = keyOf(event.body);
    if (key === undefined) return handle(event);
    const earlier = acks.get(key);
    const { promise, resolve } = Promise.withResolvers<Acked>();
    acks.set(key, promise);
    const forget = (): void => {
      if (acks.get(key) === promise) acks.delete(key);
    };
    setTimeout(forget, REMEMBERED_MS).unref();
    let [isAcked, isOurs, isOwed, isKept, isOver] = [false, false, false, false, false];
    const ack: Ack = async (answer) => {
      if (isAcked) return;
      isAcked = true;
      resolve({ answer });
      await event.ack(answer);
    };
    const marking = async (): Promise<void> => {
      await mark(store, key, me, owedFor(event.body));
      isOwed = true;
    };
    /** No ack goes out before the act is written down: of a busy database, beside it. */
    const keep = async (): Promise<void> => {
      const owed = owedFor(event.body);
      if (owed === undefined || kept === undefined) return;
      isKept = true;
      await kept.keep({ key, at: store.clock(), ...owed });
    };
    const ackLate = async (): Promise<void> => {
      await keep();
      await ack();
    };
    const late = setTimeout(() => {
      if (mayFollow(event.body)) ackLate().catch(noted);
    }, ACK_BY_MS);
    try {
      const acked = await earlier;
      if (acked !== undefined) return await ack(acked.answer);
      const asked = performance.now();
      isOurs = await claim(store, key, me);
      // Whose it is may end with it, so what was written down of it stays.
      if (!isOurs) return await ack();
      const first = firstWord(key, 'claimed');
      // No other has given up before that, and Redis keeps nobody waiting.
      if (performance.now() - asked > SLOW_CLAIM_MS && (await first) === 'told') {
        isOver = true;
        await releaseAct(store, key, me);
        return await ack();
      }
      first.catch(noted);
      clearTimeout(late);
      // Slack has its ack and sends nothing again: should this process end, whoever asked is told.
      if (isAcked) await marking();
      await handleEvent({
        ...event,
        ack: async (answer) => {
          const marked = isOwed ? Promise.resolve() : marking();
          if (isPostgres(store.db)) await marked;
          else if (!(await orInTime(marked.then(yes), false))) await keep();
          await ack(answer);
          await marked;
        },
      });
      isOver = true;
    } catch (error) {
      if (isOwed || !isAcked || isTakenOver(error)) throw error;
      const word = isOurs ? undefined : await firstWord(key, 'told');
      // Its person has an ack, and nothing that could tell of more.
      if (word === undefined) await unclaimed(event.body, error);
      isOver = word !== 'claimed';
    } finally {
      clearTimeout(late);
      // A person whose act failed is told so elsewhere: nothing is owed either way, unless Slack kept it back.
      if (isOwed && !isUnsaid(event.body)) await markAnswered(store, key).catch(noted);
      else if (!isAcked) await releaseAct(store, key, me).catch(noted);
      if (isKept && isOver && !isUnsaid(event.body)) await kept?.forget(key);
      resolve(undefined);
    }
  };
};
