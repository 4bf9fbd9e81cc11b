import { meetingStep, nextLook, type RefreshStanding } from './rules.ts';
import { isEnded, retryOf } from '#shared/outcome.ts';
import type { LetterStore, LinkItem } from '#features/notifications/notification.ts';
import { mayMeet, type Meeting, type MeetingDeps } from './meeting.ts';
import { needsOf, reachOf, type LoginNeed } from './reach.ts';
import { refreshItems, summarize, type SummaryDeps } from './summary.ts';
import type { RequestDeps, RequestItem } from '#core/requests/request.ts';
import type { ItemView } from '#core/requests/view.ts';
import { letterSubject } from '#shared/subject.ts';

/** A login of a meeting's warning. */
export interface MeetingLogin extends LinkItem {
  mayLink: boolean;
  holderName: string;
}

/** What is told the evening before. */
export interface MeetingWarning {
  meetingId: string;
  contactName: string;
  at: number;
  zone: string;
  refreshAt: number;
  items: readonly MeetingLogin[];
}

export interface MeetingStepStore {
  dueMeetings: (limit: number) => Promise<readonly Meeting[]>;
  /** Marks the step as done now. */
  markMeeting: (id: string, step: 'warned' | 'refreshed' | 'retried' | 'card') => Promise<void>;
  lookAgain: (id: string, at: number) => Promise<void>;
  addMeetingRequest: (id: string, requestId: string) => Promise<void>;
  /** Its id when it was made now. */
  addMeetingWarning: (
    name: string,
    channel: string,
    about: MeetingWarning,
  ) => Promise<string | undefined>;
}

export interface MeetingStepDeps extends MeetingDeps {
  store: MeetingDeps['store'] &
    MeetingStepStore &
    RequestDeps['store'] &
    SummaryDeps['store'] &
    LetterStore;
  wake: RequestDeps['wake'];
  mostForced: number;
  log: (problem: string, error?: unknown) => void;
}

const MOST_AT_ONCE = 50;
const MINUTE = 60_000;

/** Does what is due of all meetings; called by the sweeper, so that a downtime costs time alone. */
export const keepMeetings = async (deps: MeetingStepDeps): Promise<void> => {
  for (const meeting of await deps.store.dueMeetings(MOST_AT_ONCE)) {
    try {
      await keepMeeting(deps, meeting);
    } catch (error) {
      deps.log(`meeting ${meeting.id} could not go on; it is tried again`, error);
      await deps.store.lookAgain(meeting.id, deps.clock() + MINUTE);
    }
  }
};

const keepMeeting = async (deps: MeetingStepDeps, meeting: Meeting): Promise<void> => {
  const { store, clock } = deps;
  // Whoever lost the contact, or left, is told nothing more of it.
  if (meeting.person.slackId === null || !(await mayMeet(deps, meeting.person, meeting.contactId)))
    return store.endMeeting(meeting.id, 'no-access');
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
      return store.endMeeting(meeting.id, 'over');
    case 'wait':
      break;
  }
  const now = await store.meeting(meeting.id);
  if (now !== undefined) await store.lookAgain(meeting.id, nextLook(now, clock()));
};

/** Ended without values for a reason that passes by itself. */
const isPassing = ({ status, reason }: ItemView): boolean =>
  status === 'failed' && ['backoff', 'cool-down', 'hours', 'once'].includes(retryOf(reason));

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
    const letterId = await store.addMeetingWarning(nameOf(meeting), slackId, {
      meetingId: meeting.id,
      contactName: meeting.contactName,
      at: meeting.at,
      zone: meeting.zone,
      refreshAt: meeting.refreshAt,
      items: needs.map(itemOf),
    });
    if (letterId !== undefined) await show(letterSubject(letterId));
  }
  await store.markMeeting(meeting.id, 'warned');
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
});

const refresh = async (deps: MeetingStepDeps, meeting: Meeting, slackId: string): Promise<void> => {
  const reached = await reachOf(deps, meeting.person, meeting.contactId);
  const items = reached.flatMap(({ policy, source }) =>
    source === undefined
      ? []
      : [{ policyId: policy.id, sourceId: source.id, linked: source.linked }],
  );
  const asked = items.length === 0 || (await ask(deps, meeting, slackId, 'refresh', items));
  // A person with too much waiting is asked again a minute later, and told on the card in the end.
  if (asked || deps.clock() >= meeting.cutoffAt)
    await deps.store.markMeeting(meeting.id, 'refreshed');
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
      .map(({ policy, source }) => ({ policyId: policy.id, sourceId: source.id, linked: true })),
  );
  await deps.store.markMeeting(meeting.id, 'retried');
};

/** One request of the person, its card in the direct messages; false when they have too much waiting. */
const ask = async (
  { store, wake, show, mostForced }: MeetingStepDeps,
  meeting: Meeting,
  slackId: string,
  what: 'refresh' | 'retry',
  items: readonly RequestItem[],
): Promise<boolean> => {
  const added = await store.addRequest({
    personId: meeting.person.id,
    origin: {
      askedIn: slackId,
      channel: slackId,
      note:
        what === 'refresh'
          ? 'For your meeting, as you asked. The summary comes before it.'
          : 'For your meeting: once more, what could not be read before.',
    },
    dedupeKey: `meeting:${nameOf(meeting)}:${what}`,
    contactId: meeting.contactId,
    items,
    mostForced,
  });
  if ('most' in added) return false;
  await store.addMeetingRequest(meeting.id, added.requestId);
  for (const sourceId of new Set(items.filter(({ linked }) => linked).map((item) => item.sourceId)))
    await wake(sourceId, 'force');
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
  const letterId = await deps.store.addLetter({ kind: 'meeting', name, channel: slackId, about });
  if (letterId !== undefined) await deps.show(letterSubject(letterId));
  await deps.store.markMeeting(meeting.id, 'card');
};

/** What arrives between the card and the meeting is put on it. */
const update = async (
  { store, show, clock }: MeetingStepDeps,
  meeting: Meeting,
  items: readonly ItemView[],
): Promise<void> => {
  const letter = await store.letterNamed('meeting', nameOf(meeting));
  if (letter?.kind !== 'meeting') return;
  const stood = (each: readonly ItemView[]): string =>
    JSON.stringify(each.map(({ syncId, status, reason }) => [syncId, status, reason]));
  const unread = items.filter(({ status }) => status !== 'success');
  if (stood(unread) === stood(letter.about.unread)) return;
  await store.rewriteLetter(letter.id, await summarize({ store, clock }, meeting, items));
  await show(letterSubject(letter.id));
};
