import type { Database } from '#database/connection.ts';
import { caseSubject } from '#shared/subject.ts';

/** Takes support cases away with all that people wrote in them, and what Slack was sent of them. */
export const takeCases = async (trx: Database, ids: readonly string[]): Promise<void> => {
  if (ids.length === 0) return;
  await trx.deleteFrom('support_reply').where('case_id', 'in', ids).execute();
  await trx.deleteFrom('subject_message').where('subject_id', 'in', ids.map(caseSubject)).execute();
  await trx.deleteFrom('support_case').where('id', 'in', ids).execute();
};
