import { isZone } from '#shared/schedule.ts';
import type { Store } from '#database/store.ts';
import type { SlackApp, SlackDeps } from '#slack/deps.ts';
import type { MeetingDeps } from '../meeting.ts';
import { reachOf, workMinutes } from '../reach.ts';
import { planMeeting } from '../rules.ts';
import { meetingById } from '../store.ts';
import { hasCalendarElsewhere, meetingsElsewhere, moveCalendar, moveZone } from './store.ts';

type Deps = MeetingDeps & { store: Store };

/** A person is in this zone now: so are their calendar and what is planned. */
export const keepZone = async (
  deps: Deps,
  slackId: string,
  zone: string | undefined,
): Promise<void> => {
  if (zone === undefined || !isZone(zone)) return;
  const { store, clock } = deps;
  if (await hasCalendarElsewhere(store, slackId, zone)) await moveCalendar(store, slackId, zone);
  for (const id of await meetingsElsewhere(store, slackId, zone)) {
    const meeting = await meetingById(store, id);
    if (meeting === undefined) continue;
    const { at, person, contactId, refreshedAt } = meeting;
    const work = async () => workMinutes(store, await reachOf(deps, person, contactId));
    const plan =
      refreshedAt === null ? planMeeting({ at, zone }, clock(), await work()) : undefined;
    await moveZone(store, { id, at }, zone, plan);
  }
};

/** Slack's word of a change may be lost; each day it lists all accounts. */
export const watchZones = (_app: SlackApp, deps: SlackDeps): void =>
  deps.members.watch(async (slackId, { tz }) => {
    try {
      await keepZone(deps, slackId, tz);
    } catch (error) {
      deps.log(`the time zone of ${slackId} is read again with the next list of accounts`, error);
    }
  });
