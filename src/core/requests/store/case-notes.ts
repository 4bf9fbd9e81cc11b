import type { Database } from '#database/connection.ts';
import type { CaseNote } from '../view.ts';

/** What the thread of a request shows of the cases that came from it. */
export const caseNotes = async (db: Database, requestId: string): Promise<CaseNote[]> => {
  const cases = await db
    .selectFrom('support_case as c')
    .innerJoin('person as p', 'p.id', 'c.asked_by')
    .leftJoin('person as closer', 'closer.id', 'c.closed_by')
    .select([
      'c.id',
      'c.number',
      'c.sync_id as syncId',
      'p.name as askedBy',
      'p.slack_user_id as askerSlackId',
      'closer.name as closedBy',
    ])
    .where('c.request_id', '=', requestId)
    .orderBy('c.id')
    .execute();
  if (cases.length === 0) return [];
  const replies = await db
    .selectFrom('support_reply as r')
    .innerJoin('person as p', 'p.id', 'r.person_id')
    .innerJoin('support_case as c', 'c.id', 'r.case_id')
    .select(['r.id', 'r.case_id', 'r.text', 'p.name as by'])
    .select((of) => of('r.person_id', '=', of.ref('c.asked_by')).as('byAsker'))
    .where(
      'r.case_id',
      'in',
      cases.map(({ id }) => id),
    )
    .orderBy('r.id')
    .execute();
  return cases.map((each) => ({
    ...each,
    replies: replies
      .filter(({ case_id }) => case_id === each.id)
      .map(({ id, by, text, byAsker }) => ({ id, by, text, byAsker: Number(byAsker) === 1 })),
  }));
};
