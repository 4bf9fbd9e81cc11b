import type { Store } from '#database/store.ts';
import { endConsent } from '#core/logins/store/source-ends.ts';
/**
 * Ends the person's access, open links and consent in one transaction; the login sources that
 * changed by it. Nothing happens to somebody who is deactivated already.
 */
export const deactivate = ({ db, clock }: Store, slackUserId: string): Promise<readonly string[]> =>
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
  });
