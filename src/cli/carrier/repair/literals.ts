import { bare } from '#portal/kit/headings.ts';

/** A text or a pattern between quotes or slashes of a carrier's code. */
export interface Literal {
  kind: 'text' | 'pattern';
  /** What it says: a text without its quotes and escapes; of a pattern its source. */
  says: string;
  /** Of a pattern. */
  flags: string;
  start: number;
  end: number;
}

const BEFORE_PATTERN = /(?:^|[(,=:[!&|?{};>]|\breturn|\bcase|\btypeof)\s*$/;

/** Every literal of a source text; comments, and templates that are put together, hold none. */
export const literalsOf = (source: string): Literal[] => {
  const found: Literal[] = [];
  const endOf = (start: number, ends: RegExp): number => {
    ends.lastIndex = start;
    const match = ends.exec(source);
    return match === null ? source.length : match.index + match[0].length;
  };
  for (let at = 0; at < source.length;) {
    const sign = source[at] ?? '';
    const two = source.slice(at, at + 2);
    if (two === '//') at = endOf(at, /\n/g);
    else if (two === '/*') at = endOf(at + 2, /\*\//g);
    else if (`'"\``.includes(sign)) {
      const end = endOf(at + 1, new RegExp(`(?:[^${sign}\\\\]|\\\\[\\s\\S])*${sign}`, 'gy'));
      const inner = source.slice(at + 1, end - 1);
      if (sign !== '`' || !inner.includes('${'))
        found.push({ kind: 'text', says: unescaped(inner), flags: '', start: at, end });
      at = end;
    } else if (sign === '/' && BEFORE_PATTERN.test(source.slice(Math.max(0, at - 40), at))) {
      const pattern = /\/((?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([a-z]*)/y;
      pattern.lastIndex = at;
      const match = pattern.exec(source);
      if (match === null) at += 1;
      else {
        const end = at + match[0].length;
        const [, says = '', flags = ''] = match;
        found.push({ kind: 'pattern', says, flags, start: at, end });
        at = end;
      }
    } else at += 1;
  }
  return found;
};

const unescaped = (inner: string): string =>
  inner.replaceAll(/\\(u\{?[0-9a-fA-F]{1,6}\}?|[\s\S])/g, (_, code: string) => {
    if (/^u[{0-9a-fA-F]/.test(code))
      return String.fromCodePoint(Number.parseInt(code.replaceAll(/[u{}]/g, ''), 16));
    return { n: '\n', t: '\t' }[code] ?? code;
  });

export const quoted = (text: string): string =>
  `'${text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", String.raw`\'`)
    .replaceAll('\n', String.raw`\n`)}'`;

const patternOf = (text: string): string =>
  text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);

/** A source text with one of its literals changed. */
export interface Edit {
  source: string;
  /** As the code says it now, for people to read. */
  writes: string;
  /** The old text is understood still, as on pages that are not changed yet. */
  keepsOld: boolean;
}

const FIND_BEFORE =
  /\{\s*(?:label|placeholder|name|css)\s*:\s*$|\{\s*role\s*:\s*\[\s*'\w+'\s*,\s*$/;

/**
 * The ways to say `now` where a literal says `was`, those that know both first. Which one the place
 * takes (a heading, a way to find something, a sentence) is told by trying them.
 */
export const editsOf = (source: string, literal: Literal, was: string, now: string): Edit[] => {
  const { start, end, says, flags, kind } = literal;
  const before = source.slice(0, start);
  const after = source.slice(end);
  const put = (writes: string, keepsOld: boolean): Edit => ({
    source: before + writes + after,
    writes,
    keepsOld,
  });
  if (kind === 'pattern') return [put(`/(?:${says})|${patternOf(now)}/${flags}`, true)];
  if (bare(says) !== bare(was)) {
    // A part of it: a selector, or a path of JSON.
    const replaced = quoted(says.replaceAll(was, now));
    const both = quoted(`${says.replaceAll(was, now)}, ${says}`);
    return /[:.#[]/.test(says) ? [put(both, true), put(replaced, false)] : [put(replaced, false)];
  }
  const plain = put(quoted(now), false);
  const generations = put(`[${quoted(now)}, ${quoted(was)}]`, true);
  return [...findEdits(source, literal, now), generations, plain];
};

/** `{ label: 'Old' }` as `[{ label: 'New' }, { label: 'Old' }]`, or within a list that is there. */
const findEdits = (source: string, { start, end }: Literal, now: string): Edit[] => {
  const opening = FIND_BEFORE.exec(source.slice(0, start));
  const closing = /^\s*\]?\s*\}/.exec(source.slice(end));
  if (opening === null || closing === null) return [];
  const from = opening.index;
  const to = end + closing[0].length;
  const old = source.slice(from, to);
  const anew = source.slice(from, start) + quoted(now) + source.slice(end, to);
  const inList = /[[,]\s*$/.test(source.slice(0, from)) && /^\s*[\],]/.test(source.slice(to));
  const both = `${anew}, ${old}`;
  const made = (writes: string): Edit => ({
    source: source.slice(0, from) + writes + source.slice(to),
    writes,
    keepsOld: true,
  });
  return inList ? [made(both), made(`[${both}]`)] : [made(`[${both}]`)];
};
