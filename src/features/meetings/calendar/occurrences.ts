import { Worker } from 'node:worker_threads';
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

export type Parsed = { found: Occurrence[] } | { failed: true };

const MOST_MS = 5000;
const MOST_HEAP_MB = 200;

/**
 * What takes place between two instants (epoch ms), soonest first. Anybody may have written the
 * calendar, so it is read in a thread whose time and memory are limited. Throws a CalendarProblem.
 */
export const occurrencesIn = async (
  text: string,
  from: number,
  to: number,
): Promise<Occurrence[]> => {
  if (!/^\s*BEGIN:VCALENDAR/im.test(text.slice(0, 1000)))
    throw new CalendarProblem('not-a-calendar');
  const thread = new Worker(new URL('./occurrences-thread.ts', import.meta.url), {
    workerData: { text, from, to },
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
  });
  const { promise, resolve } = Promise.withResolvers<Parsed>();
  const late = setTimeout(() => resolve({ failed: true }), MOST_MS);
  thread.once('message', resolve);
  for (const end of ['error', 'exit'] as const) thread.once(end, () => resolve({ failed: true }));
  try {
    const parsed = await promise;
    if ('failed' in parsed) throw new CalendarProblem('not-a-calendar');
    return parsed.found;
  } finally {
    clearTimeout(late);
    await thread.terminate();
  }
};
