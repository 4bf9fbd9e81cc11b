import type { Store } from '#database/store.ts';
import { sql } from 'kysely';
import { indexedBy, isOpen, joinedIn } from '#database/dialect.ts';
import { may, type Role } from '#shared/access.ts';
import { isGuided } from '../guidance.ts';
import {
  isEnded,
  REASONS,
  type Reason,
  type SyncStatus,
  type PauseReason,
} from '#shared/outcome.ts';
import type { SyncDetail } from '#core/policies/sync-detail.ts';
import type { EndedPause, ItemView, RequestView, CodeStep } from '../view.ts';
import type { Database } from '#database/connection.ts';
import { guideView } from './guides.ts';
import { sourcesAt } from '#core/logins/store/choices.ts';
import { unconfirmedOfSync } from '#core/policies/store/unconfirmed-values.ts';
import { caseNotes } from './case-notes.ts';
import { briefs } from '#core/policies/store/briefs.ts';
import type { PolicyBrief } from '#core/policies/policies.ts';

const USUAL_SECONDS = 8;

/** What a policy took of late at this carrier, whole seconds. */
export const secondsPerPolicy = async (db: Database, carrierId: string): Promise<number> => {
  // The newest of each login by its own stretch of the index: a carrier has many ended syncs.
  const newest = sql`
    select r.id from sync r where r.source_id = l.id
      and r.status in ('success', 'not-found') and r.started_at is not null
    order by r.id desc limit 3`;
  const { rows } = await sql<{ seconds: number | null }>`
    select avg(ms) / 1000.0 as seconds from (
      select s.finished_at - s.started_at as ms
      from login_source l ${joinedIn('sync', 's', newest)}
      where l.carrier_id = ${carrierId}
      order by s.id desc limit 20) latest`.execute(db);
  return Math.max(1, Math.round(rows[0]?.seconds ?? USUAL_SECONDS));
};

/** How many open syncs of the login come before this one, and 1. */
const positionOf = async (
  db: Database,
  sync: { id: string; source_id: string; priority: number },
) => {
  const here = sql`(${sync.priority}, ${sync.id})`;
  // In the order of the index of open syncs, and one that runs out of its turn.
  const { rows } = await sql<{ ahead: number }>`
    select (select count(*) from sync ${indexedBy('sync_open')}
        where source_id = ${sync.source_id} and ${isOpen()} and (priority, id) < ${here})
      + (select count(*) from sync
        where source_id = ${sync.source_id} and status = 'in-progress'
          and (priority, id) > ${here}) as ahead`.execute(db);
  return (rows[0]?.ahead ?? 0) + 1;
};

/** A person's sign-in that runs now is the step the waiting sync is in. */
const signInStep = async (
  db: Database,
  sourceId: string,
): Promise<
  | { reason: Reason; codeFor?: undefined }
  | { reason: Reason; codeFor: string; codeStep: CodeStep }
  | undefined
> => {
  const open = await db
    .selectFrom('sign_in')
    .select(['id', 'state'])
    .where('source_id', '=', sourceId)
    .where('finished_at', 'is', null)
    .executeTakeFirst();
  if (open === undefined) return undefined;
  if (open.state !== 'code-wanted' && open.state !== 'channel-wanted')
    return { reason: 'signing-in' };
  const codeStep = open.state === 'code-wanted' ? 'enter' : 'choose-way';
  return { reason: 'code-needed', codeFor: open.id, codeStep };
};

/**
 * What keeps a sync that only waits for its turn is seen in its login, not in its own row; so is what
 * keeps one that waits for the person to leave the portal, and that would not run when they say so.
 */
const reasonNow = (
  sync: {
    status: string;
    reason: string;
    linked: number;
    held_until: number | null;
    paused_reason: string | null;
    busy: unknown;
  },
  now: number,
): Reason => {
  const waitsForPerson = sync.status === 'queued' && sync.reason === 'session-conflict';
  if (sync.reason !== 'waiting' && !waitsForPerson) return sync.reason as Reason;
  if (sync.status === 'queued' && sync.linked === 0) return 'waiting-for-link';
  if (sync.paused_reason !== null) return 'carrier-paused';
  if ((sync.held_until ?? 0) > now) return 'on-hold';
  if (waitsForPerson) return 'session-conflict';
  return Number(sync.busy) === 1 ? 'source-busy' : 'waiting';
};

/** A wait that is over is none. */
const later = (now: number, at: number): number => (at > now ? at : 0);

/** A card is drawn at each change, and most of its policies are at a few carriers. */
const oncePerCarrier = <T>(ask: (carrierId: string) => Promise<T>) => {
  const asked = new Map<string, Promise<T>>();
  return (carrierId: string): Promise<T> => {
    const answer = asked.get(carrierId) ?? ask(carrierId);
    asked.set(carrierId, answer);
    return answer;
  };
};

const briefsOf = async (db: Database, ids: readonly string[]): Promise<Map<string, PolicyBrief>> =>
  new Map(
    ids.length === 0
      ? []
      : (await briefs(db).where('p.id', 'in', ids).execute()).map((each) => [each.id, each]),
  );

/** Of other logins that might see the policy, only those this person may use; a sync is shared. */
const forPerson = (detail: SyncDetail, usable: readonly { id: string }[]): SyncDetail =>
  detail.otherSources === undefined
    ? detail
    : {
        ...detail,
        otherSources: detail.otherSources.filter((source) =>
          usable.some(({ id }) => id === source.id),
        ),
      };

/** Of what this request waited for at carriers that were paused. */
const endedPauses = async (db: Database, requestId: string): Promise<EndedPause[]> =>
  (
    await db
      .selectFrom('pause_wait as w')
      .innerJoin('carrier_pause as k', 'k.id', 'w.pause_id')
      .innerJoin('carrier as c', 'c.id', 'k.carrier_id')
      .select(['k.id', 'k.reason', 'c.name as carrierName'])
      .where('w.request_id', '=', requestId)
      .orderBy('k.id')
      .execute()
  ).map((row) => ({ ...row, reason: row.reason as PauseReason }));

export const requestView = async (
  store: Store,
  requestId: string,
): Promise<RequestView | undefined> => {
  const { db, clock } = store;
  const request = await db
    .selectFrom('request as r')
    .innerJoin('person as p', 'p.id', 'r.person_id')
    .leftJoin('contact as c', 'c.id', 'r.contact_id')
    .selectAll('r')
    .select(['p.slack_user_id', 'p.name as person_name', 'p.role', 'p.deactivated_at'])
    .select('c.name as contact_name')
    .where('r.id', '=', requestId)
    .executeTakeFirst();
  if (request === undefined || request.slack_user_id === null) return undefined;
  const syncs = await db
    .selectFrom('sync as s')
    .innerJoin('request_sync as rs', 'rs.sync_id', 's.id')
    .innerJoin('login_source as l', 'l.id', 's.source_id')
    .innerJoin('login_link as lk', 'lk.source_id', 'l.id')
    .innerJoin('login_lease as le', 'le.source_id', 'l.id')
    .leftJoin('login_hold as lh', 'lh.source_id', 'l.id')
    .innerJoin('carrier as c', 'c.id', 'l.carrier_id')
    .innerJoin('person as h', 'h.id', 'l.holder_id')
    .leftJoin('carrier_pause as k', (on) =>
      on.onRef('k.carrier_id', '=', 'c.id').on('k.ended_at', 'is', null),
    )
    .leftJoin('person as pauser', 'pauser.id', 'k.paused_by')
    .leftJoin('person as canceller', 'canceller.id', 'rs.cancelled_by')
    .selectAll('s')
    .select([
      'rs.cancelled_at',
      'l.name as source_name',
      'lk.linked',
      'lh.until as held_until',
      'le.not_before as source_not_before',
      'c.paused_until',
      'c.paused_reason',
      'pauser.name as pauser',
      'canceller.name as canceller',
      'h.name as holder_name',
      'h.deactivated_at as holder_left_at',
      'h.slack_user_id as holder_slack_id',
    ])
    .select((of) => [
      of
        .selectFrom('request_sync as others')
        .select(({ fn }) => fn.countAll<number>().as('n'))
        .whereRef('others.sync_id', '=', 's.id')
        .where('others.cancelled_at', 'is', null)
        .as('askers'),
      of
        .exists(
          of
            .selectFrom('sync as running')
            .select('running.id')
            .whereRef('running.source_id', '=', 's.source_id')
            .where('running.status', '=', 'in-progress'),
        )
        .as('busy'),
    ])
    .where('rs.request_id', '=', requestId)
    .orderBy('s.id')
    .execute();

  const actor = {
    id: request.person_id,
    role: request.role as Role,
    active: request.deactivated_at === null,
  };
  const items: ItemView[] = [];
  const paceOf = oncePerCarrier((carrierId) => secondsPerPolicy(db, carrierId));
  const sourcesOf = oncePerCarrier((carrierId) => sourcesAt(store, carrierId, actor.id));
  const policies = await briefsOf(db, [...new Set(syncs.map((sync) => sync.policy_id))]);
  for (const sync of syncs) {
    const policy = policies.get(sync.policy_id);
    if (policy === undefined) throw new Error(`There is no policy of sync ${sync.id}.`);
    const sources = await sourcesOf(policy.carrierId);
    const mine = (action: 'source.use' | 'source.link') =>
      sources.filter((source) =>
        may(actor, action, {
          holds: source.holderId === actor.id,
          shared: source.sharedWithPerson,
        }),
      );
    const usable = mine('source.use').filter(({ id }) => id !== sync.source_id);
    const detail = sync.detail === null ? {} : (JSON.parse(sync.detail) as SyncDetail);
    const waits = sync.status === 'queued' || sync.status === 'needs-link';
    const step = waits && sync.linked === 0 ? await signInStep(db, sync.source_id) : undefined;
    const reason: Reason =
      sync.cancelled_at !== null ? 'cancelled' : (step?.reason ?? reasonNow(sync, clock()));
    const status: SyncStatus =
      sync.cancelled_at !== null || step !== undefined
        ? REASONS[reason].status
        : (sync.status as SyncStatus);
    const held = reason === 'implausible' ? await unconfirmedOfSync(db, sync.id) : undefined;
    items.push({
      syncId: sync.id,
      policy,
      source: {
        id: sync.source_id,
        name: sync.source_name,
        linked: sync.linked === 1,
        holderName: sync.holder_name,
        holderLeft: sync.holder_left_at !== null,
        holderSlackId: sync.holder_slack_id,
        mayLink: mine('source.link').some(({ id }) => id === sync.source_id),
      },
      otherLinked: usable.filter(({ linked }) => linked).map(({ id, name }) => ({ id, name })),
      status,
      reason,
      detail: forPerson(detail, usable),
      notBefore: later(
        clock(),
        Math.max(
          sync.not_before,
          sync.source_not_before,
          sync.held_until ?? 0,
          sync.paused_until ?? 0,
        ),
      ),
      position: status === 'queued' ? await positionOf(db, sync) : 0,
      secondsPerPolicy: await paceOf(policy.carrierId),
      finishedAt: sync.finished_at,
      ...(step?.codeFor === undefined ? {} : { codeFor: step.codeFor, codeStep: step.codeStep }),
      ...(sync.canceller === null ? {} : { cancelledBy: sync.canceller }),
      ...(reason === 'carrier-paused' && sync.paused_reason !== null
        ? {
            pause: {
              reason: sync.paused_reason as PauseReason,
              ...(sync.pauser === null ? {} : { by: sync.pauser }),
            },
          }
        : {}),
      ...(held === undefined ? {} : { held }),
      ...(isEnded(status) && isGuided(reason)
        ? {
            guide: await guideView(db, policy, { detail, endedAt: sync.finished_at ?? 0 }, usable),
          }
        : {}),
      shared: Number(sync.askers) > 1 || sync.run_id !== null,
    });
  }
  return {
    id: request.id,
    version: request.version,
    personSlackId: request.slack_user_id,
    personName: request.person_name,
    asker: actor,
    channel: request.channel,
    threadTs: request.thread_ts,
    channelNote: request.channel_note,
    contact:
      request.contact_id === null || request.contact_name === null
        ? null
        : { id: request.contact_id, name: request.contact_name },
    createdAt: request.created_at,
    linked:
      request.linked_at === null
        ? null
        : { at: request.linked_at, name: request.linked_source ?? 'The login' },
    endedPauses: await endedPauses(db, requestId),
    cases: await caseNotes(db, requestId),
    items,
  };
};
