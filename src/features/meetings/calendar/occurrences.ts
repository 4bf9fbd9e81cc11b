import { openThread } from '#threads/thread.ts';
import { CalendarProblem } from './problem.ts';

/** One time that an event takes place, with the hour; whole days are none to be ready before. */
export interface Occurrence {
  uid: string;
  /** Which of a recurring event's, by when it was first to begin; '' of a single one. */
  nth: string;
  /** Epoch ms */
  at: number;
  title: string;
  /** Name and e-mail address of each. */
  attendees: readonly string[];
  description: string;
}

/** A calendar, between which instants (epoch ms), and the IANA zone of whose it is. */
export interface Asked {
  text: string;
  from: number;
  to: number;
  zone: string;
}

const MOST_MS = 5000;
const MOST_HEAP_MB = 200;

/**
 * What takes place between two instants (epoch ms), soonest first. An hour without a zone is one of
 * the calendar's, else of its person's `zone` (IANA). Anybody may have written the calendar, so it is
 * read in a thread whose time and memory are limited. Throws a CalendarProblem.
 */
export const occurrencesIn = async (
  text: string,
  from: number,
  to: number,
  zone: string,
): Promise<Occurrence[]> => {
  if (!/^\s*BEGIN:VCALENDAR/im.test(text.slice(0, 1000)))
    throw new CalendarProblem('not-a-calendar');
  await using thread = openThread<Asked, Occurrence[]>(
    new URL('./occurrences-thread.ts', import.meta.url),
    { mostMs: MOST_MS, heapMb: MOST_HEAP_MB },
  );
  return await thread.ask({ text, from, to, zone }).catch(() => {
    throw new CalendarProblem('not-a-calendar');
  });
};
