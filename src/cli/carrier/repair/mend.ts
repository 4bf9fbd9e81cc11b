import { bare } from '#portal/kit/headings.ts';
import { editsOf, literalsOf, type Literal } from './literals.ts';
import type { Sources } from './workshop.ts';

/** A label by its old name and its new one. */
export interface Renaming {
  was: string;
  now: string;
}

/** One place of the code, as it was and as the mend writes it. */
export interface Mended extends Renaming {
  file: string;
  line: number;
  reads: string;
  writes: string;
  keepsOld: boolean;
}

/** How well some code reads what is to be read. */
export interface Judged {
  /** Everything was. */
  understood: boolean;
  /** Why not, or what was read. */
  says: string;
  /** How much of a policy was read: more is better. */
  parts: number;
  /** Recorded cases that are read otherwise than before. */
  broken: number;
}

/** A reason apart from the names that were given anew: only another one is progress. */
const canonical = (says: string, renamings: readonly Renaming[]): string =>
  renamings
    .reduce((text, { was, now }) => text.replaceAll(now, was), says)
    .replaceAll(/("[^"]*"|\w+ [^"]+?) or \1(?=[ ,]|$)/g, '$1');

const isBetter = (a: Judged, b: Judged, renamings: readonly Renaming[]): boolean => {
  if (a.broken > b.broken || a.parts < b.parts) return false;
  if (a.understood !== b.understood) return a.understood;
  if (a.understood) return a.parts > b.parts;
  return canonical(a.says, renamings) !== canonical(b.says, renamings);
};

/** Whether a literal is what looks for this text: it says so, holds it as a part, or fits it. */
export const namesText = ({ kind, says, flags }: Literal, text: string): boolean => {
  if (kind === 'text') {
    if (bare(says) === bare(text)) return true;
    return isSelector(says) || isPath(says)
      ? says.includes(`"${text}"`) || says.split('.').includes(text) || says.includes(text)
      : false;
  }
  // A text with a number in it is of one policy.
  if (!/[A-Za-z]{4}/.test(says) || /\d/.test(text)) return false;
  try {
    return new RegExp(says, flags.replaceAll(/[gy]/g, '')).test(text);
  } catch {
    return false;
  }
};

const isSelector = (says: string): boolean => /[#:.[]/.test(says) && !/[.!?]$/.test(says);
const isPath = (says: string): boolean => /^[\w$]+(\.[\w$]+)+$/.test(says);

/** Every text that the code looks for, for telling labels from values. */
export const namerOf = (
  sources: Sources,
  more: readonly string[] = [],
): ((text: string) => boolean) => {
  const literals = Object.values(sources).flatMap(literalsOf);
  const known = new Set(more.map(bare));
  return (text) => known.has(bare(text)) || literals.some((literal) => namesText(literal, text));
};

interface Bench {
  sources: Sources;
  judged: Judged;
  mended: Mended[];
}

/** A place of the code, changed in one of the ways that it may take. */
const changed = (
  sources: Sources,
  file: string,
  literal: Literal,
  renaming: Renaming,
  keepsOld: boolean,
): { sources: Sources; mended: Mended }[] => {
  const text = sources[file] ?? '';
  const { start, end } = literal;
  return editsOf(text, literal, renaming.was, renaming.now)
    .filter((edit) => edit.keepsOld === keepsOld)
    .map((edit) => ({
      sources: { ...sources, [file]: edit.source },
      mended: {
        ...renaming,
        file,
        line: text.slice(0, start).split('\n').length,
        reads: text.slice(start, end),
        writes: edit.writes,
        keepsOld,
      },
    }));
};

const placesIn = (sources: Sources, file: string, was: string): Literal[] =>
  // From the end, so that the places before stay where they are.
  literalsOf(sources[file] ?? '')
    .filter((literal) => namesText(literal, was))
    .toReversed();

/**
 * Changes the code where it looks for what is called otherwise now: a place at a time, and only where
 * that is read better; all places of a file at once where one alone tells nothing, as two columns of
 * one table. What both pages are read by goes before what only the new one is.
 */
export const mend = async (
  sources: Sources,
  renamings: readonly Renaming[],
  judge: (sources: Sources) => Promise<Judged>,
): Promise<Bench> => {
  let bench: Bench = { sources, judged: await judge(sources), mended: [] };
  const take = async (tried: Sources, mended: readonly Mended[]): Promise<boolean> => {
    const judged = await judge(tried);
    if (!isBetter(judged, bench.judged, renamings)) return false;
    bench = { sources: tried, judged, mended: [...bench.mended, ...mended] };
    return true;
  };
  for (const keepsOld of [true, false]) {
    for (const renaming of renamings)
      for (const file of Object.keys(sources))
        for (const literal of placesIn(bench.sources, file, renaming.was))
          for (const one of changed(bench.sources, file, literal, renaming, keepsOld))
            if (await take(one.sources, [one.mended])) break;
    if (bench.judged.understood || renamings.length < 2) continue;
    for (const file of Object.keys(sources))
      for (const way of [0, 1, 2]) {
        const all: Mended[] = [];
        let tried = bench.sources;
        for (const renaming of renamings)
          for (const literal of placesIn(tried, file, renaming.was)) {
            const ways = changed(tried, file, literal, renaming, keepsOld);
            const one = ways[way] ?? ways.at(-1);
            if (one === undefined) continue;
            tried = one.sources;
            all.push(one.mended);
          }
        if (all.length > 0 && (await take(tried, all))) break;
      }
  }
  return bench;
};
