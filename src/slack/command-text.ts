/** What a person typed after the slash command, parsed once. */
export type Command =
  | { kind: 'policy'; query: string }
  | { kind: 'contact'; query: string }
  /** `before`: the time of a meeting with this contact, as typed. */
  | { kind: 'meeting'; query: string; before: string }
  | { kind: 'status' }
  | { kind: 'sources' }
  | { kind: 'hold'; query: string }
  | { kind: 'history'; query: string }
  | { kind: 'report' }
  | { kind: 'digest' }
  | { kind: 'team' }
  | { kind: 'case'; number: number }
  | { kind: 'help' }
  | { kind: 'unknown'; word: string }
  | { kind: 'too-long'; length: number };

/** Far above any policy number; longer text is a slip of the clipboard. */
const LONGEST = 200;

/** Slack writes these three as entities, and phones put marks of direction into what they copy. */
const asTyped = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .normalize('NFKC')
    .replace(/[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/gu, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();

/** People put a number into quotes, or into the brackets in which a help text shows it. */
const unquoted = (query: string): string =>
  query
    .replace(/^(?:["'`\u2018\u201C\u00AB]+(.*?)["'`\u2019\u201D\u00BB]+|<([^<>]*)>)$/u, '$1$2')
    .trim();

/** "chen before tomorrow 3pm" */
const contact = (rest: string): Command => {
  const [, query, before] = /^(|.*?\s)before(?:\s+(.*))?$/i.exec(rest) ?? [];
  return query === undefined
    ? { kind: 'contact', query: rest }
    : { kind: 'meeting', query: unquoted(query.trim()), before: unquoted(before ?? '') };
};

export const parseCommand = (text: string): Command => {
  const clean = asTyped(text);
  if (clean.length > LONGEST) return { kind: 'too-long', length: clean.length };
  const [word = '', ...rest] = clean.split(' ');
  switch (word.toLowerCase()) {
    case '':
    case 'help':
      return { kind: 'help' };
    case 'contact':
      return contact(rest.join(' '));
    case 'show': {
      const number = /^case #?(\d{1,9})$/i.exec(rest.join(' '))?.[1];
      return number === undefined
        ? { kind: 'unknown', word: rest.length === 0 ? word : `${word} ${rest.join(' ')}` }
        : { kind: 'case', number: Number(number) };
    }
    case 'policy':
      return { kind: 'policy', query: unquoted(rest.join(' ')) };
    case 'history':
      return { kind: 'history', query: unquoted(rest.join(' ')) };
    case 'hold':
      return { kind: 'hold', query: unquoted(rest.join(' ')) };
    case 'source':
    case 'sources':
      return { kind: 'sources' };
    case 'status':
    case 'digest':
    case 'report':
    case 'team':
      return { kind: word.toLowerCase() as 'status' | 'digest' | 'report' | 'team' };
    default:
      return { kind: 'unknown', word };
  }
};
