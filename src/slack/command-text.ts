/** What a person typed after the slash command. */
export type CommandText =
  | { kind: 'command'; word: string; rest: string }
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
export const unquoted = (query: string): string =>
  query
    .replace(/^(?:["'`\u2018\u201C\u00AB]+(.*?)["'`\u2019\u201D\u00BB]+|<([^<>]*)>)$/u, '$1$2')
    .trim();

/** The first word, and what follows it; nothing typed is a call for help. */
export const parseCommand = (text: string): CommandText => {
  const clean = asTyped(text);
  if (clean.length > LONGEST) return { kind: 'too-long', length: clean.length };
  const [word = '', ...rest] = clean.split(' ');
  return { kind: 'command', word: word || 'help', rest: rest.join(' ') };
};
