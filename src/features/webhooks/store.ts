import type { Store } from '#database/store.ts';
import { sql } from 'kysely';
import type { SyncDetail } from '#core/policies/sync-detail.ts';
import type { Database } from '#database/connection.ts';
import { eachOf, isPostgres } from '#database/dialect.ts';
import { lockPolicies } from '#database/locks.ts';
import { breathe } from '#shared/clock.ts';
import { LONGEST_WAIT } from './rules.ts';

/** One event on its way. `body` is the JSON text that every try of it sends. */
export interface WebhookEvent {
  id: string;
  type: WebhookType;
  body: string;
  tries: number;
  /** Epoch ms */
  createdAt: number;
}

export type WebhookType = 'sync.finished' | 'policy.status-updated' | 'policy.number-corrected';

interface Row {
  id: string;
  type: string;
  subject_id: string;
  policy_id: string;
  created_at: number;
  tries: number;
  body: string | null;
}

/** Decimal text, so that no reader rounds: "1234.50". */
const decimal = (minor: number): string => (minor / 100).toFixed(2);

const policyOf = async (db: Database, id: string) => {
  const policy = await db
    .selectFrom('policy')
    .select(['external_id', 'carrier_id', 'number', 'status'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (policy === undefined) return undefined;
  return {
    policy_id: policy.external_id,
    carrier: policy.carrier_id,
    number: policy.number,
    status: policy.status,
  };
};

const syncData = async (db: Database, { subject_id, policy_id }: Row) => {
  const sync = await db
    .selectFrom('sync as s')
    .innerJoin('login_source as l', 'l.id', 's.source_id')
    .select(['s.status', 's.reason', 's.detail', 's.priority', 's.finished_at'])
    .select('l.external_id as source_id')
    .where('s.id', '=', subject_id)
    .where('s.status', 'not in', ['queued', 'in-progress', 'cancelled'])
    .executeTakeFirst();
  const policy = await policyOf(db, policy_id);
  if (sync === undefined || policy === undefined) return undefined;
  const detail = (sync.detail === null ? {} : JSON.parse(sync.detail)) as SyncDetail;
  return {
    policy,
    status: sync.status,
    reason: sync.reason,
    forced: sync.priority === 1,
    login_source_id: sync.source_id,
    finished_at: sync.finished_at === null ? null : new Date(sync.finished_at).toISOString(),
    carrier_status: detail.carrierStatus ?? null,
    // What was read and is believed; a sync that did not succeed tells of none.
    values:
      sync.status === 'success'
        ? (detail.values ?? []).map(({ name, amount, asOf }) => ({
            name,
            amount: decimal(amount.minor),
            currency: amount.currency,
            as_of: asOf ?? null,
          }))
        : [],
  };
};

const correctionData = async (db: Database, { subject_id, policy_id }: Row) => {
  const record = await db
    .selectFrom('audit as a')
    .leftJoin('person as p', 'p.id', 'a.person_id')
    .select(['a.detail', 'p.email'])
    .where('a.id', '=', subject_id)
    .executeTakeFirstOrThrow();
  const policy = await policyOf(db, policy_id);
  if (policy === undefined) return undefined;
  const { from, to } = JSON.parse(record.detail ?? '{}') as { from?: string; to?: string };
  return { policy, from, to, by: record.email };
};

/** Whether the same sync ended once more, which waits to be told too. */
const endedAgain = async (db: Database, { id, policy_id, subject_id }: Row): Promise<boolean> =>
  (await db
    .selectFrom('webhook_event')
    .select('id')
    .where('policy_id', '=', policy_id)
    .where('id', '>', id)
    .where('subject_id', '=', subject_id)
    .where('delivered_at', 'is', null)
    .where('dead_at', 'is', null)
    .executeTakeFirst()) !== undefined;

/** Undefined of a sync that was opened again meanwhile, whose next end is told, and of a policy that was erased. */
const bodyOf = async (db: Database, row: Row): Promise<string | undefined> => {
  if (await endedAgain(db, row)) return undefined;
  const data = await (row.type === 'sync.finished' ? syncData(db, row) : correctionData(db, row));
  if (data === undefined) return undefined;
  const timestamp = new Date(row.created_at).toISOString();
  return JSON.stringify({ type: row.type, timestamp, data });
};

/**
 * Whether anybody listens: without it no events are written, and what nobody has taken is given up; how
 * much that is. A bot of an earlier release may have left an event in line behind nothing, on Postgres:
 * its turn is now.
 */
export const listenForEvents = async ({ db, clock }: Store, on: boolean): Promise<number> => {
  await (
    on
      ? sql`insert into webhook_target (id) values (1) on conflict do nothing`
      : sql`delete from webhook_target`
  ).execute(db);
  if (!on) return giveAllUp(db, clock());
  if (isPostgres(db))
    await sql`
      update webhook_event e set not_before = 0
      where e.not_before = ${IN_LINE} and e.delivered_at is null and e.dead_at is null
        and not exists (select 1 from webhook_event f where f.policy_id = e.policy_id
          and f.id < e.id and f.delivered_at is null and f.dead_at is null)`.execute(db);
  return 0;
};

/** Nobody sends them any more: kept open, they would hold client data for good, and be news one day. */
const giveAllUp = async (db: Database, now: number): Promise<number> => {
  for (let all = 0; ; await breathe()) {
    const some = await db.transaction().execute(async (trx) => {
      const { rows } = await sql<{ id: string; policy_id: string }>`
        select e.id, e.policy_id from webhook_event e
        where e.delivered_at is null and e.dead_at is null limit ${LOOKED_AT}`.execute(trx);
      await lockPolicies(
        trx,
        rows.map(({ policy_id }) => policy_id),
      );
      await sql`update webhook_event set dead_at = ${now}, body = null where delivered_at is null
        and id in (select value from ${eachOf(rows.map(({ id }) => id))} these)`.execute(trx);
      return rows.length;
    });
    if (some === 0) return all;
    all += some;
  }
};

/**
 * Takes up to `limit` events that are due, the oldest of each policy alone, so that one policy's
 * come in order; nobody else gets them before `until`, epoch ms.
 */
export const takeEvents = async (
  { db, clock }: Store,
  limit: number,
  until: number,
): Promise<readonly WebhookEvent[]> => {
  await callPutOff(db, clock());
  for (;;) {
    const { events, more } = await take(db, clock(), limit, until);
    if (events.length > 0 || !more) return events;
    await breathe();
  }
};

/** Deletes up to `limit` events older than `before` that were taken or given up; how many. */
export const forgetEvents = async ({ db }: Store, before: number, limit: number) => {
  const { numDeletedRows } = await db
    .deleteFrom('webhook_event')
    .where('id', 'in', (of) =>
      of
        .selectFrom('webhook_event')
        .select('id')
        .where('created_at', '<', before)
        .where((on) => on.or([on('delivered_at', 'is not', null), on('dead_at', 'is not', null)]))
        .limit(limit),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
};

export const eventDelivered = ({ db, clock }: Store, id: string): Promise<void> =>
  close(db, id, { delivered_at: clock() });

export const eventLater = async ({ db }: Store, id: string, notBefore: number): Promise<void> => {
  await db
    .updateTable('webhook_event')
    .set((of) => ({ not_before: notBefore, tries: of('tries', '+', 1) }))
    .where('id', '=', id)
    .execute();
};

export const eventDead = ({ db, clock }: Store, id: string): Promise<void> =>
  close(db, id, { dead_at: clock() });

/** What is looked at in one statement. */
const LOOKED_AT = 100;
/** An event whose turn comes when the one before it is done: no later than that, and no sooner. */
const IN_LINE = Number.MAX_SAFE_INTEGER;

interface Due extends Row {
  /** The oldest open event of its policy. */
  first: string;
}

/** Of event `e`. */
const isDue = (now: number) =>
  sql`e.delivered_at is null and e.dead_at is null and e.not_before <= ${now}`;

/**
 * Takes the due events that are the first of their policy; those behind them are put in line, so that
 * what has piled up behind a receiver that is down is not looked at again each time. Another bot may
 * take the same, or end what they are behind: what is due is read again once that has come to an end.
 */
const take = (
  db: Database,
  now: number,
  limit: number,
  until: number,
): Promise<{ events: WebhookEvent[]; more: boolean }> =>
  db.transaction().execute(async (trx) => {
    const { rows: seen } = await sql<{ id: string; policy_id: string }>`
      select e.id, e.policy_id from webhook_event e where ${isDue(now)}
      order by e.not_before, e.id limit ${LOOKED_AT}`.execute(trx);
    if (seen.length === 0) return { events: [], more: false };
    await lockPolicies(
      trx,
      seen.map(({ policy_id }) => policy_id),
    );
    const { rows } = await sql<Due>`
      select e.id, e.type, e.subject_id, e.policy_id, e.created_at, e.tries, e.body, (
        select f.id from webhook_event f
        where f.policy_id = e.policy_id and f.delivered_at is null and f.dead_at is null
        order by f.id limit 1) as first
      from webhook_event e
      where e.id in (select value from ${eachOf(seen.map(({ id }) => id))} these) and ${isDue(now)}
      order by e.not_before, e.id`.execute(trx);
    const behind = rows.filter((row) => row.first !== row.id).map(({ id }) => id);
    if (behind.length > 0)
      await trx
        .updateTable('webhook_event')
        .set({ not_before: IN_LINE })
        .where('id', 'in', behind)
        .execute();
    const events: WebhookEvent[] = [];
    for (const row of rows.filter(({ first, id }) => first === id).slice(0, limit)) {
      const body = row.body ?? (await bodyOf(trx, row));
      if (body === undefined) {
        await trx.deleteFrom('webhook_event').where('id', '=', row.id).execute();
        await callNext(trx, row.policy_id);
        continue;
      }
      await trx
        .updateTable('webhook_event')
        .set({ body, not_before: until })
        .where('id', '=', row.id)
        .execute();
      const { id, tries, created_at: createdAt } = row;
      events.push({ id, type: row.type as WebhookType, body, tries, createdAt });
    }
    return { events, more: true };
  });

/** What a clock that stood ahead has put off for longer than is ever meant is due now. */
const callPutOff = async (db: Database, now: number): Promise<void> => {
  const putOff = await db
    .selectFrom('webhook_event')
    .select('id')
    .where('delivered_at', 'is', null)
    .where('dead_at', 'is', null)
    .where('not_before', '>', now + LONGEST_WAIT)
    .where('not_before', '<', IN_LINE)
    .limit(LOOKED_AT)
    .execute();
  if (putOff.length === 0) return;
  await db
    .updateTable('webhook_event')
    .set({ not_before: 0 })
    .where(
      'id',
      'in',
      putOff.map(({ id }) => id),
    )
    .where('not_before', '<', IN_LINE)
    .execute();
};

const close = (db: Database, id: string, how: { delivered_at: number } | { dead_at: number }) =>
  db.transaction().execute(async (trx) => {
    const { policy_id } = await trx
      .selectFrom('webhook_event')
      .select('policy_id')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    await lockPolicies(trx, [policy_id]);
    await trx
      .updateTable('webhook_event')
      .set({ ...how, body: null })
      .where('id', '=', id)
      .execute();
    await callNext(trx, policy_id);
  });

const callNext = async (trx: Database, policyId: string): Promise<void> => {
  await sql`
    update webhook_event set not_before = 0 where not_before = ${IN_LINE} and id = (
      select id from webhook_event
      where policy_id = ${policyId} and delivered_at is null and dead_at is null
      order by id limit 1)`.execute(trx);
};
