import { sql } from 'kysely';
import { eachOf } from '#database/dialect.ts';
import { oldRows, type Looked, type OldStep } from '#database/old-rows.ts';
import type { Store } from '#database/store.ts';
import type { MeetingPlan, MeetingSteps } from './rules.ts';
import type { Database } from '#database/connection.ts';
import { nextId } from '#database/ids.ts';
import { signsInByItself } from '#core/logins/store/consent.ts';
import type { Person, Role } from '#shared/access.ts';
import type { LinkItem } from '#features/notifications/notification.ts';

/** A login of a meeting's warning. */
export interface MeetingLogin extends LinkItem {
  mayLink: boolean;
  holderName: string;
  /** As the warning was made. */
  holderLeft?: boolean;
}

/** What is told the evening before. */
export interface MeetingWarning {
  meetingId: string;
  contactName: string;
  at: number;
  zone: string;
  refreshAt: number;
  items: readonly MeetingLogin[];
}

/** A contact to be refreshed before a person meets them. Times are epoch ms. */
export interface Meeting extends MeetingSteps {
  id: string;
  contactId: string;
  contactName: string;
  /** IANA zone of the person. */
  zone: string;
  requestIds: readonly string[];
  person: Person & { slackId: string | null };
  ended: boolean;
}

export interface NewMeeting extends MeetingPlan {
  personId: string;
  contactId: string;
  at: number;
  zone: string;
  /** The person was shown the logins to link when they made it: no evening is left to tell of them. */
  warned: boolean;
}

export type MeetingEnd = 'over' | 'cancelled' | 'no-access';

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

const rows = ({ db }: Store) =>
  db
    .selectFrom('meeting as m')
    .innerJoin('person as p', 'p.id', 'm.person_id')
    .innerJoin('contact as c', 'c.id', 'm.contact_id')
    .selectAll('m')
    .select(['p.name as person', 'p.role', 'p.slack_user_id', 'p.deactivated_at'])
    .select('c.name as contact');

type Row = Awaited<ReturnType<ReturnType<typeof rows>['execute']>>[number];

const toMeeting = async ({ db }: Store, row: Row): Promise<Meeting> => ({
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

const all = async (store: Store, found: readonly Row[]): Promise<Meeting[]> => {
  const meetings: Meeting[] = [];
  for (const row of found) meetings.push(await toMeeting(store, row));
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

/** The same time with the same contact again is the same meeting. */
export const addMeeting = ({ db, clock }: Store, meeting: NewMeeting): Promise<string> =>
  db.transaction().execute(async (trx) => {
    const { personId, contactId, at } = meeting;
    const there = await standing(trx, personId, contactId, at);
    if (there !== undefined) return there.id;
    const id = nextId(clock);
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
  });

/** Begins anew for another time; false when it has ended, or that one stands already. */
export const moveMeeting = (
  { db, clock }: Store,
  id: string,
  to: MeetingPlan & { at: number; zone: string; warned: boolean },
) =>
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
  });

export const meetingById = async (store: Store, id: string): Promise<Meeting | undefined> => {
  const row = await rows(store).where('m.id', '=', id).executeTakeFirst();
  return row && toMeeting(store, row);
};

/** Not over yet, the next one first. */
export const meetingsOf = async (
  store: Store,
  personId: string,
  limit: number,
): Promise<readonly Meeting[]> =>
  all(
    store,
    await rows(store)
      .where('m.person_id', '=', personId)
      .where('m.ended_at', 'is', null)
      .where('m.at', '>', store.clock())
      .orderBy('m.at')
      .limit(limit)
      .execute(),
  );

/** A meeting at the time that a step knows it by: once it is moved, what was done was for another one. */
type AtItsTime = Pick<Meeting, 'id' | 'at'>;

const asKnown = ({ db }: Store, { id, at }: AtItsTime) =>
  db.updateTable('meeting').where('id', '=', id).where('at', '=', at);

/** Whoever cancels it, or may not have it, means any time. */
export const endMeeting = async (store: Store, meeting: AtItsTime, why: MeetingEnd) => {
  const found =
    why === 'over'
      ? asKnown(store, meeting)
      : store.db.updateTable('meeting').where('id', '=', meeting.id);
  await found
    .set({ ended_at: store.clock(), ended_why: why })
    .where('ended_at', 'is', null)
    .execute();
};

export const dueMeetings = async (store: Store, limit: number): Promise<readonly Meeting[]> =>
  all(
    store,
    await rows(store)
      .where('m.ended_at', 'is', null)
      .where('m.next_at', '<=', store.clock())
      .orderBy('m.next_at')
      .limit(limit)
      .execute(),
  );

/** Marks the step as done now. */
export const markMeeting = async (
  store: Store,
  meeting: AtItsTime,
  step: 'warned' | 'refreshed' | 'retried' | 'card',
) => {
  const column = {
    warned: 'warned_at',
    refreshed: 'refreshed_at',
    retried: 'retried_at',
    card: 'card_at',
  } as const;
  await asKnown(store, meeting)
    .set({ [column[step]]: store.clock() })
    .execute();
};

export const lookAgain = async (store: Store, meeting: AtItsTime, next: number): Promise<void> => {
  await asKnown(store, meeting).set({ next_at: next }).execute();
};

export const addMeetingRequest = async (
  { db }: Store,
  { id, at }: AtItsTime,
  requestId: string,
): Promise<void> => {
  await db
    .insertInto('meeting_request')
    .columns(['meeting_id', 'request_id'])
    .expression((of) =>
      of
        .selectFrom('meeting')
        .select(['id', of.val(requestId).as('request_id')])
        .where('id', '=', id)
        .where('at', '=', at),
    )
    .onConflict((on) => on.columns(['meeting_id', 'request_id']).doNothing())
    .execute();
};

/** When this person last got a summary of this contact before. */
export const lastSummary = async (
  { db }: Store,
  { id, at }: Pick<Meeting, 'id' | 'at'>,
): Promise<number | undefined> => {
  const row = await db
    .selectFrom('meeting as now')
    .innerJoin('meeting as m', (on) =>
      on.onRef('m.person_id', '=', 'now.person_id').onRef('m.contact_id', '=', 'now.contact_id'),
    )
    .select(({ fn }) => fn.max('m.card_at').as('last'))
    .where('now.id', '=', id)
    .where('m.id', '<>', id)
    .where('m.at', '<', at)
    .executeTakeFirst();
  return row?.last ?? undefined;
};

export const loginFacts = async (
  { db, clock }: Store,
  sourceId: string,
  personId: string,
): Promise<{ byItself: boolean; unlinkedReason: string | null; shared: boolean }> => {
  const row = await db
    .selectFrom('login_source as l')
    .innerJoin('login_link as k', 'k.source_id', 'l.id')
    .leftJoin('source_share as s', (on) =>
      on.onRef('s.source_id', '=', 'l.id').on('s.person_id', '=', personId),
    )
    .select(['k.unlinked_reason', 's.person_id as shared'])
    .select(signsInByItself(clock()).as('automatic'))
    .where('l.id', '=', sourceId)
    .executeTakeFirstOrThrow();
  return {
    byItself: row.automatic === 1,
    unlinkedReason: row.unlinked_reason,
    shared: row.shared !== null,
  };
};

/** Deletes meetings that ended before, and what was asked for them. */
export const forgetMeetings = ({ db }: Store, step: OldStep): Promise<Looked> =>
  db.transaction().execute(async (trx) => {
    const { old, last } = await oldRows(trx, 'meeting', step);
    const ended = sql`(select id from meeting
      where id in (select value from ${eachOf(old)} o) and ended_at < ${step.before})`;
    await sql`delete from meeting_request where meeting_id in ${ended}`.execute(trx);
    await sql`delete from meeting where id in ${ended}`.execute(trx);
    return { last };
  });
