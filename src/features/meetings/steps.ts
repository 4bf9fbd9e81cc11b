import {
  dueMeetings,
  lookAgain,
  endMeeting,
  meetingById,
  markMeeting,
  addMeetingRequest,
  type Meeting,
  type MeetingLogin,
} from './store.ts';
import { addRequest, meetingKey, type RequestItem } from '#core/requests/store/requests.ts';
import {
  addNotification,
  notificationNamed,
  rewriteNotification,
} from '#features/notifications/store.ts';
import type { Store } from '#database/store.ts';
import { meetingStep, nextLook, type RefreshStanding } from './rules.ts';
import { isEnded, retryOf } from '#shared/outcome.ts';
import { mayMeet, type MeetingDeps } from './meeting.ts';
import { needsOf, reachOf, type LoginNeed } from './reach.ts';
import { refreshItems, summarize } from './summary.ts';
import type { RequestDeps } from '#core/requests/request.ts';
import type { ItemView } from '#core/requests/view.ts';
import { notificationSubject } from '#shared/subject.ts';
import { MINUTE } from '#shared/clock.ts';

export interface MeetingStepDeps extends MeetingDeps {
  store: Store;
  wake: RequestDeps['wake'];
  mostForced: number;
  log: (problem: string, error?: unknown) => void;
}

const MOST_AT_ONCE = 50;

/** Does what is due of all meetings; called by the sweeper, so that a downtime costs time alone. */
export const keepMeetings = async (deps: MeetingStepDeps): Promise<void> => {
  for (const meeting of await dueMeetings(deps.store, MOST_AT_ONCE)) {
    try {
      await keepMeeting(deps, meeting);
    } catch (error) {
      deps.log(`meeting ${meeting.id} could not go on; it is tried again`, error);
      await lookAgain(deps.store, meeting, deps.clock() + MINUTE);
    }
  }
};

const keepMeeting = async (deps: MeetingStepDeps, meeting: Meeting): Promise<void> => {
  const { store, clock } = deps;
  // Whoever lost the contact, or left, is told nothing more of it.
  if (meeting.person.slackId === null || !(await mayMeet(deps, meeting.person, meeting.contactId)))
    return endMeeting(store, meeting, 'no-access');
  const items = await refreshItems(deps, meeting);
  switch (meetingStep(meeting, standingOf(items), clock())) {
    case 'warn':
      await warn(deps, meeting, meeting.person.slackId);
      break;
    case 'refresh':
      await refresh(deps, meeting, meeting.person.slackId);
      break;
    case 'retry':
      await retry(deps, meeting, meeting.person.slackId, items);
      break;
    case 'card':
      await tell(deps, meeting, meeting.person.slackId, items);
      break;
    case 'update':
      await update(deps, meeting, items);
      break;
    case 'end':
      await update(deps, meeting, items);
      return endMeeting(store, meeting, 'over');
    case 'wait':
      break;
  }
  const now = await meetingById(store, meeting.id);
  if (now !== undefined) await lookAgain(store, now, nextLook(now, clock()));
};

/** Ended without values for a reason that passes by itself. */
const isPassing = ({ status, reason }: ItemView): boolean =>
  status === 'failed' && retryOf(reason) !== undefined;

const standingOf = (items: readonly ItemView[]): RefreshStanding => ({
  // A link may still come, and what waits for it is read then.
  open: items.filter(({ status }) => !isEnded(status) || status === 'needs-link').length,
  passing: items.filter(isPassing).length,
});

/** Of a meeting that was moved, another one. */
const nameOf = ({ id, at }: Meeting): string => `${id}:${at}`;

const warn = async (
  { store, show, ...deps }: MeetingStepDeps,
  meeting: Meeting,
  slackId: string,
): Promise<void> => {
  const reached = await reachOf({ ...deps, store }, meeting.person, meeting.contactId);
  const needs = needsOf(reached, meeting.refreshAt);
  if (needs.length > 0) {
    const items = needs.map(itemOf);
    const notificationId = await addNotification(store, {
      kind: 'meeting-link',
      name: nameOf(meeting),
      channel: slackId,
      logins: items,
      about: {
        meetingId: meeting.id,
        contactName: meeting.contactName,
        at: meeting.at,
        zone: meeting.zone,
        refreshAt: meeting.refreshAt,
        items,
      },
    });
    if (notificationId !== undefined) await show(notificationSubject(notificationId));
  }
  await markMeeting(store, meeting, 'warned');
};

const itemOf = ({ source, carrierName, policies, endsAt }: LoginNeed): MeetingLogin => ({
  sourceId: source.id,
  name: source.name,
  carrierName,
  why: endsAt === undefined ? 'unlinked' : 'ends-today',
  until: endsAt === undefined ? '' : String(endsAt),
  reason: source.unlinkedReason,
  waiting: policies,
  done: null,
  mayLink: source.mayLink,
  holderName: source.holderName,
  ...(source.holderLeft === true && { holderLeft: true }),
});

const refresh = async (deps: MeetingStepDeps, meeting: Meeting, slackId: string): Promise<void> => {
  const reached = await reachOf(deps, meeting.person, meeting.contactId);
  const items = reached.flatMap(({ policy, source }) =>
    source === undefined ? [] : [{ policyId: policy.id, sourceId: source.id }],
  );
  const asked = items.length === 0 || (await ask(deps, meeting, slackId, 'refresh', items));
  // A person with too much waiting is asked again a minute later, and told on the card in the end.
  if (asked || deps.clock() >= meeting.cutoffAt)
    await markMeeting(deps.store, meeting, 'refreshed');
};

const retry = async (
  deps: MeetingStepDeps,
  meeting: Meeting,
  slackId: string,
  items: readonly ItemView[],
): Promise<void> => {
  await ask(
    deps,
    meeting,
    slackId,
    'retry',
    items
      .filter(isPassing)
      .map(({ policy, source }) => ({ policyId: policy.id, sourceId: source.id })),
  );
  await markMeeting(deps.store, meeting, 'retried');
};

/** One request of the person, its card in the direct messages; false when they have too much waiting. */
const ask = async (
  { store, wake, show, mostForced }: MeetingStepDeps,
  meeting: Meeting,
  slackId: string,
  what: 'refresh' | 'retry',
  items: readonly RequestItem[],
): Promise<boolean> => {
  const added = await addRequest(store, {
    personId: meeting.person.id,
    origin: {
      askedIn: slackId,
      channel: slackId,
      note:
        what === 'refresh'
          ? 'For your meeting, as you asked. The summary comes before it.'
          : 'For your meeting: once more, what could not be read before.',
    },
    dedupeKey: meetingKey(`${nameOf(meeting)}:${what}`),
    contactId: meeting.contactId,
    items,
    mostForced,
  });
  if ('most' in added) return false;
  await addMeetingRequest(store, meeting, added.requestId);
  for (const sourceId of new Set(items.map((item) => item.sourceId))) await wake(sourceId, 'force');
  await show(added.requestId);
  return true;
};

const tell = async (
  deps: MeetingStepDeps,
  meeting: Meeting,
  slackId: string,
  items: readonly ItemView[],
): Promise<void> => {
  const about = await summarize(deps, meeting, items);
  const name = nameOf(meeting);
  const notificationId = await addNotification(deps.store, {
    kind: 'meeting',
    name,
    channel: slackId,
    about,
  });
  if (notificationId !== undefined) await deps.show(notificationSubject(notificationId));
  await markMeeting(deps.store, meeting, 'card');
};

/** What arrives between the card and the meeting is put on it. */
const update = async (
  { store, show, clock }: MeetingStepDeps,
  meeting: Meeting,
  items: readonly ItemView[],
): Promise<void> => {
  const notification = await notificationNamed(store, 'meeting', nameOf(meeting));
  if (notification?.kind !== 'meeting') return;
  const stood = (each: readonly ItemView[]): string =>
    JSON.stringify(each.map(({ syncId, status, reason }) => [syncId, status, reason]));
  const unread = items.filter(({ status }) => status !== 'success');
  if (stood(unread) === stood(notification.about.unread)) return;
  await rewriteNotification(
    store,
    notification.id,
    await summarize({ store, clock }, meeting, items),
  );
  await show(notificationSubject(notification.id));
};
