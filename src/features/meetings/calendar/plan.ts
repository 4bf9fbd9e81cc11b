import { contactById } from '#core/policies/store/contacts.ts';
import {
  addNotification,
  notificationNamed,
  rewriteNotification,
} from '#features/notifications/store.ts';
import { runSteps } from '#queue/every.ts';
import { notificationSubject } from '#shared/subject.ts';
import { cancelMeeting, mayMeet, setMeeting, type MeetingDeps } from '../meeting.ts';
import { brokenCalendars, markTold, type BrokenCalendar } from './store/calendars.ts';
import {
  chooseContact,
  eventOf,
  eventsToDo,
  forgetEvent,
  settleEvent,
  type EventToDo,
} from './store/events.ts';

export interface PlanDeps extends MeetingDeps {
  /** IANA name of the firm's zone. */
  zone: string;
  log: (problem: string, error?: unknown) => void;
}

const MOST_AT_ONCE = 100;

/** Plans what the calendars say, asks where they leave a doubt, and tells who gave a broken one. */
export const keepCalendars = async (deps: PlanDeps): Promise<void> => {
  await runSteps(
    (await eventsToDo(deps.store, deps.zone, MOST_AT_ONCE)).map((event) => ({
      name: event.key,
      run: () => keepEvent(deps, event),
    })),
    (key, error) =>
      deps.log(`the calendar's event ${key} could not be planned; it is tried again`, error),
  );
  await tellOfBrokenCalendars(deps);
};

type Telling = Pick<PlanDeps, 'store' | 'show' | 'log'>;

export const tellOfBrokenCalendars = async (deps: Telling): Promise<void> =>
  runSteps(
    (await brokenCalendars(deps.store, MOST_AT_ONCE)).map((broken) => ({
      name: broken.personId,
      run: () => tellOfBroken(deps, broken),
    })),
    (id, error) => deps.log(`${id} could not be told of their calendar; it is tried again`, error),
  );

const tellOfBroken = async (
  deps: Telling,
  { personId, slackId, problem, addedAt, readAt }: BrokenCalendar,
): Promise<void> => {
  const id =
    slackId === null
      ? undefined
      : await addNotification(deps.store, {
          kind: 'calendar-broken',
          name: `${personId}:${addedAt}:${readAt ?? 0}`,
          channel: slackId,
          about: { problem },
        });
  if (id !== undefined) await deps.show(notificationSubject(id));
  await markTold(deps.store, personId);
};

const keepEvent = async (deps: PlanDeps, event: EventToDo): Promise<void> => {
  const { person, meetingId } = event;
  switch (event.state) {
    case 'gone':
      if (meetingId !== null) await cancelMeeting(deps, person, meetingId);
      return forgetEvent(deps.store, event);
    case 'doubt':
      return askWhom(deps, event);
    case 'sure':
    case 'moved':
      return plan(deps, event);
    case 'asked':
    case 'nobody':
    case 'planned':
  }
};

const plan = async (deps: PlanDeps, event: EventToDo): Promise<void> => {
  const { person, at, zone, contacts, meetingId } = event;
  const [contactId] = contacts;
  if (contactId === undefined) return forgetEvent(deps.store, event);
  const asked = { contactId, at, zone };
  const outcome = await setMeeting(
    deps,
    person,
    meetingId === null ? asked : { ...asked, meetingId },
  );
  // What cannot be prepared is not tried again until the event changes.
  await settleEvent(
    deps.store,
    event,
    outcome.kind === 'set' ? { state: 'planned', meetingId: outcome.id } : { state: 'nobody' },
  );
};

/** Once for a series: the answer stands for all of it. */
const askWhom = async (deps: PlanDeps, event: EventToDo): Promise<void> => {
  const { person, personId, series, key, at, zone, title } = event;
  const candidates: CalendarCandidate[] = [];
  for (const contactId of event.contacts) {
    const contact = await contactById(deps.store, contactId);
    if (contact !== undefined && (await mayMeet(deps, person, contactId)))
      candidates.push({
        id: contact.id,
        name: contact.name,
        birthYear: contact.birthYear,
        city: contact.city,
      });
  }
  if (person.slackId !== null && candidates.length > 0) {
    const id = await addNotification(deps.store, {
      kind: 'calendar-doubt',
      name: `${personId}:${series}`,
      channel: person.slackId,
      about: { key, title, at, zone, candidates, answered: null },
    });
    if (id !== undefined) await deps.show(notificationSubject(id));
  }
  await settleEvent(deps.store, event, { state: 'asked' });
};

export interface CalendarCandidate {
  id: string;
  name: string;
  birthYear: number | null;
  city: string | null;
}

/** What is asked of a doubtful event. */
export interface CalendarDoubt {
  key: string;
  title: string;
  at: number;
  zone: string;
  candidates: readonly CalendarCandidate[];
  /** The id of whom its person named; '' nobody. */
  answered: string | null;
}

/** The answer to a question about an event; undefined where there is nothing to answer. */
export const answerDoubt = async (
  deps: PlanDeps,
  personId: string,
  { key, contact }: { key: string; contact: string | null },
): Promise<'settled' | undefined> => {
  const event = await eventOf(deps.store, personId, key);
  if (event === undefined || event.state !== 'asked') return undefined;
  if (contact !== null && !event.contacts.includes(contact)) return undefined;
  await chooseContact(deps.store, event, contact);
  const asked = await notificationNamed(
    deps.store,
    'calendar-doubt',
    `${personId}:${event.series}`,
  );
  if (asked?.kind === 'calendar-doubt') {
    const named = asked.about.candidates.find(({ id }) => id === contact);
    await rewriteNotification(deps.store, asked.id, {
      ...asked.about,
      answered: named?.id ?? '',
    });
    await deps.show(notificationSubject(asked.id));
  }
  await keepCalendars(deps);
  return 'settled';
};
