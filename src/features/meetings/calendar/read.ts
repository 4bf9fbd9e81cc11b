import { createHash } from 'node:crypto';
import type { Opener } from '#database/sealed.ts';
import type { Store } from '#database/store.ts';
import { breathe, DAY, HOUR } from '#shared/clock.ts';
import { fetchCalendar } from './fetch.ts';
import { occurrencesIn, type Occurrence } from './occurrences.ts';
import { CalendarProblem, isToTell } from './problem.ts';
import { meantBy } from './rules.ts';
import {
  markBroken,
  sealedCalendar,
  secretOf,
  takeCalendar,
  takeDueCalendars,
} from './store/calendars.ts';
import { bookOf, choicesOf, keepEvents, type ReadEvent } from './store/events.ts';

export interface CalendarDeps {
  store: Store;
  opener: Opener;
  /** Hosts that may lie at addresses that are not public. */
  hosts: readonly string[];
  log: (problem: string, error?: unknown) => void;
}

/** Far enough to link what must be linked, near enough that a calendar holds true. */
const AHEAD = 7 * DAY;
const MOST_AT_ONCE = 10;
const LONGEST_TITLE = 150;

const hash = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 22);

/** Reads the calendars whose hour has come. In the worker, which alone opens their addresses. */
export const readCalendars = async (deps: CalendarDeps, signal: AbortSignal): Promise<void> => {
  for (const personId of await takeDueCalendars(deps.store, MOST_AT_ONCE, HOUR)) {
    if (signal.aborted) return;
    try {
      await readCalendar(deps, personId, signal);
    } catch (error) {
      if (signal.aborted) return;
      const problem = error instanceof CalendarProblem ? error.problem : 'not-a-calendar';
      if (!(error instanceof CalendarProblem)) deps.log('a calendar could not be read', error);
      await markBroken(deps.store, personId, (failures) =>
        isToTell(problem, failures) ? problem : null,
      );
    }
  }
};

const readCalendar = async (
  { store, opener, hosts }: CalendarDeps,
  personId: string,
  signal: AbortSignal,
): Promise<void> => {
  const sealed = await sealedCalendar(store, personId);
  // Whoever has left is read no more.
  if (sealed === undefined) return takeCalendar(store, personId, 'left').then(() => undefined);
  const address = await opener.open(sealed, secretOf(personId));
  const text = await fetchCalendar(address.reveal(), hosts, signal);
  const now = store.clock();
  const occurrences = await occurrencesIn(text, now, now + AHEAD, sealed.zone);
  await keepEvents(store, personId, await namedIn(store, personId, occurrences), sealed.addedAt);
};

/** What names somebody of the book; an answer given before stands for the whole series. */
const namedIn = async (
  store: Store,
  personId: string,
  occurrences: readonly Occurrence[],
): Promise<ReadEvent[]> => {
  const book = await bookOf(store, personId);
  const choices = await choicesOf(store, personId);
  const events: ReadEvent[] = [];
  for (const occurrence of occurrences) {
    await breathe();
    const meant = meantBy(occurrence, book);
    if (meant === undefined) continue;
    const { uid, nth, at } = occurrence;
    const title = occurrence.title.slice(0, LONGEST_TITLE);
    const series = hash(uid);
    const add = (kind: 'sure' | 'doubt', contacts: readonly string[]): void => {
      const whom = kind === 'sure' ? (contacts[0] ?? '') : 'doubt';
      events.push({ key: hash(`${uid} ${nth} ${whom}`), series, at, title, contacts, kind });
    };
    if (meant.kind === 'sure') for (const contact of meant.contacts) add('sure', [contact]);
    else {
      const chosen = choices.get(series);
      // The key stays that of the question, so that its answer is not taken for another event.
      if (chosen === undefined) add('doubt', meant.contacts);
      else if (chosen !== null)
        events.push({
          key: hash(`${uid} ${nth} doubt`),
          series,
          at,
          title,
          contacts: [chosen],
          kind: 'sure',
        });
    }
  }
  return [...new Map(events.map((event) => [event.key, event])).values()];
};
