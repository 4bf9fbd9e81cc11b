import type { Store } from '#database/store.ts';
import type { MeetingPlan } from '../rules.ts';

/** Whether their calendar goes by another zone: most have none, and nothing is written then. */
export const hasCalendarElsewhere = async (
  { db }: Store,
  slackId: string,
  zone: string,
): Promise<boolean> => {
  const found = await db
    .selectFrom('person as p')
    .innerJoin('calendar as c', 'c.person_id', 'p.id')
    .select('p.id')
    .where('p.slack_user_id', '=', slackId)
    .where('c.zone', '<>', zone)
    .executeTakeFirst();
  return found !== undefined;
};

/** Their calendar is read anew at once: an hour without a zone is another instant now. */
export const moveCalendar = async ({ db, clock }: Store, slackId: string, zone: string) => {
  await db
    .updateTable('calendar')
    .set({ zone, next_at: clock() })
    .where('zone', '<>', zone)
    .where('person_id', 'in', (of) =>
      of.selectFrom('person').select('id').where('slack_user_id', '=', slackId),
    )
    .execute();
};

/** What they will be ready for, by another zone's clock. */
export const meetingsElsewhere = async (
  { db, clock }: Store,
  slackId: string,
  zone: string,
): Promise<string[]> =>
  (
    await db
      .selectFrom('meeting as m')
      .innerJoin('person as p', 'p.id', 'm.person_id')
      .select('m.id')
      .where('p.slack_user_id', '=', slackId)
      .where('m.ended_at', 'is', null)
      .where('m.at', '>', clock())
      .where('m.zone', '<>', zone)
      .execute()
  ).map(({ id }) => id);

/**
 * `plan`: of what is not begun yet, whose evening and morning are others there. One that was moved or
 * begun since it was read goes by the plan it has, until its zone is looked at again.
 */
export const moveZone = async (
  { db, clock }: Store,
  { id, at }: { id: string; at: number },
  zone: string,
  plan: MeetingPlan | undefined,
) => {
  let found = db.updateTable('meeting').where('id', '=', id).where('at', '=', at);
  if (plan !== undefined) found = found.where('refreshed_at', 'is', null);
  await found
    .set({
      zone,
      ...(plan === undefined
        ? {}
        : {
            warn_at: plan.warnAt,
            refresh_at: plan.refreshAt,
            cutoff_at: plan.cutoffAt,
            // Looked at now, it says itself what is next.
            next_at: clock(),
          }),
    })
    .execute();
};
