import { sql } from 'kysely';
import type { Blocked, HomeStore } from '#sync/home.ts';
import type { Database } from './database.ts';

/** How many rows of "cannot work" a Home has room for. */
const MOST_BLOCKED = 12;
const MOST_WITHOUT = 30;

/** Each login with each person who may use it. */
const USABLE = sql`(
  select holder_id as person_id, id as source_id from login_source
  union select person_id, source_id from source_share)`;

const WAITING = sql`(select coalesce(sum(t.n), 0) from report_tally t
  where t.kind = 'blocked' and t.key = l.id and t.carrier_id = l.carrier_id)`;

export const homeStore = (db: Database): HomeStore => ({
  ownSources: async (personId) => {
    const { rows } = await sql<{
      id: string;
      name: string;
      carrierName: string;
      holderId: string;
      holderName: string;
      linked: number;
      linkEndsAt: number | null;
      automatic: number;
      unlinkedReason: string | null;
      heldUntil: number | null;
      carrierPausedUntil: number | null;
      waiting: number;
    }>`select l.id, l.name, c.name as "carrierName", l.holder_id as "holderId",
        h.name as "holderName", l.linked, l.link_ends_at as "linkEndsAt",
        l.automatic_sign_in as automatic, l.unlinked_reason as "unlinkedReason",
        l.held_until as "heldUntil", c.paused_until as "carrierPausedUntil", ${WAITING} as waiting
      from login_source l join carrier c on c.id = l.carrier_id join person h on h.id = l.holder_id
      where l.removed_at is null and (l.holder_id = ${personId}
        or l.id in (select source_id from source_share where person_id = ${personId}))`.execute(db);
    return rows.map(({ linked, automatic, ...row }) => ({
      ...row,
      linked: linked === 1,
      automatic: automatic === 1,
    }));
  },

  askerOf: async (requestId) =>
    (
      await db
        .selectFrom('request as r')
        .innerJoin('person as p', 'p.id', 'r.person_id')
        .select('p.slack_user_id')
        .where('r.id', '=', requestId)
        .executeTakeFirst()
    )?.slack_user_id ?? undefined,

  sourceMarks: async (slackUserIds) => {
    if (slackUserIds.length === 0) return new Map();
    const { rows } = await sql<{ id: string; mark: string }>`select id, group_concat(mark) as mark
      from (select p.slack_user_id as id, l.id || l.linked || coalesce(l.link_ends_at, '')
          || coalesce(l.unlinked_reason, '') as mark
        from person p join ${USABLE} u on u.person_id = p.id
        join login_source l on l.id = u.source_id
        where p.slack_user_id in (${sql.join(slackUserIds)}) and l.removed_at is null
        order by 1, l.id)
      group by id`.execute(db);
    return new Map(rows.map(({ id, mark }) => [id, mark]));
  },

  teamTrouble: async (now) => {
    const { rows } = await sql<{
      person_id: string;
      person: string;
      carrierName: string;
      sources: string;
      waiting: number;
    }>`select p.id as person_id, p.name as person, c.name as "carrierName",
        json_group_array(json_object('name', l.name, 'unlinkedReason', l.unlinked_reason)) as sources,
        sum(${WAITING}) as waiting
      from ${USABLE} u join person p on p.id = u.person_id
      join login_source l on l.id = u.source_id join carrier c on c.id = l.carrier_id
      where p.role = 'advisor' and p.deactivated_at is null and l.removed_at is null
      group by p.id, c.id having max(l.linked) = 0
      order by waiting desc, p.name, c.name`.execute(db);
    const without = await sql<{ name: string }>`select p.name from person p
      where p.role = 'advisor' and p.deactivated_at is null and p.id not in (
        select u.person_id from ${USABLE} u join login_source l on l.id = u.source_id
        where l.removed_at is null)
      order by p.name limit ${MOST_WITHOUT}`.execute(db);
    const paused = await sql<{ name: string; until: number }>`
      select name, paused_until as until from carrier where paused_until > ${now}
      order by name`.execute(db);
    return {
      blocked: rows.slice(0, MOST_BLOCKED).map(({ person, carrierName, sources, waiting }) => ({
        person,
        carrierName,
        sources: JSON.parse(sources) as Blocked['sources'],
        waiting,
      })),
      blockedAdvisors: new Set(rows.map(({ person_id }) => person_id)).size,
      withoutSource: without.rows.map(({ name }) => name),
      pausedCarriers: paused.rows,
    };
  },
});
