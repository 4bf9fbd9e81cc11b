import type { Clock } from '#shared/clock.ts';
import { timeAtEnd } from '#shared/typed-time.ts';
import { unquoted } from '#slack/command-text.ts';

/** Whom somebody meets, by name or by a number of theirs, and when: both as typed. */
export interface TypedMeeting {
  query: string;
  before: string;
}

/** "chen before tomorrow 3pm": that word alone says that it is a meeting, whatever follows it. */
export const beforeMeeting = (rest: string): TypedMeeting | undefined => {
  const [, query, before] = /^(|.*?\s)before(?:\s+(.*))?$/i.exec(rest) ?? [];
  return query === undefined
    ? undefined
    : { query: unquoted(query.trim()), before: unquoted(before ?? '') };
};

/**
 * "chen by friday 3pm", "00123-4567 tomorrow 9": where nobody is found by all of the words, as
 * somebody may be called so.
 */
export const meetingAtEnd = (
  { clock, zone }: { clock: Clock; zone: string },
  text: string,
): TypedMeeting | undefined => {
  const read = timeAtEnd(unquoted(text), clock(), zone);
  return read === undefined ? undefined : { query: unquoted(read.before), before: read.time };
};
