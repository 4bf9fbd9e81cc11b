import { expandRecurringEvent, sync } from 'node-ical';
import { isZone } from '#shared/schedule.ts';
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

/** "DTSTART:20261105T150000": no zone, and no Z behind it. */
const FLOATING =
  /^((?:DTSTART|DTEND|RECURRENCE-ID|EXDATE|RDATE)(?:;(?!TZID=)[^:;\r\n]*)*):(\d{8}T\d{6}(?:,\d{8}T\d{6})*\r?)$/gim;

/** Hours without a zone get theirs, or the parser takes them for those of this machine. */
const inZone = (text: string, zone: string): string => {
  const own = /^X-WR-TIMEZONE:(.*?)\r?$/im.exec(text)?.[1]?.trim() ?? '';
  const named = `$1;TZID=${isZone(own) ? own : zone}:$2`;
  // The rules of a zone are written without one as well, and stay so.
  return text.replace(/^BEGIN:VEVENT[^]*?^END:VEVENT/gim, (event) =>
    event.replace(FLOATING, named),
  );
};

const read = ({ text, from, to, zone }: Asked): Occurrence[] => {
  const parsed = sync.parseICS(inZone(text, zone));
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
