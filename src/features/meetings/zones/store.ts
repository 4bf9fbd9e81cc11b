import type { Store } from '#database/store.ts';
import type { MeetingPlan } from '../rules.ts';

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

/** `plan`: of what is not begun yet, whose evening and morning are others there. */
export const moveZone = async (
  { db, clock }: Store,
  id: string,
  zone: string,
  plan: MeetingPlan | undefined,
) => {
  await db
    .updateTable('meeting')
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
    .where('id', '=', id)
    .execute();
};
