import { sql } from 'kysely';
import type { Clock } from '#shared/clock.ts';
import type { CaseFacts, CaseStore } from '../support-case.ts';
import { audit } from '#database/audit.ts';
import { caseView } from './views.ts';
import type { Database } from '#database/connection.ts';
import { idMaker } from '#database/ids.ts';
import { touchRequests } from '#database/touch.ts';

const facts = (db: Database) =>
  db
    .selectFrom('support_case')
    .select(['id', 'number', 'request_id as requestId', 'policy_id as policyId'])
    .select((of) => of('closed_at', 'is not', null).$castTo<number>().as('closed'));

type Row = Omit<CaseFacts, 'closed'> & { closed: number };

const toFacts = ({ closed, ...row }: Row): CaseFacts => ({ ...row, closed: closed === 1 });

export const caseStore = (db: Database, clock: Clock): CaseStore => {
  const nextId = idMaker(clock);

  /** A change of a case that is open: false when it is not. */
  const change = (
    caseId: string,
    action: 'case.replied' | 'case.closed',
    personId: string,
    set: { closed_at?: number; closed_by?: string },
    also: (trx: Database, now: number) => Promise<void>,
  ): Promise<boolean> =>
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

  return {
    askedSync: (requestId, syncId) =>
      db
        .selectFrom('request_sync as rs')
        .innerJoin('sync as s', 's.id', 'rs.sync_id')
        .select('s.policy_id as policyId')
        .where('rs.request_id', '=', requestId)
        .where('rs.sync_id', '=', syncId)
        .executeTakeFirst(),

    openCase: ({ requestId, syncId, policyId, personId, note, channel }) =>
      db.transaction().execute(async (trx) => {
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
        const row = { id: nextId(), number: (last ?? 0) + 1 };
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
        return { ...row, requestId, policyId, closed: false, already: false };
      }),

    caseById: async (id) => {
      const row = await facts(db).where('id', '=', id).executeTakeFirst();
      return row && toFacts(row);
    },

    caseNumbered: async (number) => {
      const row = await facts(db).where('number', '=', number).executeTakeFirst();
      return row && toFacts(row);
    },

    addReply: (caseId, personId, text) =>
      change(caseId, 'case.replied', personId, {}, async (trx, now) => {
        await trx
          .insertInto('support_reply')
          .values({ id: nextId(), case_id: caseId, person_id: personId, text, at: now })
          .execute();
      }),

    closeCase: (caseId, personId) =>
      change(caseId, 'case.closed', personId, { closed_at: clock(), closed_by: personId }, () =>
        Promise.resolve(),
      ),

    caseView: (id) => caseView(db, id),

    auditCaseView: (personId, { number, policyId }) =>
      audit(db, clock(), { personId, action: 'case.viewed', policyId, detail: { case: number } }),

    casesBehind: async (limit) =>
      (
        await db
          .selectFrom('support_case')
          .select('id')
          .whereRef('shown_version', '<', 'version')
          .orderBy('id', 'desc')
          .limit(limit)
          .execute()
      ).map(({ id }) => id),

    markCaseShown: async (id, version) => {
      await db
        .updateTable('support_case')
        .set({ shown_version: version })
        .where('id', '=', id)
        .where('shown_version', '<', version)
        .execute();
    },

    redirectCase: async (id) => {
      const [first] = (await supporters(db)).filter(({ slackId }) => slackId !== null);
      if (first?.slackId == null) return null;
      await db
        .updateTable('support_case')
        .set((of) => ({ channel: first.slackId ?? '', version: of('version', '+', 1) }))
        .where('id', '=', id)
        .execute();
      return first.slackId;
    },

    supporters: () => supporters(db),
  };
};

const supporters = (db: Database) =>
  db
    .selectFrom('person')
    .select(['name', 'slack_user_id as slackId'])
    .where('deactivated_at', 'is', null)
    .where('role', 'in', ['support', 'manager', 'owner'])
    .orderBy(sql`case role when 'support' then 0 when 'manager' then 1 else 2 end`)
    .orderBy('name')
    .limit(3)
    .execute();
