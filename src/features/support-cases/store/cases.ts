import type { Store } from '#database/store.ts';
import { caseSubject } from '#shared/subject.ts';
import { audit } from '#database/audit.ts';
import type { Database } from '#database/connection.ts';
import { nextId } from '#database/ids.ts';
import { lockCases } from '#database/locks.ts';
import { touchRequests } from '#database/touch.ts';
import { firstInSlack } from '#features/notifications/store.ts';

/** A case brings one sync that somebody does not understand, with all its facts, to support. */
export interface CaseFacts {
  id: string;
  number: number;
  requestId: string;
  policyId: string;
  closed: boolean;
  /** The person who asked. */
  askerId: string;
}

export interface NewCase {
  requestId: string;
  syncId: string;
  policyId: string;
  personId: string;
  note: string | undefined;
  channel: string;
}

const facts = (db: Database) =>
  db
    .selectFrom('support_case')
    .select([
      'id',
      'number',
      'request_id as requestId',
      'policy_id as policyId',
      'asked_by as askerId',
    ])
    .select((of) => of('closed_at', 'is not', null).$castTo<number>().as('closed'));

type Row = Omit<CaseFacts, 'closed'> & { closed: number };

const toFacts = ({ closed, ...row }: Row): CaseFacts => ({ ...row, closed: closed === 1 });

/** A change of a case that is open: false when it is not. */
const change = (
  { db, clock }: Store,
  caseId: string,
  action: 'case.replied' | 'case.closed',
  personId: string,
  set: { closed_at?: number; closed_by?: string },
  also: (trx: Database, now: number) => Promise<void>,
) =>
  db.transaction().execute(async (trx) => {
    const now = clock();
    const row = await trx
      .updateTable('support_case')
      .set((of) => ({ ...set, version: of('version', '+', 1) }))
      .where('id', '=', caseId)
      .where('closed_at', 'is', null)
      .returning(['number', 'policy_id', 'request_id'])
      .executeTakeFirst();
    if (row === undefined) return false;
    await also(trx, now);
    await audit(trx, now, {
      personId,
      action,
      policyId: row.policy_id,
      detail: { case: row.number },
    });
    await touchRequests(trx, [row.request_id], now);
    return true;
  });

/** Of a request that holds this sync. */
export const askedSync = (
  { db }: Store,
  requestId: string,
  syncId: string,
): Promise<{ policyId: string } | undefined> =>
  db
    .selectFrom('request_sync as rs')
    .innerJoin('sync as s', 's.id', 'rs.sync_id')
    .select('s.policy_id as policyId')
    .where('rs.request_id', '=', requestId)
    .where('rs.sync_id', '=', syncId)
    .executeTakeFirst();

/** The open case of the same sync and request instead, where there is one. */
export const openCase = (
  { db, clock }: Store,
  { requestId, syncId, policyId, personId, note, channel }: NewCase,
): Promise<CaseFacts & { already: boolean }> =>
  db.transaction().execute(async (trx) => {
    await lockCases(trx);
    const open = await facts(trx)
      .where('request_id', '=', requestId)
      .where('sync_id', '=', syncId)
      .where('closed_at', 'is', null)
      .executeTakeFirst();
    if (open !== undefined) return { ...toFacts(open), already: true };
    const now = clock();
    const { last } = await trx
      .selectFrom('support_case')
      .select(({ fn }) => fn.max<number | null>('number').as('last'))
      .executeTakeFirstOrThrow();
    const row = { id: nextId(clock), number: (last ?? 0) + 1 };
    await trx
      .insertInto('support_case')
      .values({
        ...row,
        request_id: requestId,
        sync_id: syncId,
        policy_id: policyId,
        asked_by: personId,
        note: note ?? null,
        channel,
        opened_at: now,
        closed_at: null,
        closed_by: null,
      })
      .execute();
    await audit(trx, now, {
      personId,
      action: 'case.opened',
      policyId,
      detail: { case: row.number },
    });
    await touchRequests(trx, [requestId], now);
    return {
      ...row,
      requestId,
      policyId,
      closed: false,
      askerId: personId,
      already: false,
    };
  });

export const caseById = async ({ db }: Store, id: string): Promise<CaseFacts | undefined> => {
  const row = await facts(db).where('id', '=', id).executeTakeFirst();
  return row && toFacts(row);
};

export const caseNumbered = async (
  { db }: Store,
  number: number,
): Promise<CaseFacts | undefined> => {
  const row = await facts(db).where('number', '=', number).executeTakeFirst();
  return row && toFacts(row);
};

/** False when the case was closed meanwhile. */
export const addReply = (store: Store, caseId: string, personId: string, text: string) =>
  change(store, caseId, 'case.replied', personId, {}, async (trx, now) => {
    await trx
      .insertInto('support_reply')
      .values({ id: nextId(store.clock), case_id: caseId, person_id: personId, text, at: now })
      .execute();
  });

export const recordCaseClosed = (store: Store, caseId: string, personId: string) =>
  change(
    store,
    caseId,
    'case.closed',
    personId,
    { closed_at: store.clock(), closed_by: personId },
    () => Promise.resolve(),
  );

export const auditCaseView = (
  { db, clock }: Store,
  personId: string,
  { number, policyId }: CaseFacts,
  action: 'case.viewed' | 'evidence.viewed' = 'case.viewed',
) => audit(db, clock(), { personId, action, policyId, detail: { case: number } });

export const casesBehind = async ({ db }: Store, limit: number): Promise<readonly string[]> =>
  (
    await db
      .selectFrom('support_case')
      .select('id')
      .whereRef('shown_version', '<', 'version')
      .orderBy('id', 'desc')
      .limit(limit)
      .execute()
  ).map(({ id }) => id);

export const markCaseShown = async ({ db }: Store, id: string, version: number): Promise<void> => {
  await db
    .updateTable('support_case')
    .set({ shown_version: version })
    .where('id', '=', id)
    .where('shown_version', '<', version)
    .execute();
};

/** Where the case's card goes instead, when its channel gets nothing any more; null: nobody is there. */
export const redirectCase = async (
  { db }: Store,
  id: string,
  from: string,
): Promise<string | null> => {
  const first = await firstInSlack(db, from);
  if (first === undefined) return null;
  await db.transaction().execute(async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('support_case')
      .set((of) => ({ channel: first.slackId, version: of('version', '+', 1) }))
      .where('id', '=', id)
      .where('channel', '=', from)
      .executeTakeFirst();
    if (numUpdatedRows > 0n)
      await trx.deleteFrom('subject_message').where('subject_id', '=', caseSubject(id)).execute();
  });
  return first.slackId;
};
