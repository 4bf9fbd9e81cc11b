import { z } from 'zod';
import { isDay } from '#shared/calendar.ts';
import { DAY } from '#shared/clock.ts';
import { normalizeNumber } from '#shared/policy-number.ts';
import { fold, unknown, type Refusals, type Wrong } from './unknown.ts';

/** The message of an issue: what is wrong, and behind the bar what to do. */
const SEPARATOR = ' | ';
const issue = (wrong: string, todo: string): string => `${wrong}${SEPARATOR}${todo}`;

export const splitIssue = (message: string): Wrong => {
  const [wrong = message, todo = ''] = message.split(SEPARATOR);
  return { wrong, todo };
};

/** Text as people mean it: no control characters, one kind of space, composed accents. */
const readable = (raw: string): string =>
  raw
    .normalize('NFC')
    .replace(/[\u200b\ufeff\u2060]/g, '')
    .replace(/[\p{Z}\p{Cc}]+/gu, ' ')
    .trim();

/** Codes are compared by machines: what nobody sees is not part of them. */
const code = (raw: string): string => readable(raw.replace(/\p{Cf}/gu, ''));

/** A spreadsheet's `="00123"` and `'00123` are its ways to keep a number as text. */
const withoutSpreadsheetQuotes = (raw: string): string =>
  raw.replace(/^="(.*)"$/s, '$1').replace(/^'/, '');

const LOST_DIGITS = /^\d+(?:[.,]\d+)?E\+\d+$/i;

type Checked<T> = { value: T } | Wrong;

const value = <T>(check: (raw: string) => Checked<T>) =>
  z.string().transform((raw, context): T => {
    const checked = check(raw);
    if ('value' in checked) return checked.value;
    context.addIssue({ code: 'custom', message: issue(checked.wrong, checked.todo) });
    return z.NEVER;
  });

const UNREADABLE = {
  wrong: 'has characters that could not be read',
  todo: 'Save the file as "CSV UTF-8".',
};

const isUnreadable = (text: string): boolean => text.includes('\ufffd');

export const words = (todo: string) =>
  value((raw) => {
    const text = readable(raw);
    if (isUnreadable(text)) return UNREADABLE;
    return text === '' ? { wrong: 'is empty', todo } : { value: text };
  });

export const optionalWords = value((raw) =>
  isUnreadable(raw) ? UNREADABLE : { value: readable(raw) },
);

const LONGEST_CODE = 80;

const codeProblem = (raw: string, text: string): Wrong | undefined => {
  if (isUnreadable(text)) return UNREADABLE;
  if (/[\r\n]/.test(raw.trim())) {
    return {
      wrong: 'goes over more than one line',
      todo: 'Look for a quotation mark that is not closed.',
    };
  }
  if (LOST_DIGITS.test(text)) {
    return {
      wrong: 'a spreadsheet turned this into a rounded figure and its last digits are lost',
      todo: 'Export again from the CRM with this column formatted as text.',
    };
  }
  if (text.length > LONGEST_CODE) {
    return {
      wrong: `is longer than ${LONGEST_CODE} characters`,
      todo: 'Check that the columns are in their places.',
    };
  }
  return undefined;
};

export const identifier = value((raw) => {
  const text = code(withoutSpreadsheetQuotes(raw));
  const problem = codeProblem(raw, text);
  if (problem !== undefined) return problem;
  return text === ''
    ? { wrong: 'is empty', todo: 'Give each line its own id, the one the CRM uses.' }
    : { value: text };
});

export const policyNumber = value((raw) => {
  const text = code(withoutSpreadsheetQuotes(raw));
  const problem = codeProblem(raw, text);
  if (problem !== undefined) return problem;
  return normalizeNumber(text) === ''
    ? { wrong: 'has no number in it', todo: 'Write the number as the carrier does.' }
    : { value: text };
});

const EMAIL = /^[^\s@<>()[\],;:"\\]+@[^\s@<>()[\],;:"\\.]+(?:\.[^\s@<>()[\],;:"\\.]+)+$/;

const emailOf = (raw: string): string => code(raw).toLowerCase();

export const email = value((raw) => {
  const text = emailOf(raw);
  return EMAIL.test(text)
    ? { value: text }
    : { wrong: 'is not an e-mail address', todo: 'Write one, like ana.ruiz@example.com.' };
});

export const optionalEmail = value((raw) => {
  const text = emailOf(raw);
  if (text === '') return { value: null };
  return EMAIL.test(text)
    ? { value: text }
    : { wrong: 'is not an e-mail address', todo: 'Write one, or leave it empty.' };
});

/** One of the given names, whatever its case ("In force", "Northbridge Life"); written as listed. */
export const oneOf = <T extends string>(
  what: string,
  allowed: readonly T[],
  refused?: Refusals,
) => {
  const byName = new Map<string, T>(allowed.map((name) => [fold(name), name]));
  for (const name of allowed) byName.set(name, name);
  return value<T>((raw) => {
    const text = code(raw);
    const found = byName.get(text) ?? byName.get(fold(text));
    return found === undefined ? unknown(text, what, allowed, refused) : { value: found };
  });
};

/** E-mails of people, separated by semicolons, each known; the result has none twice. */
export const peopleList = (what: string, allowed: readonly string[], refused: Refusals) => {
  const known = new Set(allowed);
  return value<string[]>((raw) => {
    const emails = raw
      .split(/[;,]/)
      .map(emailOf)
      .filter((text) => text !== '');
    const stranger = emails.find((text) => !known.has(text));
    if (stranger === undefined) return { value: [...new Set(emails)] };
    const { wrong, todo } = unknown(stranger, what, allowed, refused);
    return { wrong: `"${stranger}" ${wrong}`, todo };
  });
};

export const birthYear = value<number | null>((raw) => {
  const text = code(raw);
  if (text === '') return { value: null };
  const year = /^\d{4}$/.test(text) ? Number(text) : 0;
  return year >= 1850 && year <= 2100
    ? { value: year }
    : { wrong: 'is not a year', todo: 'Write four digits, like 1961, or leave it empty.' };
});

const MOMENT =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:\d{2})?)?$/;

/** When the CRM changed the line, epoch ms; without a zone, of UTC. */
export const moment = (now: () => number) =>
  value<number | null>((raw) => {
    const text = code(raw);
    if (text === '') return { value: null };
    const [, day = '', time = '', zone = 'Z'] = MOMENT.exec(text) ?? [];
    const at = isDay(day) ? Date.parse(time === '' ? day : `${day}T${time}${zone}`) : Number.NaN;
    if (Number.isNaN(at))
      return {
        wrong: 'is not a date and time',
        todo: 'Write one like 2026-11-20T16:30:00Z, or leave it empty.',
      };
    // A time without its zone may be ahead of UTC by half a day.
    return at > now() + DAY
      ? {
          wrong: 'is still to come, and would stand against every change made here',
          todo: 'Correct it in the CRM, or leave it empty.',
        }
      : { value: at };
  });

export const slackUserId = value<string | null>((raw) => {
  const text = code(raw).toUpperCase();
  if (text === '') return { value: null };
  return /^[UW][A-Z0-9]{2,20}$/.test(text)
    ? { value: text }
    : {
        wrong: 'is not a Slack member id',
        todo: 'Copy it from the profile in Slack (it begins with U or W), or leave it empty.',
      };
});

export const yesOrNo = (empty: boolean) =>
  value<boolean>((raw) => {
    const text = code(raw).toLowerCase();
    if (text === '') return { value: empty };
    if (['yes', 'y', 'true', '1'].includes(text)) return { value: true };
    if (['no', 'n', 'false', '0'].includes(text)) return { value: false };
    return { wrong: 'is neither yes nor no', todo: 'Write yes or no.' };
  });
