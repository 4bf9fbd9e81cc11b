import { sql } from 'kysely';
import type { Store } from '#database/store.ts';
import type { Person, Role } from '#shared/access.ts';
import type { Known } from '../rules.ts';
import { DAY } from '#shared/clock.ts';

/** `planned` may also be what its person has cancelled since. */
export type EventState = 'sure' | 'doubt' | 'asked' | 'nobody' | 'planned' | 'moved' | 'gone';

export interface CalendarEvent {
  personId: string;
  key: string;
  series: string;
  /** Epoch ms */
  at: number;
  title: string;
  contacts: readonly string[];
  state: EventState;
  meetingId: string | null;
}

/** The contacts of a person's own book. */
export const bookOf = ({ db }: Store, personId: string): Promise<Known[]> =>
  db
    .selectFrom('book as b')
    .innerJoin('contact as c', 'c.id', 'b.contact_id')
    .select(['c.id', 'c.name', 'c.email', 'c.kind'])
    .where('b.person_id', '=', personId)
    .execute();

export const choicesOf = async (
  { db }: Store,
  personId: string,
): Promise<Map<string, string | null>> =>
  new Map(
    (
      await db
        .selectFrom('calendar_choice')
        .select(['series', 'contact_id'])
        .where('person_id', '=', personId)
        .execute()
    ).map(({ series, contact_id }) => [series, contact_id]),
  );

/** Of an event that names somebody, as it was read. */
export interface ReadEvent {
  key: string;
  series: string;
  at: number;
  title: string;
  contacts: readonly string[];
  kind: 'sure' | 'doubt';
}

/** So that what comes once a year is not asked about again. */
const CHOICE_MS = 400 * DAY;

const toEvent = (row: {
  person_id: string;
  key: string;
  series: string;
  at: number;
  title: string;
  contacts: string;
  state: string;
  meeting_id: string | null;
}): CalendarEvent => ({
  personId: row.person_id,
  key: row.key,
  series: row.series,
  at: row.at,
  title: row.title,
  contacts: JSON.parse(row.contacts) as string[],
  state: row.state as EventState,
  meetingId: row.meeting_id,
});

/** What to do of an event that was known, now that it was read again. */
const stateAfter = (old: CalendarEvent, read: ReadEvent): EventState => {
  const sameWhom = JSON.stringify(old.contacts) === JSON.stringify(read.contacts);
  if (old.state === 'gone') return old.meetingId === null ? read.kind : 'moved';
  if (old.state === 'nobody' || old.state === 'asked') return sameWhom ? old.state : read.kind;
  if (old.meetingId === null) return read.kind;
  return old.at === read.at ? old.state : 'moved';
};

/**
 * Makes what is kept equal to what was read: new, moved, or gone. Nothing of a calendar that was removed, or
 * given anew, while it was read: `addedAt` is when that one was given.
 */
export const keepEvents = (
  { db, clock }: Store,
  personId: string,
  read: readonly ReadEvent[],
  addedAt?: number,
) =>
  db.transaction().execute(async (trx) => {
    const now = clock();
    if (addedAt !== undefined) {
      // Written, so that whoever removes it comes before this or after.
      const { numUpdatedRows } = await trx
        .updateTable('calendar')
        .set({ added_at: addedAt })
        .where('person_id', '=', personId)
        .where('added_at', '=', addedAt)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return;
    }
    const kept = new Map(
      (
        await trx
          .selectFrom('calendar_event')
          .selectAll()
          .where('person_id', '=', personId)
          .execute()
      ).map((row) => [row.key, toEvent(row)]),
    );
    for (const event of read) {
      const { key, series, at, title } = event;
      const old = kept.get(key);
      kept.delete(key);
      const row = {
        series,
        at,
        title,
        contacts: JSON.stringify(event.contacts),
        state: old === undefined ? event.kind : stateAfter(old, event),
      };
      await trx
        .insertInto('calendar_event')
        .values({ person_id: personId, key, ...row, meeting_id: null })
        .onConflict((on) => on.columns(['person_id', 'key']).doUpdateSet(row))
        .execute();
    }
    const left = [...kept.values()];
    for (const { key } of left.filter(({ at }) => at > now))
      await trx
        .updateTable('calendar_event')
        .set({ state: 'gone' })
        .where('person_id', '=', personId)
        .where('key', '=', key)
        .execute();
    // What is over and still to be cancelled is so by the bot; the rest is history.
    await trx
      .deleteFrom('calendar_event')
      .where('person_id', '=', personId)
      .where('at', '<=', now)
      .where('state', '<>', 'gone')
      .execute();
    await trx
      .updateTable('calendar')
      .set({ read_at: now, failures: 0, problem: null, told_at: null })
      .where('person_id', '=', personId)
      .execute();
  });

export interface EventToDo extends CalendarEvent {
  zone: string;
  person: Person & { slackId: string | null };
}

/** What waits for the bot: to plan, to ask, to move, to cancel. */
export const eventsToDo = async (
  { db, clock }: Store,
  fallbackZone: string,
  limit: number,
): Promise<EventToDo[]> =>
  (
    await db
      .selectFrom('calendar_event as e')
      .innerJoin('person as p', 'p.id', 'e.person_id')
      .leftJoin('calendar as k', 'k.person_id', 'e.person_id')
      .selectAll('e')
      .select(['p.name', 'p.role', 'p.slack_user_id', 'p.deactivated_at', 'k.zone'])
      .where('e.state', 'in', ['sure', 'doubt', 'moved', 'gone'])
      // What has begun is prepared no more; the next reading forgets it.
      .where((on) => on.or([on('e.state', '=', 'gone'), on('e.at', '>', clock())]))
      .orderBy('e.person_id')
      .orderBy('e.at')
      .limit(limit)
      .execute()
  ).map((row) => ({
    ...toEvent(row),
    zone: row.zone ?? fallbackZone,
    person: {
      id: row.person_id,
      name: row.name,
      role: row.role as Role,
      active: row.deactivated_at === null,
      slackId: row.slack_user_id,
    },
  }));

export const eventOf = async (
  { db }: Store,
  personId: string,
  key: string,
): Promise<CalendarEvent | undefined> => {
  const row = await db
    .selectFrom('calendar_event')
    .selectAll()
    .where('person_id', '=', personId)
    .where('key', '=', key)
    .executeTakeFirst();
  return row && toEvent(row);
};

/**
 * What was done of an event as it was looked at. Where its calendar was read meanwhile and has it at
 * another time, the meeting is to follow.
 */
export const settleEvent = async (
  { db }: Store,
  { personId, key, at }: Pick<CalendarEvent, 'personId' | 'key' | 'at'>,
  { state, meetingId }: { state: EventState; meetingId?: string },
) => {
  const found = db
    .updateTable('calendar_event')
    .where('person_id', '=', personId)
    .where('key', '=', key);
  const meeting = meetingId === undefined ? {} : { meeting_id: meetingId };
  const { numUpdatedRows } = await found
    .set({ ...meeting, state })
    .where('at', '=', at)
    .where('state', '<>', 'gone')
    .executeTakeFirst();
  if (numUpdatedRows > 0n || meetingId === undefined) return;
  await found
    .set({
      ...meeting,
      state: sql<string>`case when state = ${'gone' satisfies EventState} then state else ${'moved' satisfies EventState} end`,
    })
    .execute();
};

export const forgetEvent = async (
  { db }: Store,
  { personId, key }: Pick<CalendarEvent, 'personId' | 'key'>,
) => {
  await db
    .deleteFrom('calendar_event')
    .where('person_id', '=', personId)
    .where('key', '=', key)
    .execute();
};

/** Whom this event and all of its series mean; null: nobody. Told of every time that is known. */
export const chooseContact = (
  { db, clock }: Store,
  { personId, series }: Pick<CalendarEvent, 'personId' | 'series'>,
  contactId: string | null,
) =>
  db.transaction().execute(async (trx) => {
    const choice = { contact_id: contactId, at: clock() };
    await trx
      .insertInto('calendar_choice')
      .values({ person_id: personId, series, ...choice })
      .onConflict((on) => on.columns(['person_id', 'series']).doUpdateSet(choice))
      .execute();
    await trx
      .updateTable('calendar_event')
      .set(
        contactId === null
          ? { state: 'nobody' }
          : { state: 'sure', contacts: JSON.stringify([contactId]) },
      )
      .where('person_id', '=', personId)
      .where('series', '=', series)
      .where('state', 'in', ['doubt', 'asked'])
      .execute();
  });

/** Of each meeting that a calendar has planned, the title it stands under there. */
export const titlesOf = async ({ db }: Store, personId: string): Promise<Map<string, string>> =>
  new Map(
    (
      await db
        .selectFrom('calendar_event')
        .select(['meeting_id', 'title'])
        .where('person_id', '=', personId)
        .where('meeting_id', 'is not', null)
        .execute()
    ).map(({ meeting_id, title }) => [meeting_id ?? '', title]),
  );

/** Forgets whom events mean a good year after it was said. */
export const forgetChoices = async ({ db }: Store, now: number): Promise<void> => {
  await db
    .deleteFrom('calendar_choice')
    .where('at', '<', now - CHOICE_MS)
    .execute();
};

/** Forgets events that were over before `before`: of a calendar that can be read, its reading did. */
export const forgetOver = async ({ db }: Store, before: number): Promise<void> => {
  await db
    .deleteFrom('calendar_event')
    .where('at', '<', before)
    .where('state', '<>', 'gone')
    .execute();
};
