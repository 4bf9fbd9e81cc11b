import { setTimeout as sleep } from 'node:timers/promises';
import { addRequest } from '#core/requests/store/requests.ts';
import { touchRequestsOf } from '#database/touch.ts';
import { producerConnection } from '#queue/connection.ts';
import { createMessageQueue } from '#queue/messages.ts';
import type { TestFirm } from '#test/support/firm.ts';

const POLICIES = 40;
const EVERY_MS = 200;

/** A card of forty policies, which end one after the other: it is drawn anew each time. */
export const drawForty = async ({ db, clock, redis }: TestFirm, channel: string): Promise<void> => {
  const store = { db, clock };
  const items = await db
    .selectFrom('policy')
    .innerJoin('login_source', 'login_source.id', 'policy.home_source_id')
    .select(['policy.id as policyId', 'login_source.id as sourceId'])
    .where('login_source.holder_id', '=', 'advisor-000')
    .where('policy.status', '=', 'Active')
    // Those that are forced later come from the other end.
    .orderBy('policy.id', 'desc')
    .limit(POLICIES)
    .execute();
  const added = await addRequest(store, {
    personId: 'advisor-000',
    origin: { askedIn: channel, channel },
    dedupeKey: 'a card of forty',
    items,
    mostForced: 100_000,
  });
  if (!('requestId' in added))
    throw new Error(`Forty were not asked for: ${JSON.stringify(added)}`);
  const syncs = await db
    .selectFrom('request_sync')
    .select('sync_id')
    .where('request_id', '=', added.requestId)
    .execute();
  await using messages = createMessageQueue(producerConnection(redis.url));
  for (const { sync_id } of syncs) {
    await db.transaction().execute(async (trx) => {
      await trx
        .updateTable('sync')
        .set({ status: 'success', reason: 'unchanged', finished_at: clock() })
        .where('id', '=', sync_id)
        .execute();
      await touchRequestsOf(trx, [sync_id], clock());
    });
    await messages.show(added.requestId);
    await sleep(EVERY_MS);
  }
};
