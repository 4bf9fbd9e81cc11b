import { chunksOf, type Erased } from './plan.ts';
import { withoutMentions } from '#core/policies/erasure.ts';
import type { SyncDetail } from '#core/policies/sync-detail.ts';
import type { Database } from '#database/connection.ts';
import { holds } from '#database/dialect.ts';
import { breathe } from '#shared/clock.ts';
import { sql } from 'kysely';

/** Rows that one step looks through. */
const STEP = 500;

/** Syncs of other policies that name a number of theirs as one that is a slip away. */
export const eraseFromSyncs = async (db: Database, { byNumber }: Erased): Promise<void> => {
  for (let after = ''; ; await breathe()) {
    const { rows } = await sql<{ id: string; detail: string | null }>`
      select id, case when ${holds(sql.ref('detail'), '"closeNumbers"')} then detail end as detail
      from sync where id > ${after} order by id limit ${STEP * 10}`.execute(db);
    for (const { id, detail } of rows) {
      if (detail === null) continue;
      const { closeNumbers = [], ...rest } = JSON.parse(detail) as SyncDetail;
      const others = closeNumbers.filter((number) => !byNumber(number));
      if (others.length === closeNumbers.length) continue;
      await db
        .updateTable('sync')
        .set({ detail: JSON.stringify({ ...rest, closeNumbers: others }) })
        .where('id', '=', id)
        .where('detail', '=', detail)
        .execute();
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < STEP * 10) return;
    after = last.id;
  }
};

/** Meetings with them, and what calendars say of them; an event that may be of others as well stays theirs. */
export const eraseMeetings = async (db: Database, { id, mentions }: Erased): Promise<void> => {
  // Every calendar is looked through before, so that nobody waits for it to write.
  const named = await db
    .selectFrom('calendar_event')
    .select(['person_id', 'key'])
    .where(holds(sql.ref('contacts'), JSON.stringify(id)))
    .execute();
  await db.transaction().execute(async (trx) => {
    const meetings = await trx
      .selectFrom('meeting')
      .select('id')
      .where('contact_id', '=', id)
      .execute();
    const ids = meetings.map((meeting) => meeting.id);
    for (const { person_id, key } of named) {
      const event = await trx
        .selectFrom('calendar_event')
        .select(['title', 'contacts', 'meeting_id'])
        .where('person_id', '=', person_id)
        .where('key', '=', key)
        .executeTakeFirst();
      if (event === undefined) continue;
      const { title, meeting_id } = event;
      const contacts = JSON.parse(event.contacts) as string[];
      if (!contacts.includes(id)) continue;
      const others = contacts.filter((each) => each !== id);
      const isTheirs = others.length === 0 || (meeting_id !== null && ids.includes(meeting_id));
      if (isTheirs)
        await trx
          .deleteFrom('calendar_event')
          .where('person_id', '=', person_id)
          .where('key', '=', key)
          .execute();
      else
        await trx
          .updateTable('calendar_event')
          .set({
            contacts: JSON.stringify(others),
            title: withoutMentions(title, mentions) as string,
          })
          .where('person_id', '=', person_id)
          .where('key', '=', key)
          .execute();
    }
    await trx.deleteFrom('calendar_choice').where('contact_id', '=', id).execute();
    for (const some of chunksOf(ids)) {
      await trx.deleteFrom('meeting_request').where('meeting_id', 'in', some).execute();
      await trx.deleteFrom('meeting').where('id', 'in', some).execute();
    }
  });
};
