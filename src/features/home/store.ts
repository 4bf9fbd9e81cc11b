import type { Store } from '#database/store.ts';
import type { Scope } from '#core/policies/policies.ts';
import { sql } from 'kysely';
import type { CarrierPause } from '#core/requests/view.ts';
import type { Database } from '#database/connection.ts';
import { listOf } from '#database/dialect.ts';
import { signsInByItself } from '#core/logins/store/consent.ts';
import { isOwn } from '#core/logins/store/login-sources.ts';
import { ROLES, rolesThatMay } from '#shared/access.ts';
import type { LinkState } from '#core/logins/standing.ts';
import {
  pauseOf,
  type PausedCarrier,
  PAUSED_BY,
  pausedCarriers,
} from '#core/sessions/store/paused-carriers.ts';

/** An advisor and a carrier that none of their logins reaches now. */
export interface Blocked {
  person: string;
  carrierName: string;
  sources: { name: string; unlinkedReason: string | null }[];
  waiting: number;
}

/** A login source as its holder's Home has it. */
export interface OwnSource extends LinkState {
  id: string;
  name: string;
  carrierName: string;
  holderId: string;
  holderName: string;
  holderLeft?: boolean;
  unlinkedReason: string | null;
  /** Somebody is in the portal until then, epoch ms. */
  heldUntil: number | null;
  carrierPause: CarrierPause | null;
  /** Policies of what the person sees whose newest sync waits for the link of this login. */
  waiting: number;
}

export interface TeamTrouble {
  /** The worst first; `blockedAdvisors` counts all of them. */
  blocked: Blocked[];
  blockedAdvisors: number;
  withoutSource: string[];
  pausedCarriers: PausedCarrier[];
}

/** How many rows of "cannot work" a Home has room for. */
const MOST_BLOCKED = 12;
const MOST_WITHOUT = 30;

/** Person `p` works through logins of their own, and of no one else's. */
const NEEDS_OWN = sql`p.deactivated_at is null and p.role in (${sql.join(
  ROLES.filter((role) => !rolesThatMay('source.use').includes(role)),
)})`;

const WAITING = sql`(select coalesce(sum(t.n), 0) from report_tally t
  where t.kind = 'blocked' and t.key = l.id and t.carrier_id = l.carrier_id)`;
/** Sources a person holds or that are shared with them, not removed; `waiting` is of the scope. */
export const ownSources = async (
  { db, clock }: Store,
  personId: string,
  scope: Scope,
): Promise<OwnSource[]> => {
  const waiting =
    scope.kind === 'all'
      ? WAITING
      : sql`(select count(*) from policy_report r where r.blocked_source_id = l.id
            and r.contact_id in (select contact_id from book where person_id = ${scope.personId}))`;
  const { rows } = await sql<{
    id: string;
    name: string;
    carrierName: string;
    holderId: string;
    holderName: string;
    holderLeft: number;
    linked: number;
    linkEndsAt: number | null;
    automatic: number;
    unlinkedReason: string | null;
    heldUntil: number | null;
    pausedReason: string | null;
    pausedBy: string | null;
    waiting: number;
  }>`select l.id, l.name, c.name as "carrierName", l.holder_id as "holderId",
        h.name as "holderName",
        case when h.deactivated_at is null then 0 else 1 end as "holderLeft", k.linked, k.ends_at as "linkEndsAt",
        ${signsInByItself(clock())} as automatic, k.unlinked_reason as "unlinkedReason",
        o.until as "heldUntil", c.paused_reason as "pausedReason",
        ${PAUSED_BY} as "pausedBy", ${waiting} as waiting
      from person p join login_source l on ${isOwn(sql`p.id`)} join carrier c on c.id = l.carrier_id
      join login_link k on k.source_id = l.id
      left join login_hold o on o.source_id = l.id
      join person h on h.id = l.holder_id
      where p.id = ${personId}`.execute(db);
  return rows.map(({ linked, automatic, holderLeft, pausedReason, pausedBy, ...row }) => ({
    ...row,
    holderLeft: holderLeft === 1,
    carrierPause: pausedReason === null ? null : pauseOf(pausedReason, pausedBy),
    linked: linked === 1,
    automatic: automatic === 1,
  }));
};

/** The Slack account of who made this request. */
export const askerOf = async ({ db }: Store, requestId: string): Promise<string | undefined> =>
  (
    await db
      .selectFrom('request as r')
      .innerJoin('person as p', 'p.id', 'r.person_id')
      .select('p.slack_user_id')
      .where('r.id', '=', requestId)
      .executeTakeFirst()
  )?.slack_user_id ?? undefined;

/**
 * Slack accounts whose access ended since then, epoch ms, and who may still look at their Home; `at`
 * tells one end from another.
 */
export const leftSince = ({ db }: Store, since: number) =>
  db
    .selectFrom('person')
    .select((of) => [
      of.ref('slack_user_id').$notNull().as('userId'),
      of.ref('deactivated_at').$notNull().as('at'),
    ])
    .where('deactivated_at', '>', since)
    .where('slack_user_id', 'is not', null)
    .where((is) =>
      is.or([is('slack_standing', 'is', null), is('slack_standing', 'in', ['member', 'guest'])]),
    )
    .orderBy('deactivated_at')
    .execute();

/** For each of these Slack accounts, what changes when one of their login sources does. */
export const sourceMarks = async (
  { db, clock }: Store,
  slackUserIds: readonly string[],
): Promise<Map<string, string>> => {
  if (slackUserIds.length === 0) return new Map();
  const { rows } = await sql<{ id: string; mark: string }>`select id, ${listOf(sql`mark`)} as mark
      from (select p.slack_user_id as id, l.id || k.linked || coalesce(cast(k.ends_at as text), '')
          || coalesce(k.unlinked_reason, '')
          || case when o.until > ${clock()} then cast(o.until as text) else '' end as mark
        from person p join login_source l on ${isOwn(sql`p.id`)}
        join login_link k on k.source_id = l.id
        left join login_hold o on o.source_id = l.id
        where p.slack_user_id in (${sql.join(slackUserIds)})
        order by 1, l.id) marked
      group by id`.execute(db);
  return new Map(rows.map(({ id, mark }) => [id, mark]));
};

export const teamTrouble = async ({ db }: Store): Promise<TeamTrouble> => {
  const { rows } = await sql<{
    person_id: string;
    carrier_id: string;
    waiting: number;
  }>`select p.id as person_id, l.carrier_id, sum(coalesce(w.n, 0)) as waiting
      from person p join login_source l on ${isOwn(sql`p.id`)}
      join login_link k on k.source_id = l.id
      left join (select key, sum(n) as n from report_tally where kind = 'blocked' group by key) w
        on w.key = l.id
      where ${NEEDS_OWN}
      group by p.id, l.carrier_id having max(k.linked) = 0
      order by waiting desc, p.name, l.carrier_id`.execute(db);
  const without = await sql<{ name: string }>`select p.name from person p
      where ${NEEDS_OWN} and not exists (select 1 from login_source l where ${isOwn(sql`p.id`)})
      order by p.name limit ${MOST_WITHOUT}`.execute(db);
  const blocked: Blocked[] = [];
  for (const { person_id, carrier_id, waiting } of rows.slice(0, MOST_BLOCKED))
    blocked.push({ ...(await whoAndWhy(db, person_id, carrier_id)), waiting });
  return {
    blocked,
    blockedAdvisors: new Set(rows.map(({ person_id }) => person_id)).size,
    withoutSource: without.rows.map(({ name }) => name),
    pausedCarriers: await pausedCarriers(db, sql`true`),
  };
};

const whoAndWhy = async (
  db: Database,
  personId: string,
  carrierId: string,
): Promise<Omit<Blocked, 'waiting'>> => {
  const { rows } = await sql<{
    person: string;
    carrierName: string;
    name: string;
    unlinkedReason: string | null;
  }>`select p.name as person, c.name as "carrierName", l.name,
      k.unlinked_reason as "unlinkedReason"
    from person p join login_source l on ${isOwn(sql`p.id`)}
    join login_link k on k.source_id = l.id join carrier c on c.id = l.carrier_id
    where p.id = ${personId} and l.carrier_id = ${carrierId} order by l.name`.execute(db);
  const [first] = rows;
  return {
    person: first?.person ?? '',
    carrierName: first?.carrierName ?? '',
    sources: rows.map(({ name, unlinkedReason }) => ({ name, unlinkedReason })),
  };
};

/** What a Home is to show, by the Slack account it is of. `state` as the view carries it; `at`: epoch ms. */
export interface Wish {
  userId: string;
  state: string;
  at: number;
}

/** The newest of a person stands. */
export const keepWish = async ({ db }: Store, { userId, state, at }: Wish): Promise<void> => {
  await db
    .insertInto('home_wish')
    .values({ slack_user_id: userId, state, at })
    .onConflict((on) =>
      on.column('slack_user_id').doUpdateSet({ state, at }).where('home_wish.at', '<', at),
    )
    .execute();
};

/** Slack shows what this person asked for then. */
export const endWish = async ({ db }: Store, userId: string, at: number): Promise<void> => {
  await db
    .deleteFrom('home_wish')
    .where('slack_user_id', '=', userId)
    .where('at', '<=', at)
    .execute();
};

/** Those from then on, oldest first; older ones go. */
export const keptWishes = async ({ db }: Store, since: number): Promise<Wish[]> => {
  const all = await db
    .selectFrom('home_wish')
    .select(['slack_user_id as userId', 'state', 'at'])
    .orderBy('at')
    .execute();
  if (all.some(({ at }) => at < since))
    await db.deleteFrom('home_wish').where('at', '<', since).execute();
  return all.filter(({ at }) => at >= since);
};
