import { sql } from 'kysely';
import type { SyncDetail } from '#domain/sync-detail.ts';
import type { Clock } from '#sync/clock.ts';
import type { TidyStore } from '#sync/tidy.ts';
import type { WebhookEvent, WebhookStore, WebhookType } from '#sync/webhook.ts';
import type { Database } from './database.ts';

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
    .executeTakeFirstOrThrow();
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
    .executeTakeFirstOrThrow();
  const detail = (sync.detail === null ? {} : JSON.parse(sync.detail)) as SyncDetail;
  return {
    policy: await policyOf(db, policy_id),
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
            as_of: asOf,
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
  const { from, to } = JSON.parse(record.detail ?? '{}') as { from?: string; to?: string };
  return { policy: await policyOf(db, policy_id), from, to, by: record.email };
};

const bodyOf = async (db: Database, row: Row): Promise<string> =>
  JSON.stringify({
    type: row.type,
    timestamp: new Date(row.created_at).toISOString(),
    data: await (row.type === 'sync.finished' ? syncData(db, row) : correctionData(db, row)),
  });

export const webhookStore = (
  db: Database,
  clock: Clock,
): WebhookStore & Pick<TidyStore, 'forgetEvents'> => ({
  listenForEvents: async (on) => {
    await (
      on
        ? sql`insert into webhook_target (id) values (1) on conflict do nothing`
        : sql`delete from webhook_target`
    ).execute(db);
  },

  takeEvents: (limit, until) =>
    db.transaction().execute(async (trx) => {
      const { rows } = await sql<Row>`
        update webhook_event set not_before = ${until}
        where id in (
          select e.id from webhook_event e
          where e.delivered_at is null and e.dead_at is null and e.not_before <= ${clock()}
            and not exists (
              select 1 from webhook_event earlier
              where earlier.policy_id = e.policy_id and earlier.id < e.id
                and earlier.delivered_at is null and earlier.dead_at is null)
          order by e.not_before, e.id limit ${limit})
        returning id, type, subject_id, policy_id, created_at, tries, body`.execute(trx);
      const events: WebhookEvent[] = [];
      for (const row of rows) {
        const body = row.body ?? (await bodyOf(trx, row));
        if (row.body === null)
          await trx.updateTable('webhook_event').set({ body }).where('id', '=', row.id).execute();
        events.push({
          id: row.id,
          type: row.type as WebhookType,
          body,
          tries: row.tries,
          createdAt: row.created_at,
        });
      }
      return events;
    }),

  forgetEvents: async (before, limit) => {
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
  },

  eventDelivered: async (id) => {
    await db
      .updateTable('webhook_event')
      .set({ delivered_at: clock(), body: null })
      .where('id', '=', id)
      .execute();
  },

  eventLater: async (id, notBefore) => {
    await db
      .updateTable('webhook_event')
      .set((of) => ({ not_before: notBefore, tries: of('tries', '+', 1) }))
      .where('id', '=', id)
      .execute();
  },

  eventDead: async (id) => {
    await db.updateTable('webhook_event').set({ dead_at: clock() }).where('id', '=', id).execute();
  },
});
