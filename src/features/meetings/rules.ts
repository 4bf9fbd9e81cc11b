import { instantOf, wallClock } from '#shared/schedule.ts';
import { DAY, HOUR, MINUTE } from '#shared/clock.ts';

/** When a meeting's steps are due, epoch ms. All are pure: a restart or a downtime changes none. */
export interface MeetingPlan {
  /** The evening before, when the person is told of logins to link. */
  warnAt: number;
  refreshAt: number;
  /** The summary comes no later than this, whatever is still missing. */
  cutoffAt: number;
}

/** Carriers post the values of a day in the night; earlier than this they may be yesterday's. */
const MORNING = '05:00';
const EVENING = '18:00';
/** Time for a person to link what turns out to need it, and for carriers that are down to come back. */
const LEAST_LEAD = 3 * HOUR;
const MOST_LEAD = 8 * HOUR;
/** Before the meeting, to read the summary in. */
const READING = 30 * MINUTE;

/**
 * `workMinutes`: what the refresh takes by itself at the pace of its logins. It begins on the day of
 * the meeting, early enough for twice that and for retries; of a meeting so early that its morning is
 * too short, it begins in the hours before.
 */
export const planMeeting = (
  { at, zone }: { at: number; zone: string },
  now: number,
  workMinutes: number,
): MeetingPlan => {
  const { day } = wallClock(at, zone);
  const yesterday = new Date(Date.parse(day) - DAY).toISOString().slice(0, 10);
  const lead = Math.min(MOST_LEAD, LEAST_LEAD + 2 * workMinutes * MINUTE);
  const morning = instantOf(day, MORNING, zone);
  const latest = at - READING - HOUR - 2 * workMinutes * MINUTE;
  const refreshAt = Math.max(now, at - lead, Math.min(morning, latest));
  return {
    warnAt: instantOf(yesterday, EVENING, zone),
    refreshAt,
    cutoffAt: at - Math.min(READING, Math.max(0, at - refreshAt) / 3),
  };
};

/** A meeting as its steps see it. Times are epoch ms, null while not done. */
export interface MeetingSteps extends MeetingPlan {
  at: number;
  warnedAt: number | null;
  refreshedAt: number | null;
  retriedAt: number | null;
  cardAt: number | null;
}

/** What is known of its refresh. */
export interface RefreshStanding {
  /** Syncs that wait, for a link too, or run. */
  open: number;
  /** Ended without values for a reason that passes. */
  passing: number;
}

export type MeetingStep = 'warn' | 'refresh' | 'retry' | 'card' | 'update' | 'end' | 'wait';

/** The one thing to do now. What a downtime missed is done late, but never out of its order. */
export const meetingStep = (
  meeting: MeetingSteps,
  standing: RefreshStanding,
  now: number,
): MeetingStep => {
  const { at, refreshAt, cutoffAt, warnAt } = meeting;
  if (meeting.refreshedAt === null) {
    // After the meeting nobody waits for carriers: the summary says what was known.
    if (now >= at) return meeting.cardAt === null ? 'card' : 'end';
    if (now >= refreshAt) return 'refresh';
    return meeting.warnedAt === null && now >= warnAt ? 'warn' : 'wait';
  }
  if (meeting.cardAt !== null) return now >= at ? 'end' : 'update';
  if (now >= cutoffAt) return 'card';
  if (standing.open > 0) return 'wait';
  if (standing.passing === 0) return 'card';
  if (meeting.retriedAt !== null) return 'card';
  return now >= retryAt(meeting) ? 'retry' : 'wait';
};

/** Halfway to the summary: what was down has had time to come back. */
const retryAt = ({ refreshedAt, cutoffAt }: MeetingSteps): number =>
  ((refreshedAt ?? cutoffAt) + cutoffAt) / 2;

/** While its syncs move it is looked at often, else when the next step is due. */
const LOOK_MS = 10_000;

/** When to look at it again. */
export const nextLook = (meeting: MeetingSteps, now: number): number => {
  if (meeting.refreshedAt !== null)
    return now >= meeting.at ? now : Math.min(meeting.at, now + LOOK_MS);
  return meeting.warnedAt === null
    ? Math.min(meeting.warnAt, meeting.refreshAt)
    : meeting.refreshAt;
};
