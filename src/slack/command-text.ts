import { distance } from 'fastest-levenshtein';

/** What a person typed: after the slash command, in a direct message, or with a mention. */
export type Spoken =
  | { kind: 'words'; text: string; word: string; rest: string }
  | { kind: 'too-long'; length: number };

/** Far above a list of policy numbers; longer text is a slip of the clipboard. */
const LONGEST = 1000;

/**
 * Slack makes links of what looks like one, and writes three signs as entities; phones put marks of
 * direction into what they copy.
 */
const asTyped = (text: string): string =>
  text
    .replace(/<[a-z]+:[^<>|]*\|([^<>]*)>/gi, ' $1 ')
    .replace(/<(?:mailto|tel):([^<>|]*)>/gi, ' $1 ')
    .replace(/<(https?:[^<>|]*)>/gi, ' $1 ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .normalize('NFKC')
    .replace(/[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/gu, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();

/** People put a number into quotes, or into the brackets in which a help text shows it. */
export const unquoted = (query: string): string => {
  const opened = query.replace(/^["'`\u2018\u201C\u00AB]+/u, '');
  const inner = opened.replace(/(?<!["'`\u2019\u201D\u00BB])["'`\u2019\u201D\u00BB]+$/u, '');
  const isQuoted = opened !== query && (inner !== opened || opened === '');
  return (isQuoted ? inner : query.replace(/^<([^<>]*)>$/u, '$1')).trim();
};

/**
 * Around what is asked for, and no part of it. An end is looked for where a run of signs begins alone,
 * as a search from each of 1,000 commas stops the bot.
 */
const AROUND =
  /^(?:(?:hi|hey|hello|please|pls|plz|kindly|can|could|would|you|i|we|need|want|to|sync|force|refresh|update|check|get|show|me|the|today(?:['\u2019]?s)?|values?|numbers?|policy|policies|contact|client|of|for|from|meet|meeting|with|and|have|prepare|ready)\b[\s,:#]*)+|['\u2019]s(?:\s+(?:policy|policies|values?))?[\s.!?]*$|(?<![\s,](?=[\s,]))(?:[\s,]*\b(?:please|pls|plz|(?:right )?now|(?:by )?(?:today|tonight|eod|end of (?:the )?day)|this (?:morning|afternoon)|meeting|call|review|appointment|ready|thanks?|thx|thank you|asap))+[\s.!?]*$|(?<![.!?,;:])[.!?,;:]+$/gi;

/** As it was typed first: somebody may be called so. The last one is without what is around it. */
export const readings = (text: string): string[] => {
  const plain = unquoted(text);
  const bare = unquoted(plain.replaceAll(AROUND, '').trim());
  return bare === '' || bare === plain ? [plain] : [plain, bare];
};

const GREETING =
  /^(?:hi|hiya|hey|hello|good (?:morning|afternoon|evening)|thanks?|thank you|thx|ty|ok|okay|please|pls)(?: (?:there|all|a lot|so much|swivel sync))?[\s.,!]*$/i;

/** Unless somebody is called so. */
export const isGreeting = (text: string): boolean => GREETING.test(text);

/** Nothing but a "please", a "now", a full stop: none of it asks for more, unless somebody is called so. */
export const isCourtesy = (text: string): boolean =>
  /^[\s.!?,]*$/.test(text.replaceAll(AROUND, ''));

/**
 * "policy#00123", "status?", "contact: chen", "policy - chen": a sign ends the first word. A dash
 * before a digit does of two words alone, as in "TERM-00123" or "CASE-1001" it is one of a number's.
 */
const SIGNED =
  /^(?:(\p{L}+)(?:[#:;,!?]+|\.+(?=\s|$)|\s?\p{Pd}(?=\s)|\s[#:])|(policy|contact)\s?\p{Pd}(?=\p{Nd}))\s*(.*)$/iu;

/**
 * The first word, and what follows it; nothing typed is a call for help. In a message people write
 * the command's name as a word: "sync chen".
 */
export const parseSpoken = (typed: string, command: string): Spoken => {
  const clean = asTyped(typed);
  if (clean.length > LONGEST) return { kind: 'too-long', length: clean.length };
  const [first = '', ...others] = clean.split(' ');
  const called = others.length > 0 && first.replace(/^\//, '').toLowerCase() === command.slice(1);
  const text = called ? others.join(' ') : clean;
  const [, signed, dashed, after] = SIGNED.exec(text) ?? [];
  const [word = '', ...rest] = text.split(' ');
  return {
    kind: 'words',
    text,
    word: signed ?? dashed ?? (word || 'help'),
    rest: after ?? rest.join(' '),
  };
};

/** In a shorter word, one changed letter makes another word. */
const SHORTEST_FOR_A_SLIP = 4;
const SHORTEST_FOR_TWO_SLIPS = 6;

/** Which of these words was meant by one that is none of them, where it can only be one. */
export const slipOf = (typed: string, words: readonly string[]): string | undefined => {
  if (typed.length < SHORTEST_FOR_A_SLIP) return undefined;
  const most = typed.length < SHORTEST_FOR_TWO_SLIPS ? 1 : 2;
  const near = words
    .map((word) => ({ word, away: distance(typed, word) }))
    .filter(({ away }) => away <= most)
    .toSorted((a, b) => a.away - b.away);
  const [first, second] = near;
  return first === undefined || first.away === second?.away ? undefined : first.word;
};
