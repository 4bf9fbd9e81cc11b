import { expandRecurringEvent, sync } from 'node-ical';
import { answerEach } from '#threads/answer-each.ts';
import type { Asked, Occurrence } from './occurrences.ts';

/** Runs in a thread of its own: reads a calendar. */

const MOST_OCCURRENCES = 500;
const LONGEST_TEXT = 4000;

const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value.slice(0, LONGEST_TEXT);
  if (typeof value !== 'object' || value === null || !('val' in value)) return '';
  return textOf(value.val);
};

/** "Mei Chen" and mei@chen.example of `ATTENDEE;CN=Mei Chen:mailto:mei@chen.example` */
const attendeeOf = (value: unknown): string => {
  const params =
    typeof value === 'object' && value !== null && 'params' in value ? value.params : undefined;
  const name =
    typeof params === 'object' && params !== null && 'CN' in params ? textOf(params.CN) : '';
  return `${name} ${textOf(value).replace(/^mailto:/i, '')}`.trim();
};

const read = ({ text, from, to }: Asked): Occurrence[] => {
  const parsed = sync.parseICS(text);
  const events = Object.values(parsed).filter((each) => each?.type === 'VEVENT');
  if (parsed.vcalendar === undefined && events.length === 0) throw new Error('No calendar');
  const found: Occurrence[] = [];
  for (const event of events) {
    if (event?.type !== 'VEVENT') continue;
    let instances: ReturnType<typeof expandRecurringEvent>;
    try {
      instances = expandRecurringEvent(event, { from: new Date(from), to: new Date(to) });
    } catch {
      // One event that nobody can read is no reason to miss the others.
      continue;
    }
    for (const { start, isFullDay, event: own, summary } of instances) {
      const at = start.getTime();
      if (isFullDay || own.status === 'CANCELLED' || at < from || at > to) continue;
      const original = own.recurrenceid ?? (event.rrule === undefined ? undefined : start);
      found.push({
        uid: event.uid,
        // A move changes when it begins, and not which occurrence it is.
        nth: original === undefined ? '' : new Date(original).toISOString(),
        at,
        title: textOf(summary),
        attendees: [own.attendee ?? []].flat().map(attendeeOf),
        description: textOf(own.description),
      });
    }
  }
  return found.toSorted((a, b) => a.at - b.at).slice(0, MOST_OCCURRENCES);
};

answerEach(read);
