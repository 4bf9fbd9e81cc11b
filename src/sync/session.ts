import type { Clock } from './clock.ts';
import { finishReading, finishUnforeseen, type FinishStore } from './finish.ts';
import { holdLease, type Lease, type LeaseStore } from './lease.ts';
import { linkByPerson, type PersonLinkDeps } from './person-link.ts';
import type { PolicyBrief } from './policies.ts';
import type { PolicyReading, PortalSession, Portals } from './portal.ts';
import { queueLinked, type DayStore } from './queue-day.ts';
import type { Show } from './request.ts';
import { openSignedIn, type SignedInDeps } from './signed-in.ts';

/**
 * A session of one login source: sign in once, then drain the source's open syncs from SQL, most
 * urgent first, giving way to a waiting force at a policy boundary.
 */
export interface SessionStore extends LeaseStore, FinishStore, DayStore {
  /**
   * Claims the most urgent open sync that may run now (source linked, not held, `not_before`
   * passed), as in progress; the requests to show it to come along.
   */
  claimSync: (lease: Lease) => Promise<ClaimedSync | undefined>;
  /** Whether claimSync would find one, asked before a browser is opened. */
  hasClaimable: (sourceId: string) => Promise<boolean>;
  hasForced: (sourceId: string) => Promise<boolean>;
  /** A claimed sync that was not finished goes back to the queue. */
  putBack: (sync: ClaimedSync, lease: Lease) => Promise<void>;
  /** Records the step of a running sync; the requests to show it to. */
  stepSync: (sync: ClaimedSync, lease: Lease, step: RunningStep) => Promise<readonly string[]>;
  /**
   * A waiting force of another source that no other session has given way to yet; taking it is a
   * token, so that exactly one session gives way for each waiting force.
   */
  takeYield: (sourceId: string) => Promise<boolean>;
}

export type RunningStep = 'signing-in' | 'reading' | 'searching-again';

export interface ClaimedSync {
  id: string;
  policy: PolicyBrief;
  forced: boolean;
  tries: number;
  /** Requests whose card shows it. */
  requests: readonly string[];
}

export interface SessionDeps extends PersonLinkDeps, SignedInDeps {
  store: SessionStore & PersonLinkDeps['store'];
  portals: Portals;
  /** Contexts of sessions that gave way, kept a while. */
  warm: WarmContexts;
  show: Show;
  clock: Clock;
}

export interface WarmContexts {
  take: (sourceId: string) => PortalSession | undefined;
  put: (sourceId: string, portal: PortalSession) => Promise<void>;
}

export interface SessionJob {
  sourceId: string;
  /** Names the worker process; the next one of that name may free what a dead one held. */
  holder: string;
  jobId: string;
  token: string;
  /** Ends the step under way, at once. */
  signal: AbortSignal;
  /** Asked between two policies, so that no sign-in is broken off whose answer is then not known. */
  stopping: () => boolean;
  permit: Permit;
}

/** The right to read at a portal; a session that waits for a person gives it back meanwhile. */
export interface Permit {
  /** No permit is free: somebody who waits can only be helped by giving way. */
  scarce: () => boolean;
  /** A session that waited for a person's code is ready to go on, and needs a permit. */
  wanted: () => boolean;
  whileParked: <T>(wait: () => Promise<T>) => Promise<T>;
}

export type SessionEnd = 'drained' | 'yielded' | 'capped' | 'busy' | 'interrupted';

const MOST_POLICIES = 100;
const LONGEST_MS = 30 * 60_000;

export const runSession = async (deps: SessionDeps, job: SessionJob): Promise<SessionEnd> => {
  await using held = await holdLease(deps.store, job.sourceId, job, job.signal);
  if (held === undefined) return 'busy';
  const { lease, signal } = held;
  await using open = openSlot(deps, job.sourceId);

  await linkByPerson(deps, lease, signal, job.permit, (portal) => open.use(portal));

  const until = deps.clock() + LONGEST_MS;
  for (let read = 0; ; read += 1) {
    if (signal.aborted) return 'interrupted';
    if (read >= MOST_POLICIES || deps.clock() >= until || job.stopping())
      return (await deps.store.hasClaimable(job.sourceId)) ? 'capped' : 'drained';
    if (read > 0 && (await givesWay(deps, job))) {
      await open.keepWarm();
      return 'yielded';
    }
    const sync = await deps.store.claimSync(lease);
    if (sync === undefined && (await queueLinked(deps.store, job.sourceId)) > 0) continue;
    if (sync === undefined) {
      // Nothing may be read here now, as on a hold: no context of an earlier session stays signed in.
      await deps.warm.take(job.sourceId)?.[Symbol.asyncDispose]();
      return 'drained';
    }
    await showAll(deps, sync.requests);
    const done = await readOne(deps, lease, sync, open, signal);
    if (!done) return signal.aborted ? 'interrupted' : 'drained';
  }
};

/** Only a session with nothing forced of its own gives way, and only when no permit is free. */
const givesWay = async (deps: SessionDeps, job: SessionJob): Promise<boolean> =>
  job.permit.scarce() &&
  !(await deps.store.hasForced(job.sourceId)) &&
  (job.permit.wanted() || (await deps.store.takeYield(job.sourceId)));

/** Reads one policy and writes what it means; false when the session cannot go on. */
const readOne = async (
  deps: SessionDeps,
  lease: Lease,
  sync: ClaimedSync,
  open: OpenSlot,
  signal: AbortSignal,
): Promise<boolean> => {
  try {
    if (open.portal === undefined) {
      await showAll(deps, await deps.store.stepSync(sync, lease, 'signing-in'));
      const signedIn = await openSignedIn(deps, lease, deps.warm.take(lease.source.id), signal);
      if (signedIn.kind === 'trouble') {
        const { goOn, requests } = await finishReading(deps, lease, sync, signedIn);
        await showAll(deps, requests);
        return goOn;
      }
      open.use(signedIn.portal);
      await showAll(deps, await deps.store.stepSync(sync, lease, 'reading'));
    }
    const reading = await readTwice(deps, lease, sync, open, signal);
    if (signal.aborted) throw signal.reason;
    const { goOn, requests } = await finishReading(deps, lease, sync, reading, () =>
      open.picture(),
    );
    await showAll(deps, requests);
    return goOn;
  } catch (error) {
    if (signal.aborted) {
      await deps.store.putBack(sync, lease);
      return false;
    }
    await showAll(deps, await finishUnforeseen(deps, lease, sync));
    throw error;
  }
};

/**
 * One fresh search, in the same signed-in session, comes before every Not Found and every value that
 * is missing. A session that the
 * portal ended in between is signed in again once, where that needs no person.
 */
const readTwice = async (
  deps: SessionDeps,
  lease: Lease,
  sync: ClaimedSync,
  open: OpenSlot,
  signal: AbortSignal,
): Promise<PolicyReading> => {
  let reading = await open.read(sync.policy.number);
  if (reading.kind === 'trouble' && reading.reason === 'session-ended' && !signal.aborted) {
    await open.close();
    await showAll(deps, await deps.store.stepSync(sync, lease, 'signing-in'));
    const again = await openSignedIn(deps, lease, undefined, signal);
    if (again.kind === 'trouble') return again;
    open.use(again.portal);
    reading = await open.read(sync.policy.number);
  }
  if (signal.aborted || !isDoubtful(reading)) return reading;
  await showAll(deps, await deps.store.stepSync(sync, lease, 'searching-again'));
  return better(reading, await open.read(sync.policy.number));
};

/** What a passing fault of the portal looks like: nothing found, or values without an amount. */
const isDoubtful = (reading: PolicyReading): boolean =>
  reading.kind === 'absent' || (reading.kind === 'found' && reading.snapshot.missing.length > 0);

const better = (first: PolicyReading, second: PolicyReading): PolicyReading => {
  if (first.kind === 'absent' && second.kind === 'absent')
    return { kind: 'absent', closeNumbers: [...first.closeNumbers, ...second.closeNumbers] };
  // What was read once is not lost to a fault of the second look.
  return first.kind === 'found' && second.kind !== 'found' ? first : second;
};

const showAll = async (deps: { show: Show }, requests: readonly string[]): Promise<void> => {
  for (const request of requests) await deps.show(request);
};

interface OpenSlot extends AsyncDisposable {
  portal: PortalSession | undefined;
  use: (portal: PortalSession) => void;
  read: (number: string) => Promise<PolicyReading>;
  picture: () => Promise<string | undefined>;
  keepWarm: () => Promise<void>;
  close: () => Promise<void>;
}

/** The session's one portal, disposed whatever happens. */
const openSlot = (deps: SessionDeps, sourceId: string): OpenSlot => {
  const slot: OpenSlot = {
    portal: undefined,
    use: (portal) => {
      slot.portal = portal;
    },
    read: async (number) => {
      if (slot.portal === undefined) throw new Error('a policy is read only in an open portal');
      return slot.portal.read(number);
    },
    picture: async () => slot.portal?.picture?.(),
    keepWarm: async () => {
      const { portal } = slot;
      slot.portal = undefined;
      if (portal !== undefined) await deps.warm.put(sourceId, portal);
    },
    close: async () => {
      const { portal } = slot;
      slot.portal = undefined;
      await portal?.[Symbol.asyncDispose]();
    },
    [Symbol.asyncDispose]: () => slot.close(),
  };
  return slot;
};
