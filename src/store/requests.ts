import { WAITS_FOR_LINK_MS } from '#domain/link-wait.ts';
import type { CancelStore } from '#sync/cancel.ts';
import type { Clock } from '#sync/clock.ts';
import type { NewRequest, RequestStore } from '#sync/request.ts';
import { audit } from './audit.ts';
import type { Database } from './database.ts';
import { idMaker } from './ids.ts';
import { touchRequests } from './touch.ts';

export const requestStore = (db: Database, clock: Clock): RequestStore & CancelStore => {
  const nextId = idMaker(clock);

  /** The sync of this pair that a new request can share: open, or waiting for the same link. */
  const sharedSync = (trx: Database, policyId: string, sourceId: string, linked: boolean) =>
    trx
      .selectFrom('sync')
      .select(['id', 'priority', 'status'])
      .where('policy_id', '=', policyId)
      .where('source_id', '=', sourceId)
      .where((is) =>
        is.or([
          is('status', 'in', ['queued', 'in-progress']),
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
      .executeTakeFirst();

  return {
    addRequest: (intent) =>
      db.transaction().execute(async (trx): Promise<NewRequest> => {
        const repeated = await trx
          .selectFrom('request')
          .select('id')
          .where('dedupe_key', '=', intent.dedupeKey)
          .executeTakeFirst();
        if (repeated !== undefined) return { requestId: repeated.id, already: true, joined: false };

        const open = await sharedSync(trx, intent.policyId, intent.sourceId, intent.linked);
        const mine =
          open &&
          (await trx
            .selectFrom('request as r')
            .innerJoin('request_sync as rs', 'rs.request_id', 'r.id')
            .select('r.id')
            .where('rs.sync_id', '=', open.id)
            .where('rs.cancelled_at', 'is', null)
            .where('r.person_id', '=', intent.personId)
            .where('r.channel', '=', intent.origin.channel)
            .executeTakeFirst());
        if (mine !== undefined) return { requestId: mine.id, already: true, joined: true };

        const now = clock();
        const syncId = open?.id ?? nextId();
        if (open === undefined)
          await trx
            .insertInto('sync')
            .values({
              id: syncId,
              policy_id: intent.policyId,
              source_id: intent.sourceId,
              run_id: null,
              priority: 1,
              status: 'queued',
              reason: intent.linked ? 'waiting' : 'waiting-for-link',
              detail: null,
              fence: null,
              created_at: now,
              started_at: null,
              finished_at: null,
            })
            .execute();
        else await trx.updateTable('sync').set({ priority: 1 }).where('id', '=', syncId).execute();

        const requestId = nextId();
        await trx
          .insertInto('request')
          .values({
            id: requestId,
            person_id: intent.personId,
            kind: 'policy',
            policy_id: intent.policyId,
            contact_id: null,
            dedupe_key: intent.dedupeKey,
            asked_in: intent.origin.askedIn,
            channel: intent.origin.channel,
            channel_note: intent.origin.note ?? null,
            created_at: now,
            linked_at: null,
            ended_at: open?.status === 'needs-link' ? now : null,
          })
          .execute();
        await trx
          .insertInto('request_sync')
          .values({ request_id: requestId, sync_id: syncId, cancelled_at: null })
          .execute();
        await audit(trx, now, {
          personId: intent.personId,
          action: 'sync.requested',
          policyId: intent.policyId,
          detail: { requestId, sourceId: intent.sourceId, joined: open !== undefined },
        });
        return { requestId, already: false, joined: open !== undefined };
      }),

    requestOwner: (requestId) =>
      db
        .selectFrom('request')
        .select('person_id as personId')
        .where('id', '=', requestId)
        .executeTakeFirst(),

    cancelRequest: (requestId) =>
      db.transaction().execute(async (trx) => {
        const now = clock();
        const waiting = await trx
          .selectFrom('request_sync as rs')
          .innerJoin('sync as s', 's.id', 'rs.sync_id')
          .select(['s.id', 's.run_id'])
          .where('rs.request_id', '=', requestId)
          .where('rs.cancelled_at', 'is', null)
          .where('s.status', 'in', ['queued', 'needs-link'])
          .execute();
        for (const sync of waiting) {
          await trx
            .updateTable('request_sync')
            .set({ cancelled_at: now })
            .where('request_id', '=', requestId)
            .where('sync_id', '=', sync.id)
            .execute();
          const others = await trx
            .selectFrom('request_sync')
            .select('request_id')
            .where('sync_id', '=', sync.id)
            .where('cancelled_at', 'is', null)
            .executeTakeFirst();
          if (others !== undefined) continue;
          await trx
            .updateTable('sync')
            .set(
              sync.run_id === null
                ? { status: 'cancelled', reason: 'cancelled', finished_at: now }
                : { priority: 100 },
            )
            .where('id', '=', sync.id)
            .execute();
        }
        if (waiting.length > 0) await touchRequests(trx, [requestId], now);
        return waiting.length > 0;
      }),
  };
};
