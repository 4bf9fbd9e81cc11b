import {
  hasClaimable,
  claimSync,
  hasForced,
  takeYield,
  stepSync,
  putBack,
  type ClaimedSync,
} from './store/claims.ts';
import type { Store } from '#database/store.ts';
import { openBook, readInBook, type OpenBook } from './book.ts';
import type { KeptBooks } from './kept-books.ts';
import { KeysAway } from '#database/sealing.ts';
import { breathe, type Clock, MINUTE } from '#shared/clock.ts';
import { ofSync, type OnNotice } from './notice.ts';
import { waitOf } from './store/open-syncs.ts';
import { finishReading, finishUnforeseen, waitUnchecked } from './finish.ts';
import { failureOf, isDeadly } from './death-rules.ts';
import { isBesideDoubted } from './store/deaths.ts';
import { holdLease, type HeldLease } from './lease.ts';
import { linkByPerson, type PersonLinkDeps } from './person-link.ts';
import { NoBrowser } from '#portal/failure.ts';
import type { PolicyReading, PortalSession, Portals } from '#portal/portal.ts';
import { afterSessionEnd, noticeSignIn, openSignedIn, type SignedInDeps } from './signed-in.ts';
import type { Show } from '#queue/messages.ts';
import type { SessionJob, SessionEnd } from '#queue/session-worker.ts';
import type { Lane, Wake } from '#queue/sessions.ts';
import { afterSignIn, type PauseDeps } from './pauses.ts';
import { queueLinked } from './day-queue.ts';
import type { Lease } from '#core/logins/standing.ts';
import { useTaught } from './taught.ts';
import { mendedHash } from './store/adapters.ts';

export interface SessionDeps extends PersonLinkDeps, SignedInDeps {
  store: Store;
  portals: Portals;
  /** Contexts of sessions that gave way, kept a while. */
  warm: WarmContexts;
  /** Books of sessions that gave way, by login. */
  books: KeptBooks;
  show: Show;
  wake: Wake;
  clock: Clock;
  /** Told of what it does. */
  notice?: OnNotice;
  /** When a carrier counts as one that our adapter no longer understands. */
  pauseRule: PauseDeps['pauseRule'];
  /** The carriers that this worker serves; all that none is bound to by default. */
  lane?: Lane;
  /** How long a login stays claimed without a renewal, for a clock that makes leaps. */
  leaseMs?: number;
}

export interface WarmContexts {
  take: (sourceId: string) => PortalSession | undefined;
  put: (sourceId: string, portal: PortalSession) => Promise<void>;
  clear: () => Promise<void>;
}

const MOST_POLICIES = 100;
const LONGEST_MS = 30 * MINUTE;

export const runSession = async (deps: SessionDeps, job: SessionJob): Promise<SessionEnd> => {
  await using held = await holdLease(deps.store, job.sourceId, job, job.signal, deps.leaseMs);
  if (held === undefined) return 'busy';
  try {
    return await workOff({ ...deps, submitted: job.permit.submitted }, job, held);
  } catch (error) {
    // Whoever ended it has taken the login over, or let it go: that is no error of this session.
    if (held.signal.aborted) return 'interrupted';
    if (isAway(error)) return 'not-here';
    throw error;
  }
};

/** What this machine lacks, and another may have. */
const isAway = (error: unknown): boolean => error instanceof NoBrowser || error instanceof KeysAway;

/** The sign-in that a person asked for, then policy after policy. */
const workOff = async (
  deps: SessionDeps,
  job: SessionJob,
  { lease, signal }: HeldLease,
): Promise<SessionEnd> => {
  await useMended(deps, lease.source.carrierId);
  await useTaught(deps, lease.source.carrierId);
  await using open = openSlot(deps, job.sourceId);
  const linked = await linkByPerson(deps, lease, signal, job.permit, (portal) => open.use(portal));
  if (linked !== undefined) {
    noticeSignIn(deps, lease, 'person', linked);
    await showAll(deps, await afterSignIn(deps, lease, linked));
  }
  await job.permit.resume();

  const until = deps.clock() + LONGEST_MS;
  let given: Read | undefined;
  let begun = false;
  for (let read = 0; ;) {
    if (signal.aborted) return 'interrupted';
    if (read >= MOST_POLICIES || deps.clock() >= until || job.stopping())
      return (await hasClaimable(deps.store, job.sourceId)) ? 'capped' : 'drained';
    if (given === 'gave-way' || (given !== undefined && (await givesWay(deps, job)))) {
      await open.keepWarm();
      return 'yielded';
    }
    // What a person waits for does not wait for the rows of the day.
    if (!begun && !(await hasForced(deps.store, job.sourceId))) {
      begun = true;
      await queueLinked(deps.store, job.sourceId);
    }
    const sync = await claimSync(deps.store, lease);
    if (sync === undefined && (await queueLinked(deps.store, job.sourceId)) > 0) continue;
    if (sync === undefined) {
      // Nothing may be read here now, as on a hold: no context of an earlier session stays signed in.
      await deps.warm.take(job.sourceId)?.[Symbol.asyncDispose]();
      return 'drained';
    }
    await noticeBegin(deps, sync);
    await showAll(deps, sync.requests);
    given = await readOne(deps, lease, sync, open, signal, job);
    if (given === 'ended') return signal.aborted ? 'interrupted' : 'drained';
    if (given === 'singly') read += 1;
    else await breathe();
  }
};

const noticeBegin = async (
  { store, notice }: Pick<SessionDeps, 'store' | 'notice'>,
  sync: ClaimedSync,
): Promise<void> => {
  if (notice === undefined) return;
  const waitedMs = sync.forced ? await waitOf(store, sync.id) : undefined;
  const waited = waitedMs === undefined ? {} : { waitedMs };
  const { died } = sync;
  notice({ kind: 'sync-began', ...ofSync(sync), ...waited, ...(died && { deaths: died.deaths }) });
};

/** Where a person has mended the adapter meanwhile, this session begins with that one. */
const useMended = async (
  { store, portals, warm }: Pick<SessionDeps, 'store' | 'portals' | 'warm'>,
  carrierId: string,
): Promise<void> => {
  const hash = await mendedHash(store, carrierId);
  if (hash === undefined || hash === portals.carrier(carrierId)?.hash) return;
  if (await portals.renew?.(carrierId, hash)) await warm.clear();
};

/** How a claimed sync was read; `put-back`: somebody who goes first came before it was. */
type Read = 'singly' | 'in-book' | 'put-back' | 'gave-way' | 'ended';

/** Only a session with nothing forced of its own gives way, and only when no permit is free. */
const givesWay = async (deps: SessionDeps, job: SessionJob): Promise<boolean> => {
  if (!job.permit.scarce() || (await hasForced(deps.store, job.sourceId))) return false;
  if (job.permit.wanted()) return true;
  const forced = await takeYield(deps.store, job.sourceId, deps.lane);
  // Its row is seen here before its wake-up comes, and without that another day would be next.
  if (forced !== undefined) await deps.wake(forced, 'force');
  return forced !== undefined;
};

/** Reads one policy, or finds it in the book, and writes what it means. */
const readOne = async (
  deps: SessionDeps,
  lease: Lease,
  sync: ClaimedSync,
  open: OpenSlot,
  signal: AbortSignal,
  job: SessionJob,
): Promise<Read> => {
  const finish = async (reading: PolicyReading, how: Read): Promise<Read> => {
    const { goOn, requests } = await finishReading(deps, lease, sync, reading, () =>
      open.picture(),
    );
    await showAll(deps, requests);
    return goOn ? how : 'ended';
  };
  const waitForSlack = async (): Promise<Read> => {
    await showAll(deps, await waitUnchecked(deps, lease, sync));
    return 'ended';
  };
  try {
    if (sync.died && isDeadly(sync.died)) return await finish(failureOf(sync.died), 'singly');
    if (await isBesideDoubted(deps.store, sync, lease)) {
      await putBack(deps.store, sync, lease);
      return 'ended';
    }
    if (open.portal === undefined) {
      await showAll(deps, await stepSync(deps.store, sync, lease, 'signing-in'));
      const signedIn = await openSignedIn(deps, lease, deps.warm.take(lease.source.id), signal);
      if (signedIn.kind === 'unchecked') return await waitForSlack();
      if (signedIn.kind === 'failure') return await finish(signedIn, 'singly');
      open.use(signedIn.portal);
      await showAll(deps, await stepSync(deps.store, sync, lease, 'reading'));
    }
    const listed = await listOrFind(deps, lease, sync, open, signal, job);
    if (listed === 'put-back' || listed === 'gave-way') {
      await putBack(deps.store, sync, lease);
      return listed;
    }
    if (listed !== undefined) return await finish(listed, 'in-book');
    const reading = await readTwice(deps, lease, sync, open, signal);
    if (reading === 'unchecked') return await waitForSlack();
    if (signal.aborted) throw signal.reason;
    return await finish(reading, 'singly');
  } catch (error) {
    if (signal.aborted) {
      await putBack(deps.store, sync, lease);
      return 'ended';
    }
    // Another machine reads it: no try of the sync, and no fault of the carrier.
    if (isAway(error)) await putBack(deps.store, sync, lease);
    else await showAll(deps, await finishUnforeseen(deps, lease, sync));
    throw error;
  }
};

/** Between two screens of the listing this login's own force goes first, and another's may. */
const listOrFind = async (
  deps: SessionDeps,
  lease: Lease,
  sync: ClaimedSync,
  open: OpenSlot,
  signal: AbortSignal,
  job: SessionJob,
): Promise<PolicyReading | 'put-back' | 'gave-way' | undefined> => {
  const { portal } = open;
  if (portal === undefined) return undefined;
  let way = false;
  const found = await readInBook(deps, { lease, portal, signal }, open.book, sync, async () => {
    if (job.stopping() || (await hasForced(deps.store, job.sourceId))) return true;
    way = await givesWay(deps, job);
    return way;
  });
  if (found !== 'gave-way') return found;
  return way ? 'gave-way' : 'put-back';
};

/**
 * One fresh search, in the same signed-in session, comes before every Not Found and every value that
 * is missing. A session that the
 * portal ended in between is signed in again once, where that needs no person and throws nobody out.
 */
const readTwice = async (
  deps: SessionDeps,
  lease: Lease,
  sync: ClaimedSync,
  open: OpenSlot,
  signal: AbortSignal,
): Promise<PolicyReading | 'unchecked'> => {
  let reading = await open.read(sync.policy.number);
  if (reading.kind === 'failure' && reading.reason === 'session-ended' && !signal.aborted) {
    await open.close();
    const conflict = await afterSessionEnd(deps, lease);
    if (conflict) return conflict;
    await showAll(deps, await stepSync(deps.store, sync, lease, 'signing-in'));
    const again = await openSignedIn(deps, lease, undefined, signal);
    if (again.kind === 'unchecked') return again.kind;
    if (again.kind === 'failure') return again;
    open.use(again.portal);
    reading = await open.read(sync.policy.number);
  }
  if (signal.aborted || !isDoubtful(reading)) return reading;
  await showAll(deps, await stepSync(deps.store, sync, lease, 'searching-again'));
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
  book: OpenBook;
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
    book: openBook(deps.books.take(sourceId), deps.clock()),
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
      if (slot.book.book !== undefined) deps.books.put(sourceId, slot.book.book);
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
