import type { Role } from '#shared/role.ts';
import type { Clock } from '#shared/clock.ts';
import type { PeopleStore } from '../people.ts';
import type { Database } from '#database/connection.ts';
import { endConsent } from '#core/logins/store/source-ends.ts';
import type { Person } from '#shared/access.ts';

export const peopleStore = (db: Database, clock: Clock): PeopleStore => {
  const personOnSlack = async (slackUserId: string): Promise<Person | undefined> => {
    const row = await db
      .selectFrom('person')
      .select(['id', 'name', 'role', 'deactivated_at'])
      .where('slack_user_id', '=', slackUserId)
      .executeTakeFirst();
    return (
      row && {
        id: row.id,
        name: row.name,
        role: row.role as Role,
        active: row.deactivated_at === null,
      }
    );
  };
  return {
    personOnSlack,
    bindByEmail: async (email, slackUserId) => {
      await db
        .updateTable('person')
        .set({ slack_user_id: slackUserId })
        .where('email', '=', email.toLowerCase())
        .where('slack_user_id', 'is', null)
        .execute();
      return personOnSlack(slackUserId);
    },

    deactivate: (slackUserId) =>
      db.transaction().execute(async (trx) => {
        const now = clock();
        const person = await trx
          .updateTable('person')
          .set({ deactivated_at: now })
          .where('slack_user_id', '=', slackUserId)
          .where('deactivated_at', 'is', null)
          .returning('id')
          .executeTakeFirst();
        if (person === undefined) return [];
        await trx
          .updateTable('link')
          .set({ finished_at: now, ended_reason: 'stopped' })
          .where('person_id', '=', person.id)
          .where('finished_at', 'is', null)
          .execute();
        await trx.deleteFrom('remembered_browser').where('person_id', '=', person.id).execute();
        return endConsent(trx, person.id, now);
      }),
  };
};
