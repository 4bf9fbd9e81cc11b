import { type Clock, MINUTE } from '#shared/clock.ts';
import { isPassing, slackErrorOf, type SlackError } from '#slack/errors.ts';
import { isRevoked } from '#slack/token-watch.ts';
import type { HomeState } from './state.ts';

/**
 * Homes that people looked at of late, so that a sync that ends or a login that is linked shows
 * there by itself. Slack does not say when a person leaves the tab; after a while it is taken so.
 */
export interface OpenHomes extends AsyncDisposable {
  /** Publishes this, after what is being published for the person; the newest wins. */
  show: (userId: string, state: HomeState) => Promise<void>;
  /** Shows what was kept before a restart, unless its person has asked for something since. */
  resume: (wishes: readonly { userId: string; state: HomeState }[]) => void;
  /** What the person last asked for, while their Home is open. */
  stateOf: (userId: string) => HomeState | undefined;
  /** Draws this person's Home again soon, if it is open; several changes make one drawing. */
  changed: (userId: string) => void;
  /** Draws those again whose login sources are not as they were when it last looked. */
  look: (marksOf: (userIds: readonly string[]) => Promise<Map<string, string>>) => Promise<void>;
}

/** Publishes over the Home with this hash alone, where one is given; the hash of what stands then. */
export type PublishHome = (
  userId: string,
  state: HomeState,
  over: string | undefined,
) => Promise<string | undefined>;

/** What people asked for and Slack has not taken: the newest of each is kept across a restart. */
export interface Wishes {
  keep: (userId: string, state: HomeState) => Promise<void>;
  /** Slack shows it. */
  end: (userId: string, state: HomeState) => Promise<void>;
}

export const OPEN_MS = 15 * MINUTE;
/**
 * Slack takes 100 views a minute; half of them stay free for what people do themselves. Where it
 * limits us, they wait in the order they came.
 */
const PACE_MS = 1200;
const LONGEST_MS = MINUTE;

const putFirst = (line: Set<string>, userId: string): void => {
  const others = [...line];
  line.clear();
  for (const each of [userId, ...others]) line.add(each);
};

/** Slack takes it one day: trouble of its own passes, and a revoked token is given anew. */
const willPass = (problem: SlackError): boolean => isPassing(problem) || isRevoked(problem.code);

export const openHomes = ({
  clock,
  publish,
  wishes,
  onError,
  paceMs = PACE_MS,
}: {
  clock: Clock;
  publish: PublishHome;
  wishes: Wishes;
  onError: (error: unknown) => void;
  paceMs?: number;
}): OpenHomes => {
  const open = new Map<string, HomeState>();
  const due = new Set<string>();
  /** What people asked for themselves comes before what has changed elsewhere. */
  const asked = new Set<string>();
  /** Slack said to wait. */
  let restUntil = 0;
  const marks = new Map<string, string>();
  const turns = new Map<string, Promise<void>>();
  let timer: NodeJS.Timeout | undefined;

  const failures = new Map<string, number>();
  /** By hash, what this process published last; a person's own act goes over whatever stands. */
  const shown = new Map<string, string | undefined>();
  let ended = false;

  /** Nobody is told that a Home stands still, so it follows by itself; ever more seldom, while it is open. */
  const tryAgain = (userId: string): void => {
    const before = failures.get(userId) ?? 0;
    failures.set(userId, before + 1);
    const ms = Math.min(LONGEST_MS, paceMs * 2 ** before);
    setTimeout(() => changed(userId), ms).unref();
  };

  const forget = (): void => {
    const past = clock() - OPEN_MS;
    for (const [userId, { at }] of open)
      if (at < past) {
        open.delete(userId);
        marks.delete(userId);
        failures.delete(userId);
        shown.delete(userId);
      }
  };

  const keep = (userId: string, state: HomeState): Promise<void> =>
    wishes.keep(userId, state).catch(onError);

  /** One after the other, or an earlier drawing that took longer would lie over a later one. */
  const publishInTurn = async (
    userId: string,
    state: HomeState,
    line: Set<string>,
  ): Promise<void> => {
    const before = turns.get(userId);
    const turn = Promise.withResolvers<void>();
    turns.set(userId, turn.promise);
    await before;
    try {
      if (open.get(userId) === state) {
        const hash = await publish(userId, state, shown.get(userId));
        if (!shown.has(userId)) await wishes.end(userId, state).catch(onError);
        // Something newer may be asked for by now.
        if (open.get(userId) === state) shown.set(userId, hash);
      }
      failures.delete(userId);
    } catch (error) {
      const problem = slackErrorOf(error);
      if (problem.code === 'hash_conflict') {
        // Another bot has shown since what the person asked it for, and follows it from now on.
        if (open.get(userId) === state) open.delete(userId);
        return;
      }
      if (willPass(problem) && open.get(userId) === state && !shown.has(userId))
        await keep(userId, state);
      if (problem.retryAfterMs !== undefined) {
        restUntil = clock() + problem.retryAfterMs;
        putFirst(line, userId);
        schedule();
        return;
      }
      if (willPass(problem)) tryAgain(userId);
      throw error;
    } finally {
      if (turns.get(userId) === turn.promise) turns.delete(userId);
      turn.resolve();
    }
  };

  const drawNext = async (): Promise<void> => {
    const line = asked.size > 0 ? asked : due;
    const [userId] = line;
    timer = undefined;
    if (userId === undefined) return;
    line.delete(userId);
    const state = open.get(userId);
    if (state !== undefined) await publishInTurn(userId, state, line).catch(failed);
    schedule();
  };

  /** That a token is revoked is told once, for all that is asked with it. */
  const failed = (error: unknown): void => {
    if (!isRevoked(slackErrorOf(error).code)) onError(error);
  };

  const schedule = (): void => {
    if (ended || timer !== undefined || due.size + asked.size === 0) return;
    const pace = asked.size > 0 ? paceMs / 2 : paceMs;
    // A clock that was set back must not hold it for as long as it went back.
    const rest = Math.min(LONGEST_MS, restUntil - clock());
    timer = setTimeout(() => void drawNext(), Math.max(pace, rest));
  };

  const changed = (userId: string): void => {
    if (!open.has(userId) || asked.has(userId)) return;
    due.add(userId);
    schedule();
  };

  const put = (userId: string, state: HomeState): void => {
    open.set(userId, state);
    shown.delete(userId);
    due.delete(userId);
  };

  return {
    show: async (userId, state) => {
      forget();
      put(userId, state);
      if (asked.size === 0 && restUntil <= clock()) return publishInTurn(userId, state, asked);
      // It comes by itself, after those who asked before.
      asked.add(userId);
      schedule();
      return keep(userId, state);
    },
    resume: (kept) => {
      for (const { userId, state } of kept) {
        if ((open.get(userId)?.at ?? 0) >= state.at) continue;
        put(userId, state);
        asked.add(userId);
      }
      schedule();
    },
    stateOf: (userId) => open.get(userId),
    changed,
    look: async (marksOf) => {
      forget();
      const found = await marksOf([...open.keys()]);
      for (const [userId, mark] of found) {
        const before = marks.get(userId);
        marks.set(userId, mark);
        if (before !== undefined && before !== mark) changed(userId);
      }
    },
    [Symbol.asyncDispose]: async () => {
      ended = true;
      clearTimeout(timer);
      await Promise.all(turns.values());
    },
  };
};
