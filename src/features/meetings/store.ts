import type { Role } from '#shared/role.ts';
import type { Clock } from '#shared/clock.ts';
import type { Meeting, MeetingStore } from './meeting.ts';
import type { ReachStore } from './reach.ts';
import type { MeetingStepStore } from './steps.ts';
import type { SummaryDeps } from './summary.ts';
import type { Database } from '#database/connection.ts';
import { idMaker } from '#database/ids.ts';
import { signsInByItself } from '#core/logins/store/choices.ts';
import { secondsPerPolicy } from '#core/requests/store/views.ts';

/** Nothing of it is done yet, at its new time. */
const times = (
  to: {
    at: number;
    zone: string;
    warnAt: number;
    refreshAt: number;
    cutoffAt: number;
    warned: boolean;
  },
  now: number,
) => ({
  at: to.at,
  zone: to.zone,
  warn_at: to.warnAt,
  refresh_at: to.refreshAt,
  cutoff_at: to.cutoffAt,
  next_at: to.warned ? to.refreshAt : Math.min(to.warnAt, to.refreshAt),
  warned_at: to.warned ? now : null,
  refreshed_at: null,
  retried_at: null,
  card_at: null,
});

export const meetingStore = (
  db: Database,
  clock: Clock,
): MeetingStore & MeetingStepStore & ReachStore & Pick<SummaryDeps['store'], 'lastSummary'> => {
  const nextId = idMaker(clock);

  const rows = () =>
    db
      .selectFrom('meeting as m')
      .innerJoin('person as p', 'p.id', 'm.person_id')
      .innerJoin('contact as c', 'c.id', 'm.contact_id')
      .selectAll('m')
      .select(['p.name as person', 'p.role', 'p.slack_user_id', 'p.deactivated_at'])
      .select('c.name as contact');
  type Row = Awaited<ReturnType<ReturnType<typeof rows>['execute']>>[number];

  const toMeeting = async (row: Row): Promise<Meeting> => ({
    id: row.id,
    contactId: row.contact_id,
    contactName: row.contact,
    at: row.at,
    zone: row.zone,
    warnAt: row.warn_at,
    refreshAt: row.refresh_at,
    cutoffAt: row.cutoff_at,
    warnedAt: row.warned_at,
    refreshedAt: row.refreshed_at,
    retriedAt: row.retried_at,
    cardAt: row.card_at,
    ended: row.ended_at !== null,
    person: {
      id: row.person_id,
      name: row.person,
      role: row.role as Role,
      active: row.deactivated_at === null,
      slackId: row.slack_user_id,
    },
    requestIds: (
      await db
        .selectFrom('meeting_request')
        .select('request_id')
        .where('meeting_id', '=', row.id)
        .orderBy('request_id')
        .execute()
    ).map(({ request_id }) => request_id),
  });

  const all = async (found: readonly Row[]): Promise<Meeting[]> => {
    const meetings: Meeting[] = [];
    for (const row of found) meetings.push(await toMeeting(row));
    return meetings;
  };

  const standing = (trx: Database, personId: string, contactId: string, at: number) =>
    trx
      .selectFrom('meeting')
      .select('id')
      .where('person_id', '=', personId)
      .where('contact_id', '=', contactId)
      .where('at', '=', at)
      .where('ended_at', 'is', null)
      .executeTakeFirst();

  return {
    addMeeting: (meeting) =>
      db.transaction().execute(async (trx) => {
        const { personId, contactId, at } = meeting;
        const there = await standing(trx, personId, contactId, at);
        if (there !== undefined) return there.id;
        const id = nextId();
        await trx
          .insertInto('meeting')
          .values({
            id,
            person_id: personId,
            contact_id: contactId,
            created_at: clock(),
            ...times(meeting, clock()),
            ended_at: null,
            ended_why: null,
          })
          .execute();
        return id;
      }),

    moveMeeting: (id, to) =>
      db.transaction().execute(async (trx) => {
        const old = await trx
          .selectFrom('meeting')
          .select(['person_id', 'contact_id', 'at'])
          .where('id', '=', id)
          .where('ended_at', 'is', null)
          .executeTakeFirst();
        if (old === undefined) return false;
        if (old.at === to.at) return true;
        if ((await standing(trx, old.person_id, old.contact_id, to.at)) !== undefined) return false;
        await trx.deleteFrom('meeting_request').where('meeting_id', '=', id).execute();
        await trx.updateTable('meeting').set(times(to, clock())).where('id', '=', id).execute();
        return true;
      }),

    meeting: async (id) => {
      const row = await rows().where('m.id', '=', id).executeTakeFirst();
      return row && toMeeting(row);
    },

    meetingsOf: async (personId, limit) =>
      all(
        await rows()
          .where('m.person_id', '=', personId)
          .where('m.ended_at', 'is', null)
          .where('m.at', '>', clock())
          .orderBy('m.at')
          .limit(limit)
          .execute(),
      ),

    endMeeting: async (id, why) => {
      await db
        .updateTable('meeting')
        .set({ ended_at: clock(), ended_why: why })
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        .execute();
    },

    dueMeetings: async (limit) =>
      all(
        await rows()
          .where('m.ended_at', 'is', null)
          .where('m.next_at', '<=', clock())
          .orderBy('m.next_at')
          .limit(limit)
          .execute(),
      ),

    markMeeting: async (id, step) => {
      const column = {
        warned: 'warned_at',
        refreshed: 'refreshed_at',
        retried: 'retried_at',
        card: 'card_at',
      } as const;
      await db
        .updateTable('meeting')
        .set({ [column[step]]: clock() })
        .where('id', '=', id)
        .execute();
    },

    lookAgain: async (id, at) => {
      await db.updateTable('meeting').set({ next_at: at }).where('id', '=', id).execute();
    },

    addMeetingRequest: async (id, requestId) => {
      await db
        .insertInto('meeting_request')
        .values({ meeting_id: id, request_id: requestId })
        .onConflict((on) => on.columns(['meeting_id', 'request_id']).doNothing())
        .execute();
    },

    addMeetingWarning: (name, channel, about) =>
      db.transaction().execute(async (trx) => {
        const id = nextId();
        const { numInsertedOrUpdatedRows } = await trx
          .insertInto('letter')
          .values({
            id,
            kind: 'meeting-link',
            name,
            channel,
            about: JSON.stringify(about),
            created_at: clock(),
          })
          .onConflict((on) => on.columns(['kind', 'name']).doNothing())
          .executeTakeFirst();
        if (numInsertedOrUpdatedRows !== 1n) return undefined;
        // By these a letter is found, and checked off, when one of its logins is linked.
        await trx
          .insertInto('letter_source')
          .values(
            about.items.map(({ sourceId, why, until }) => ({
              letter_id: id,
              source_id: sourceId,
              why,
              until,
            })),
          )
          .execute();
        return id;
      }),

    lastSummary: async ({ id, at }) => {
      const row = await db
        .selectFrom('meeting as now')
        .innerJoin('meeting as m', (on) =>
          on
            .onRef('m.person_id', '=', 'now.person_id')
            .onRef('m.contact_id', '=', 'now.contact_id'),
        )
        .select(({ fn }) => fn.max('m.card_at').as('last'))
        .where('now.id', '=', id)
        .where('m.id', '<>', id)
        .where('m.at', '<', at)
        .executeTakeFirst();
      return row?.last ?? undefined;
    },

    loginFacts: async (sourceId, personId) => {
      const row = await db
        .selectFrom('login_source as l')
        .leftJoin('source_share as s', (on) =>
          on.onRef('s.source_id', '=', 'l.id').on('s.person_id', '=', personId),
        )
        .select(['l.unlinked_reason', 's.person_id as shared'])
        .select(signsInByItself(clock()).as('automatic'))
        .where('l.id', '=', sourceId)
        .executeTakeFirstOrThrow();
      return {
        byItself: row.automatic === 1,
        unlinkedReason: row.unlinked_reason,
        shared: row.shared !== null,
      };
    },

    paceOf: (carrierId) => secondsPerPolicy(db, carrierId),
  };
};
