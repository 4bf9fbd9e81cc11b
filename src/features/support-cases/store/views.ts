import type { EndedStatus, Reason } from '#shared/outcome.ts';
import type { SyncDetail } from '#core/policies/sync-detail.ts';
import type { Database } from '#database/connection.ts';
import type { CaseFacts } from './cases.ts';
import type { PolicyBrief } from '#core/policies/policies.ts';
import { briefs } from '#core/policies/store/briefs.ts';
import { unconfirmedOfSync } from '#core/policies/store/unconfirmed-values.ts';
import type { UnconfirmedValue } from '#core/policies/unconfirmed-values.ts';
import { DAY } from '#shared/clock.ts';

/** What happened around it, oldest first; never a secret. */
export type CaseEvent = { at: number; by?: string } & (
  | { kind: 'requested' }
  | {
      kind: 'attempt';
      source: string;
      status: EndedStatus;
      reason: Reason;
      carrierStatus?: string;
      /** ISO date */
      asOf?: string;
      /** File name of a masked picture of the page. */
      picture?: string;
    }
  | { kind: 'status-updated'; from: string; to: string }
  | { kind: 'number-corrected'; from: string; to: string }
  | { kind: 'asked'; note: string | null }
  /** `byAsker`: whoever asked answers support back. */
  | { kind: 'replied'; id: string; text: string; byAsker: boolean }
  | { kind: 'closed' }
);

export interface CaseView extends CaseFacts {
  version: number;
  channel: string;
  policy: PolicyBrief;
  askedBy: { name: string; slackId: string | null };
  note: string | null;
  /** Of the sync asked about: what a run again would repeat. */
  syncId: string;
  source: { name: string; linked: boolean };
  closedBy: string | null;
  /** What the sync asked about read and nobody believed. */
  held?: UnconfirmedValue;
  events: CaseEvent[];
}

/** How far back a case looks, and how much of each kind it tells. */
const BACK_MS = 30 * DAY;
const MOST_OF_A_KIND = 15;

const requests = async (db: Database, policyId: string, since: number): Promise<CaseEvent[]> => {
  const rows = await db
    .selectFrom('request as r')
    .innerJoin('person as p', 'p.id', 'r.person_id')
    .innerJoin('request_sync as rs', 'rs.request_id', 'r.id')
    .innerJoin('sync as s', 's.id', 'rs.sync_id')
    .select(['r.created_at as at', 'p.name as by'])
    .distinct()
    .where('s.policy_id', '=', policyId)
    .where('r.created_at', '>', since)
    .orderBy('r.created_at', 'desc')
    .limit(MOST_OF_A_KIND)
    .execute();
  return rows.map((row) => ({ kind: 'requested', ...row }));
};

const attempts = async (db: Database, policyId: string, since: number): Promise<CaseEvent[]> => {
  const rows = await db
    .selectFrom('sync as s')
    .innerJoin('login_source as l', 'l.id', 's.source_id')
    .select(['s.finished_at', 's.status', 's.reason', 's.detail', 'l.name'])
    .where('s.policy_id', '=', policyId)
    .where('s.finished_at', '>', since)
    .where('s.status', 'not in', ['queued', 'in-progress'])
    .orderBy('s.finished_at', 'desc')
    .limit(MOST_OF_A_KIND)
    .execute();
  return rows.map((row) => {
    const detail = row.detail === null ? {} : (JSON.parse(row.detail) as SyncDetail);
    return {
      kind: 'attempt',
      at: row.finished_at ?? 0,
      source: row.name,
      status: row.status as EndedStatus,
      reason: row.reason as Reason,
      ...(detail.carrierStatus === undefined ? {} : { carrierStatus: detail.carrierStatus }),
      ...(detail.asOf === undefined ? {} : { asOf: detail.asOf }),
      ...(detail.picture === undefined ? {} : { picture: detail.picture }),
    };
  });
};

const corrections = async (db: Database, policyId: string, since: number): Promise<CaseEvent[]> => {
  const rows = await db
    .selectFrom('audit as a')
    .leftJoin('person as p', 'p.id', 'a.person_id')
    .select(['a.at', 'a.action', 'a.detail', 'p.name'])
    .where('a.subject_type', '=', 'policy')
    .where('a.subject_id', '=', policyId)
    .where('a.action', 'in', ['policy.status-updated', 'policy.number-corrected'])
    .where('a.at', '>', since)
    .orderBy('a.id', 'desc')
    .limit(MOST_OF_A_KIND)
    .execute();
  return rows.map((row) => {
    const { from = '', to = '' } = JSON.parse(row.detail ?? '{}') as { from?: string; to?: string };
    return {
      kind: row.action === 'policy.status-updated' ? 'status-updated' : 'number-corrected',
      at: row.at,
      from,
      to,
      ...(row.name === null ? {} : { by: row.name }),
    };
  });
};

const replies = async (db: Database, caseId: string): Promise<CaseEvent[]> => {
  const rows = await db
    .selectFrom('support_reply as r')
    .innerJoin('person as p', 'p.id', 'r.person_id')
    .select(['r.at', 'r.text', 'p.name as by', 'r.id'])
    .innerJoin('support_case as c', 'c.id', 'r.case_id')
    .select((of) => of('r.person_id', '=', of.ref('c.asked_by')).as('byAsker'))
    .where('r.case_id', '=', caseId)
    .orderBy('r.id')
    .execute();
  return rows.map(({ byAsker, ...row }) => ({
    kind: 'replied',
    ...row,
    byAsker: Number(byAsker) === 1,
  }));
};

/** A case with its timeline: everything that happened to the policy around it. */
export const caseView = async (db: Database, id: string): Promise<CaseView | undefined> => {
  const row = await db
    .selectFrom('support_case as c')
    .innerJoin('person as p', 'p.id', 'c.asked_by')
    .innerJoin('sync as s', 's.id', 'c.sync_id')
    .innerJoin('login_source as l', 'l.id', 's.source_id')
    .innerJoin('login_link as k', 'k.source_id', 's.source_id')
    .leftJoin('person as closer', 'closer.id', 'c.closed_by')
    .selectAll('c')
    .select(['p.name', 'p.slack_user_id', 'l.name as source', 'k.linked', 'closer.name as closer'])
    .where('c.id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const policy = await briefs(db).where('p.id', '=', row.policy_id).executeTakeFirstOrThrow();
  const held = await unconfirmedOfSync(db, row.sync_id);
  const since = row.opened_at - BACK_MS;
  const events: CaseEvent[] = [
    ...(await requests(db, policy.id, since)),
    ...(await attempts(db, policy.id, since)),
    ...(await corrections(db, policy.id, since)),
    { kind: 'asked', at: row.opened_at, by: row.name, note: row.note },
    ...(await replies(db, row.id)),
    ...(row.closed_at === null
      ? []
      : [{ kind: 'closed' as const, at: row.closed_at, by: row.closer ?? '' }]),
  ];
  return {
    id: row.id,
    number: row.number,
    requestId: row.request_id,
    policyId: policy.id,
    closed: row.closed_at !== null,
    version: row.version,
    channel: row.channel,
    policy,
    askerId: row.asked_by,
    askedBy: { name: row.name, slackId: row.slack_user_id },
    note: row.note,
    syncId: row.sync_id,
    source: { name: row.source, linked: row.linked === 1 },
    closedBy: row.closer,
    ...(held === undefined ? {} : { held }),
    events: events.sort((a, b) => a.at - b.at),
  };
};
