import { HOUR, MINUTE } from '#shared/clock.ts';
import { readTime, timeAtEnd } from '#shared/typed-time.ts';
import { readings } from '#slack/command-text.ts';
import { USUAL_HOLD } from './hold.ts';

/** "northbridge for 90 min", "2h", "northbridge for half an hour" */
const LASTING =
  /^(.*?)[\s,]*\b(?:(?:for|in)\s+)?(?:(\d{1,3}(?:\.\d)?)\s*(m|h)(?:in|ins|inutes?|rs?|ours?)?|(half\s+)?an?\s+(hour))$/i;
const UNTIL = /^(.*?)\b(?:until|till?)\b/i;

/** Which login, and for how many milliseconds from now; undefined where the words after it say no time. */
export const readHold = (
  typed: string,
  now: number,
  zone: string,
): { query: string; forMs: number } | undefined => {
  const text = readings(typed).at(-1) ?? '';
  const [lasting, name = '', count, unit, half] = LASTING.exec(text) ?? [];
  if (lasting !== undefined) {
    const hours = half === undefined ? 1 : 0.5;
    const forMs =
      count === undefined
        ? hours * HOUR
        : Number(count) * (unit?.toLowerCase() === 'm' ? MINUTE : HOUR);
    return { query: name, forMs };
  }
  const [until, whose = ''] = UNTIL.exec(text) ?? [];
  const read =
    until === undefined
      ? timeAtEnd(text, now, zone)
      : { before: whose, time: `at${text.slice(until.length)}` };
  if (read === undefined) return { query: text, forMs: USUAL_HOLD };
  const time = readTime(read.time, now, zone);
  const at =
    time.kind === 'several' ? time.readings[0] : time.kind === 'time' ? time.at : undefined;
  return at === undefined ? undefined : { query: read.before.trim(), forMs: at - now };
};
