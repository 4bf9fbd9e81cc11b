import { HOUR, MINUTE } from '#shared/clock.ts';
import { readTime, timeAtEnd } from '#shared/typed-time.ts';
import { readings } from '#slack/command-text.ts';
import { USUAL_HOLD } from './hold.ts';

/** "northbridge for 90 min", "2h", "northbridge for half an hour" */
const LASTING =
  /^(.*?)\b(?:for\s)?(?:(\d{1,3}(?:\.\d)?)\s?(m|h)(?:in|ins|inutes?|rs?|ours?)?|(half\s)?an?\s(hour))$/i;
const UNTIL = /^(.*?)\b(?:until|till?|(?:to|by)(?=\s(?:at\s)?(?:\d|noon|midnight)))\b/i;
/** It may mean a hold that begins later, and says no hour at which it ends. */
const NO_LENGTH =
  /\b(?:today|tonight|eod|(?:all|whole|of|of the) day|this (?:morning|afternoon|evening)|in (?:\d|an?\b|half\b))/i;

/**
 * Which login, and for how many milliseconds from now; undefined where the words after it say no time,
 * or one at which it should begin: a hold begins now.
 */
export const readHold = (
  typed: string,
  now: number,
  zone: string,
): { query: string; forMs: number } | undefined => {
  const text = readings(typed).at(-1) ?? '';
  const [until, whose = ''] = UNTIL.exec(text) ?? [];
  const [lasting, name = '', count, unit, half] =
    (until === undefined ? LASTING.exec(text) : undefined) ?? [];
  const words = until !== undefined ? whose : lasting !== undefined ? name : text;
  const query = words.replace(/[\s,]+$/, '');
  if (NO_LENGTH.test(until === undefined ? typed : query)) return undefined;
  if (timeAtEnd(query, now, zone) !== undefined) return undefined;
  if (lasting !== undefined) {
    const hours = half === undefined ? 1 : 0.5;
    const forMs =
      count === undefined
        ? hours * HOUR
        : Number(count) * (unit?.toLowerCase() === 'm' ? MINUTE : HOUR);
    return { query, forMs };
  }
  if (until === undefined) return { query, forMs: USUAL_HOLD };
  const time = readTime(`at${text.slice(until.length)}`, now, zone);
  const at =
    time.kind === 'several' ? time.readings[0] : time.kind === 'time' ? time.at : undefined;
  return at === undefined ? undefined : { query, forMs: at - now };
};
