import { latestValues } from '#core/policies/store/values.ts';
import { openDaily, lastBook, beginBook, keepBook } from './store/books.ts';
import type { Store } from '#database/store.ts';
import {
  entriesByNumber,
  isWorthABook,
  servesInFull,
  type BookEnd,
  type ListingTrouble,
} from './book-rules.ts';
import { withStanding } from './taught.ts';
import { afterListing, type PauseDeps } from './pauses.ts';
import { bookShrunk, doubtsOf } from '#core/policies/plausible.ts';
import { normalizeNumber } from '#shared/policy-number.ts';
import { type Clock, MINUTE } from '#shared/clock.ts';
import type { PolicyReading, PolicySnapshot, Portals, PortalSession } from '#portal/portal.ts';
import type { ClaimedSync } from './store/claims.ts';
import type { Show } from '#queue/messages.ts';
import type { Lease } from '#core/logins/standing.ts';

/** A login's book as it was listed, for the background syncs of the sessions that follow at once. */
export interface Book {
  entries: ReadonlyMap<string, PolicySnapshot>;
  ended: BookEnd;
  readAt: number;
}

export interface BookDeps extends PauseDeps {
  store: Store;
  portals: Pick<Portals, 'carrier'>;
  show: Show;
  clock: Clock;
}

/** A book is put down when its session gives way, and is too old for the next one after this long. */
export const BOOK_LIFE_MS = 15 * MINUTE;
const MOST_TRIES = 2;
/** Enough to know that a book is worth it. */
const COUNTED = 10;

/** What a session has of its login's book. */
export interface OpenBook {
  book: Book | undefined;
  tries: number;
}

export const openBook = (kept: Book | undefined, now: number): OpenBook => ({
  book: kept !== undefined && now - kept.readAt < BOOK_LIFE_MS ? kept : undefined,
  tries: 0,
});

/**
 * What the listing says of a background sync's policy, reading it first where that is worth it.
 * Undefined: to be read singly. `gave-way`: somebody who goes first came in between two screens.
 */
export const readInBook = async (
  deps: BookDeps,
  { lease, portal, signal }: { lease: Lease; portal: PortalSession; signal: AbortSignal },
  open: OpenBook,
  sync: ClaimedSync,
  /** Asked between two screens. */
  mustStop: () => Promise<boolean>,
): Promise<PolicyReading | 'gave-way' | undefined> => {
  if (sync.forced) return undefined;
  const served = await serve(deps, open.book, sync);
  if (served !== undefined) return served;
  if (sync.died !== undefined || !(await isWanted(deps, lease, open, portal))) return undefined;
  open.tries += 1;
  open.book = await list(deps, lease, portal, signal, mustStop);
  signal.throwIfAborted();
  return open.book?.ended === 'gave-way' ? 'gave-way' : serve(deps, open.book, sync);
};

/** An entry that is doubted is looked at on the policy's own page, which then has its picture. */
const serve = async (
  { store, portals, clock }: BookDeps,
  book: Book | undefined,
  sync: ClaimedSync,
): Promise<PolicyReading | undefined> => {
  const snapshot = book?.entries.get(normalizeNumber(sync.policy.number));
  if (snapshot === undefined) return undefined;
  const seen = await withStanding({ store, portals }, sync.policy.carrierId, snapshot);
  const { number, productClass, indicator } = sync.policy;
  const values = await latestValues(store.db, sync.policy.id);
  const isPlain =
    servesInFull(seen, values) &&
    doubtsOf({ number, productClass, indicator, values }, seen, clock()).length === 0;
  return isPlain ? { kind: 'found', snapshot } : undefined;
};

const isWanted = async (
  { store, portals, clock }: BookDeps,
  { source }: Lease,
  open: OpenBook,
  portal: PortalSession,
): Promise<boolean> => {
  if (portal.readBook === undefined || portals.carrier(source.carrierId)?.listsBook !== true)
    return false;
  if (open.tries >= MOST_TRIES || (open.book !== undefined && open.book.ended !== 'gave-way'))
    return false;
  // The one that was claimed for it is not among the waiting.
  const waiting = (await openDaily(store, source.id, COUNTED)) + 1;
  return isWorthABook({ open: waiting, last: await lastBook(store, source.id) }, clock());
};

/**
 * What came is kept whatever ends the listing; only one that shrank is not believed. None when the
 * session had ended: the single read that follows signs in again.
 */
const list = async (
  deps: BookDeps,
  lease: Lease,
  portal: PortalSession,
  signal: AbortSignal,
  mustStop: () => Promise<boolean>,
): Promise<Book | undefined> => {
  const { store, clock } = deps;
  const entries: PolicySnapshot[] = [];
  let rows = 0;
  let ended: BookEnd = 'whole';
  let trouble: ListingTrouble | undefined;
  await beginBook(store, lease);
  try {
    for await (const screen of portal.readBook?.() ?? []) {
      if (screen.kind === 'failure') {
        if (screen.reason === 'session-ended') {
          await keepBook(store, lease, { ended: 'gave-way' });
          return undefined;
        }
        ended = 'failure';
        if (screen.reason === 'portal-changed')
          trouble = { what: 'not-understood', ...(screen.detail && { note: screen.detail }) };
        break;
      }
      entries.push(...screen.entries);
      rows += screen.entries.length + screen.unreadable.length;
      if (signal.aborted || (await mustStop())) {
        ended = 'gave-way';
        break;
      }
    }
  } catch (error) {
    if (signal.aborted) await keepBook(store, lease, { ended: 'gave-way' });
    throw error;
  }
  const before = (await lastBook(store, lease.source.id))?.entries;
  if (ended === 'whole' && before !== undefined && bookShrunk(before, rows))
    trouble = { what: 'shrunk', before, now: rows };
  await keepBook(store, lease, {
    ended,
    ...(ended === 'whole' ? { entries: rows } : {}),
    ...(trouble && { trouble }),
  });
  if (trouble?.what === 'not-understood')
    for (const request of await afterListing(deps, lease)) await deps.show(request);
  const believed = trouble?.what !== 'shrunk';
  return { entries: entriesByNumber(believed ? entries : []), ended, readAt: clock() };
};
