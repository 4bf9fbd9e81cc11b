import type { Role } from '#domain/role.ts';
import type { PeopleStore, Person } from '#sync/people.ts';
import type { Database } from './database.ts';

export const peopleStore = (db: Database): PeopleStore => {
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
  };
};
