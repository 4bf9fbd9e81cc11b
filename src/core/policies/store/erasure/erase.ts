import { sql } from 'kysely';
import { eraseFromSyncs, eraseMeetings } from './elsewhere.ts';
import { eraseFromPauses, evidenceOf } from './evidence.ts';
import { eraseFromNotifications } from './notifications.ts';
import { casesOf, chunksOf, requestsOf, type Erased } from './plan.ts';
import { takeCases } from '#core/policies/store/cases.ts';
import { audit } from '#database/audit.ts';
import type { Database } from '#database/connection.ts';
import { wipeDeletions, wipeLettersNext } from '#database/deletions.ts';
import { lockPolicies } from '#database/locks.ts';
import type { Store } from '#database/store.ts';
import { touchRequests, touchRequestsOf } from '#database/touch.ts';
import { breathe } from '#shared/clock.ts';

/** Rows that one transaction takes away. */
const STEP = 500;

/**
 * Ends what waits for these policies, so that cards say so before they are let go; how many syncs people
 * wait for were ended, and how many are being read just now.
 */
export const endOpen = async (
  { db, clock }: Store,
  { policyIds }: Erased,
): Promise<{ ended: number; running: number }> => {
  let ended = 0;
  let running = 0;
  for (const some of chunksOf(policyIds)) {
    const one = await db.transaction().execute(async (trx) => {
      const cancelled = await trx
        .updateTable('sync')
        .set({ status: 'cancelled', reason: 'cancelled', finished_at: clock() })
        .where('policy_id', 'in', some)
        .where('status', '=', 'queued')
        .returning('id')
        .execute();
      const ids = cancelled.map(({ id }) => id);
      for (const these of chunksOf(ids)) {
        await trx
          .updateTable('carrier')
          .set({ probe_sync_id: null, probe_until: null })
          .where('probe_sync_id', 'in', these)
          .execute();
        await touchRequestsOf(trx, these, clock());
      }
      const waited = ids.length === 0 ? [] : await waitedFor(trx, ids);
      const open = await trx
        .selectFrom('sync')
        .select('id')
        .where('policy_id', 'in', some)
        .where('status', '=', 'in-progress')
        .execute();
      return { ended: waited.length, running: open.length };
    });
    ended += one.ended;
    running += one.running;
  }
  return { ended, running };
};

const waitedFor = (trx: Database, syncIds: readonly string[]) =>
  trx
    .selectFrom('request_sync')
    .select('sync_id')
    .distinct()
    .where('sync_id', 'in', syncIds)
    .where('cancelled_at', 'is', null)
    .execute();

/** A request of theirs alone goes; one that holds others' policies as well loses theirs, and is shown anew. */
const takeRequests = async (
  { db: trx, clock }: Store,
  { policyIds }: Erased,
  ids: readonly string[],
): Promise<void> => {
  const theirs = new Set(policyIds);
  const shared: string[] = [];
  for (const id of ids) if (await takeSyncs(trx, id, theirs)) shared.push(id);
  await trx
    .updateTable('request')
    .set({ policy_id: null, contact_id: null })
    .where('id', 'in', shared)
    .execute();
  // What waited for theirs was told that it is cancelled before.
  for (const some of chunksOf(policyIds))
    await trx
      .deleteFrom('workflow_step')
      .where('request_id', 'in', shared)
      .where('policy_id', 'in', some)
      .execute();
  await touchRequests(trx, shared, clock());
  const alone = ids.filter((id) => !shared.includes(id));
  for (const table of ['pause_wait', 'meeting_request', 'workflow_step'] as const)
    await trx.deleteFrom(table).where('request_id', 'in', alone).execute();
  await trx
    .updateTable('link')
    .set({ request_id: null })
    .where('request_id', 'in', alone)
    .execute();
  await trx.deleteFrom('subject_message').where('subject_id', 'in', alone).execute();
  await trx.deleteFrom('request').where('id', 'in', alone).execute();
};

const eraseCasesAndRequests = async ({ db, clock }: Store, erased: Erased): Promise<void> => {
  for (const some of chunksOf(await casesOf(db, erased.policyIds)))
    await db.transaction().execute((trx) => takeCases(trx, some));
  for (const some of chunksOf(await requestsOf(db, erased), 50)) {
    await db.transaction().execute((trx) => takeRequests({ db: trx, clock }, erased, some));
    await breathe();
  }
};

/** Takes the syncs of these policies off a request; whether it holds others. */
const takeSyncs = async (
  trx: Database,
  requestId: string,
  policyIds: ReadonlySet<string>,
): Promise<boolean> => {
  const rows = await trx
    .selectFrom('request_sync as rs')
    .innerJoin('sync as s', 's.id', 'rs.sync_id')
    .select(['s.id', 's.policy_id'])
    .where('rs.request_id', '=', requestId)
    .execute();
  const theirs = rows.filter(({ policy_id }) => policyIds.has(policy_id)).map(({ id }) => id);
  for (const some of chunksOf(theirs))
    await trx
      .deleteFrom('request_sync')
      .where('request_id', '=', requestId)
      .where('sync_id', 'in', some)
      .execute();
  return theirs.length < rows.length;
};

/**
 * First its history, in steps; then all that is left of it with the policy itself, in one transaction, also
 * what somebody asked for meanwhile.
 */
const erasePolicy = async ({ db, clock }: Store, erased: Erased, policyId: string) => {
  for (let deleted = STEP; deleted === STEP; await breathe()) {
    const { numDeletedRows } = await db
      .deleteFrom('policy_value')
      .where('id', 'in', (of) =>
        of.selectFrom('policy_value').select('id').where('policy_id', '=', policyId).limit(STEP),
      )
      .executeTakeFirst();
    deleted = Number(numDeletedRows);
  }
  await db.transaction().execute(async (trx) => {
    // A correction that is under way is written before this, so that what it tells a webhook goes too.
    await lockPolicies(trx, [policyId]);
    await takeCases(trx, await casesOf(trx, [policyId]));
    const requests = await requestsOf(trx, { id: erased.id, policyIds: [policyId] });
    await takeRequests({ db: trx, clock }, erased, requests);
    const held = trx.selectFrom('held_value').select('id').where('policy_id', '=', policyId);
    await trx.deleteFrom('held_sync').where('held_id', 'in', held).execute();
    for (const table of [
      'held_value',
      'policy_value',
      'source_policy',
      'named_policy',
      'status_wait',
      'webhook_event',
      'sync',
    ] as const)
      await trx.deleteFrom(table).where('policy_id', '=', policyId).execute();
    await trx.deleteFrom('policy').where('id', '=', policyId).execute();
  });
};

/**
 * Takes all that is held about a contact out of the database, in steps: one that broke off goes on when it
 * is done again. The rows of the audit stay, with ids alone, and one more says who did it. Files of
 * pictures and traces go before the rows that name them.
 */
export const eraseContact = async (
  store: Store,
  erased: Erased,
  removeFiles: (names: readonly string[]) => Promise<void>,
): Promise<void> => {
  const { db, clock } = store;
  const { id, policyIds } = erased;
  await eraseFromNotifications(db, erased);
  await eraseFromSyncs(db, erased);
  await eraseMeetings(db, erased);
  await eraseCasesAndRequests(store, erased);
  for (const policyId of policyIds) {
    const { files, pauseIds } = await evidenceOf(db, policyId);
    await removeFiles(files);
    await eraseFromPauses(db, pauseIds);
    await erasePolicy(store, erased, policyId);
  }
  await db.transaction().execute(async (trx) => {
    await trx.deleteFrom('book').where('contact_id', '=', id).execute();
    await trx.deleteFrom('contact').where('id', '=', id).execute();
    // A search may name them; what Homes are to show is of the last minutes alone.
    await trx.deleteFrom('home_wish').execute();
    await trx
      .updateTable('deletion')
      .set({ made: sql<number>`made + 1` })
      .execute();
    await wipeLettersNext(trx);
    await audit(trx, clock(), {
      personId: undefined,
      action: 'contact.erased',
      subject: ['contact', id],
      detail: { by: 'operator', policies: policyIds.length },
    });
  });
  await wipeDeletions(store);
};
