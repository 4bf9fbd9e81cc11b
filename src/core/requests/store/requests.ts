import { linkedAmong } from '#core/logins/store/link.ts';
import { sql } from 'kysely';
import type { Store } from '#database/store.ts';
import { lockLogins, lockPeople } from '#database/locks.ts';
import { audit } from '#database/audit.ts';
import type { Database } from '#database/connection.ts';
import { eachObject, isOpen, locked } from '#database/dialect.ts';
import { nextId } from '#database/ids.ts';
import type { Origin } from '#slack/origin.ts';
import { WAITS_FOR_LINK_MS } from '#core/logins/standing.ts';

/** Nothing was added: with these, more would wait for this person than one may have. */
export interface LimitReached {
  kind: 'limit-reached';
  waiting: number;
  most: number;
}

export interface NewRequest {
  requestId: string;
  /** This person's card for the same sync in the same place; then no new request was made. */
  already: boolean;
  /** Who asked for the same before and waits for it too; the background is nobody. */
  askedBefore: AskedBefore | undefined;
}

/** `elsewhere`: the same person, on a card in another place. */
export type AskedBefore = { kind: 'elsewhere' } | { kind: 'by'; name: string };

export interface RequestItem {
  policyId: string;
  sourceId: string;
}

export interface RequestRow {
  personId: string;
  origin: Origin;
  dedupeKey: string;
  /** Of a request for a contact; without one, several items are policies of any contacts. */
  contactId?: string;
  items: readonly RequestItem[];
  /** Forced syncs that may wait or run for one person at a time, so that none starves the firm. */
  mostForced: number;
}

const kindOf = ({ contactId, items }: RequestRow): 'contact' | 'policies' | 'policy' => {
  if (contactId !== undefined) return 'contact';
  return items.length > 1 ? 'policies' : 'policy';
};

/**
 * The sync of this pair that a new request can share: open, or waiting for the same link. It stays so: what
 * ends a sync for its policy's sake, or for another login's success, asks for no lock of this login.
 */
const sharedSync = (
  { clock }: Store,
  trx: Database,
  policyId: string,
  sourceId: string,
  linked: boolean,
) =>
  trx
    .selectFrom('sync')
    .select(['id', 'priority', 'status'])
    .where('policy_id', '=', policyId)
    .where('source_id', '=', sourceId)
    .where((is) =>
      is.or([
        isOpen(),
        ...(linked
          ? []
          : [
              is.and([
                is('status', '=', 'needs-link'),
                is('created_at', '>', clock() - WAITS_FOR_LINK_MS),
              ]),
            ]),
      ]),
    )
    .orderBy('id', 'desc')
    .modifyEnd(locked())
    .executeTakeFirst();

const OF_MEETING = 'meeting:';

/** Of what a meeting asks for. That is cancelled with it, so its card is of nothing else that a person asked for. */
export const meetingKey = (name: string): string => `${OF_MEETING}${name}`;

/**
 * This person's request for the same in the same place: one card is enough. It is the same where the
 * card shows every policy that is asked for now, all still open.
 */
const standing = async (trx: Database, row: RequestRow, shared: readonly { id: string }[]) => {
  if (shared.length === 0 || shared.length < row.items.length) return undefined;
  if (row.dedupeKey.startsWith(OF_MEETING)) return undefined;
  const found = await trx
    .selectFrom('request as r')
    .innerJoin('request_sync as rs', 'rs.request_id', 'r.id')
    .select('r.id')
    .where('r.person_id', '=', row.personId)
    .where((is) =>
      is.or([
        is.and([
          is('r.channel', '=', row.origin.channel),
          is('r.thread_ts', 'is not distinct from', row.origin.thread ?? null),
        ]),
        // Asked for here, and shown elsewhere because this place may not have it.
        is.and([
          is('r.asked_in', '=', row.origin.channel),
          is('r.channel', '<>', is.ref('r.asked_in')),
        ]),
      ]),
    )
    .where((is) =>
      is.or([is('r.dedupe_key', 'is', null), is('r.dedupe_key', 'not like', `${OF_MEETING}%`)]),
    )
    .where('rs.cancelled_at', 'is', null)
    .where(
      'rs.sync_id',
      'in',
      shared.map(({ id }) => id),
    )
    .groupBy('r.id')
    .having(({ fn }) => fn.count('rs.sync_id'), '=', shared.length)
    .executeTakeFirst();
  return found?.id;
};

/** Somebody whose card shows one of these syncs: this person first, else who asked last. */
const askerOf = async (
  trx: Database,
  personId: string,
  shared: readonly { id: string }[],
): Promise<AskedBefore | undefined> => {
  if (shared.length === 0) return undefined;
  const asker = await trx
    .selectFrom('request_sync as rs')
    .innerJoin('request as r', 'r.id', 'rs.request_id')
    .innerJoin('person as p', 'p.id', 'r.person_id')
    .select(['p.id', 'p.name'])
    .where(
      'rs.sync_id',
      'in',
      shared.map(({ id }) => id),
    )
    .where('rs.cancelled_at', 'is', null)
    .orderBy((by) => by('p.id', '=', personId), 'desc')
    .orderBy('r.id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (asker === undefined) return undefined;
  return asker.id === personId ? { kind: 'elsewhere' } : { kind: 'by', name: asker.name };
};

/** What waits or runs for this person now. */
const forcedOf = async (trx: Database, personId: string): Promise<Set<string>> =>
  new Set(
    (
      await trx
        .selectFrom('request as r')
        .innerJoin('request_sync as rs', 'rs.request_id', 'r.id')
        .innerJoin('sync as s', 's.id', 'rs.sync_id')
        .select('s.id')
        .where('r.person_id', '=', personId)
        .where('r.ended_at', 'is', null)
        .where('rs.cancelled_at', 'is', null)
        .where('s.status', 'in', ['queued', 'in-progress'])
        .execute()
    ).map(({ id }) => id),
  );

/** The open sync of the pair, raised to the front, or a new one. */
const takeSync = async (
  { clock }: Store,
  trx: Database,
  item: RequestItem,
  open: { id: string } | undefined,
  linked: boolean,
) => {
  if (open !== undefined) {
    // Whoever asks waits a day for the link from now on, however long the background has waited.
    await trx
      .updateTable('sync')
      .set({ priority: 1, created_at: clock() })
      .where('id', '=', open.id)
      .execute();
    return open.id;
  }
  const [id = ''] = await insertSyncs({ db: trx, clock }, [{ ...item, runId: null }], {
    priority: 1,
    linked,
  });
  return id;
};

export interface NewSync {
  policyId: string;
  sourceId: string;
  /** Of a background sync: its login's run of the day. */
  runId: string | null;
}

/**
 * Syncs that wait for their turn, or for the link of their login; their ids. Forced: priority 1. One
 * statement for all: a login's day has hundreds.
 */
export const insertSyncs = async (
  { db, clock }: Store,
  syncs: readonly NewSync[],
  { priority, linked }: { priority: 1 | 100; linked: boolean },
): Promise<string[]> => {
  if (syncs.length === 0) return [];
  const rows = syncs.map((sync) => ({ id: nextId(clock), ...sync }));
  await sql`insert into sync (id, policy_id, source_id, run_id, priority, status, reason, created_at)
    select n.value ->> 'id', n.value ->> 'policyId', n.value ->> 'sourceId', n.value ->> 'runId',
      ${priority}, 'queued', ${linked ? 'waiting' : 'waiting-for-link'}, ${clock()}
    from ${eachObject(rows)} n order by n.key`.execute(db);
  return rows.map(({ id }) => id);
};

/** One transaction: the request, and for each item a sync or the open one of (policy, source). */
export const addRequest = (store: Store, row: RequestRow): Promise<NewRequest | LimitReached> =>
  store.db.transaction().execute(async (trx): Promise<NewRequest | LimitReached> => {
    await lockPeople(trx, [row.personId]);
    const repeated = await trx
      .selectFrom('request')
      .select('id')
      .where('dedupe_key', '=', row.dedupeKey)
      .executeTakeFirst();
    if (repeated !== undefined)
      return { requestId: repeated.id, already: true, askedBefore: undefined };

    const sourceIds = row.items.map(({ sourceId }) => sourceId);
    await lockLogins(trx, sourceIds);
    const linked = await linkedAmong(trx, sourceIds);
    const pairs: { item: RequestItem; open: Awaited<ReturnType<typeof sharedSync>> }[] = [];
    for (const item of row.items) {
      const { policyId, sourceId } = item;
      const open = await sharedSync(store, trx, policyId, sourceId, linked.has(sourceId));
      pairs.push({ item, open });
    }
    const shared = pairs.flatMap(({ open }) => (open === undefined ? [] : [open]));
    const mine = await standing(trx, row, shared);
    if (mine !== undefined)
      return { requestId: mine, already: true, askedBefore: { kind: 'elsewhere' } };

    const askedBefore = await askerOf(trx, row.personId, shared);
    const waiting = await forcedOf(trx, row.personId);
    const fresh = pairs.filter(({ open }) => open === undefined || !waiting.has(open.id));
    if (waiting.size + fresh.length > row.mostForced)
      return { kind: 'limit-reached', waiting: waiting.size, most: row.mostForced };

    const now = store.clock();
    const requestId = nextId(store.clock);
    const kind = kindOf(row);
    const waitsOnly =
      shared.length === pairs.length && shared.every(({ status }) => status === 'needs-link');
    await trx
      .insertInto('request')
      .values({
        id: requestId,
        person_id: row.personId,
        kind,
        policy_id: kind === 'policy' ? (row.items[0]?.policyId ?? null) : null,
        contact_id: row.contactId ?? null,
        dedupe_key: row.dedupeKey,
        asked_in: row.origin.askedIn,
        channel: row.origin.channel,
        channel_note: row.origin.note ?? null,
        thread_ts: row.origin.thread ?? null,
        created_at: now,
        linked_at: null,
        linked_source: null,
        ended_at: waitsOnly ? now : null,
      })
      .execute();
    for (const { item, open } of pairs) {
      const syncId = await takeSync(store, trx, item, open, linked.has(item.sourceId));
      await trx
        .insertInto('request_sync')
        .values({ request_id: requestId, sync_id: syncId, cancelled_at: null })
        .execute();
      await audit(trx, now, {
        personId: row.personId,
        action: 'sync.requested',
        policyId: item.policyId,
        detail: { requestId, sourceId: item.sourceId, joined: open !== undefined },
      });
    }
    return { requestId, already: false, askedBefore };
  });
