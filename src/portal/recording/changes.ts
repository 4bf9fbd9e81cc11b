import { distance } from 'fastest-levenshtein';
import { bare } from '../kit/headings.ts';
import { formOf, type Mark } from './marks.ts';

/** A text that is not shown any more, and what stands in its place, the likeliest first. */
export interface Lost {
  was: Mark;
  candidates: readonly { mark: Mark; score: number }[];
  /** The first of them, where no other comes near it. */
  now?: Mark;
}

export interface Changes {
  lost: Lost[];
  /** Shown still, but elsewhere: among other neighbours, or as something else. */
  moved: { text: string; was: string; now: string }[];
  /** New labels that stand in no other's place. */
  came: string[];
}

/** So much must speak for a candidate, and so much more than for the next. */
const ENOUGH = 5;
const AHEAD = 1.5;

const wordsOf = (text: string): string[] => bare(text).match(/[\p{L}\p{N}]+/gu) ?? [];

/** From 0 to 1: the same words, or the same letters. */
const likeness = (a: string, b: string): number => {
  const [one, other] = [new Set(wordsOf(a)), new Set(wordsOf(b))];
  const shared = [...one].filter((word) => other.has(word)).length;
  const words = shared / Math.max(1, Math.min(one.size, other.size));
  const letters = 1 - distance(bare(a), bare(b)) / Math.max(1, a.length, b.length);
  return Math.max(words * 0.9, letters);
};

const NEAR: readonly (readonly Mark['kind'][])[] = [['term', 'header', 'text', 'field']];

const kinship = (a: Mark['kind'], b: Mark['kind']): number | undefined => {
  if (a === b) return 2;
  return NEAR.some((kinds) => kinds.includes(a) && kinds.includes(b)) ? 0.5 : undefined;
};

/** Of labels alone, since values differ from policy to policy. */
const neighbours = (marks: readonly Mark[], place: number): [string, string] => {
  const isLabel = ({ kind }: Mark): boolean => kind !== 'text';
  const before = marks.slice(0, place).findLast(isLabel);
  const after = marks.slice(place + 1).find(isLabel);
  return [bare(before?.text ?? ''), bare(after?.text ?? '')];
};

const scoreOf = (
  [before, was]: readonly [readonly Mark[], number],
  [after, now]: readonly [readonly Mark[], number],
): number | undefined => {
  const [one, other] = [before[was], after[now]];
  if (one === undefined || other === undefined) return undefined;
  const kin = kinship(one.kind, other.kind);
  if (kin === undefined) return undefined;
  const [left, right] = neighbours(before, was);
  const [newLeft, newRight] = neighbours(after, now);
  const sameForm = formOf(one.beside) === formOf(other.beside);
  const hasForm = one.beside !== '' || other.beside !== '';
  return (
    kin +
    (left === newLeft ? 1.5 : 0) +
    (right === newRight ? 1.5 : 0) +
    (hasForm ? (sameForm ? 2 : -2) : 0) +
    (one.beside !== '' && one.beside === other.beside ? 1 : 0) +
    (bare(one.under) === bare(other.under) ? 0.5 : 0) +
    3 * likeness(one.text, other.text)
  );
};

const isAlike = (one: Mark | undefined, other: Mark | undefined): boolean =>
  one !== undefined && other !== undefined && likeness(one.text, other.text) >= 0.5;

/** Nothing of another name is pressed because of its place alone: a person says which it is. */
const isPressed = (mark: Mark | undefined): boolean => /^(button|link)$/.test(mark?.kind ?? '');

/** By its place alone a label is known again where no other of its kind came or went. */
const isAlone = (
  mark: Mark | undefined,
  gone: readonly number[],
  before: readonly Mark[],
  fresh: readonly number[],
  now: readonly Mark[],
): boolean => {
  const isLike = (other: Mark | undefined): boolean =>
    mark !== undefined &&
    other !== undefined &&
    kinship(mark.kind, other.kind) === 2 &&
    formOf(mark.beside) === formOf(other.beside);
  return (
    gone.filter((place) => isLike(before[place])).length === 1 &&
    fresh.filter((place) => isLike(now[place])).length === 1
  );
};

/**
 * What a screen shows otherwise than the one recorded before. `isNamed` tells the texts that the
 * adapter itself looks for; of others only labels count, for a value is another with each policy.
 */
export const changesBetween = (
  before: readonly Mark[],
  now: readonly Mark[],
  isNamed: (text: string) => boolean,
): Changes => {
  const shown = new Set(now.map(({ text }) => bare(text)));
  const known = new Set(before.map(({ text }) => bare(text)));
  // A text with a number in it is of one policy.
  const counts = ({ kind, text }: Mark): boolean =>
    isNamed(text) || (!/^(text|cell|link)$/.test(kind) && !/\d/.test(text));
  const placesOf = (marks: readonly Mark[], test: (mark: Mark) => boolean): number[] =>
    marks.flatMap((mark, place) =>
      test(mark) && marks.findIndex(({ text }) => bare(text) === bare(mark.text)) === place
        ? [place]
        : [],
    );
  const gone = placesOf(before, (mark) => !shown.has(bare(mark.text)) && counts(mark));
  const fresh = placesOf(now, ({ text }) => !known.has(bare(text)));
  const pairs = gone
    .flatMap((was) =>
      fresh.flatMap((place) => {
        const score = scoreOf([before, was], [now, place]);
        return score === undefined ? [] : [{ was, place, score }];
      }),
    )
    .toSorted((a, b) => b.score - a.score);
  const taken = new Set<number>();
  const lost = gone.map((was): Lost | undefined => {
    const mark = before[was];
    const own = pairs.filter((pair) => pair.was === was);
    const candidates = own.flatMap(({ place, score }) => {
      const candidate = now[place];
      return candidate === undefined ? [] : [{ mark: candidate, score }];
    });
    const [first, second] = own;
    const rival = pairs.find((pair) => pair.place === first?.place && pair.was !== was);
    const isSure =
      first !== undefined &&
      first.score >= ENOUGH &&
      first.score - (second?.score ?? 0) >= AHEAD &&
      first.score - (rival?.score ?? 0) >= AHEAD &&
      (isAlike(mark, now[first.place]) ||
        (!isPressed(mark) && isAlone(mark, gone, before, fresh, now)));
    if (isSure) taken.add(first.place);
    const found = isSure ? now[first.place] : undefined;
    return mark && { was: mark, candidates, ...(found && { now: found }) };
  });
  return {
    lost: lost.filter((each) => each !== undefined),
    moved: movedAmong(before.filter(counts), now),
    came: fresh
      .filter((place) => !taken.has(place) && isNewLabel(now[place]))
      .map((place) => now[place]?.text ?? ''),
  };
};

const isNewLabel = (mark: Mark | undefined): boolean =>
  mark !== undefined && /^(term|header|field|button|key)$/.test(mark.kind) && !/\d/.test(mark.text);

/** Labels out of the longest run that kept its order, and such as are now of another kind. */
const movedAmong = (before: readonly Mark[], now: readonly Mark[]): Changes['moved'] => {
  const places = new Map<string, number>();
  now.forEach(({ text }, place) => {
    if (!places.has(bare(text))) places.set(bare(text), place);
  });
  const first = new Map(before.toReversed().map((mark) => [bare(mark.text), mark]));
  const common = before.filter(
    (mark) => first.get(bare(mark.text)) === mark && places.has(bare(mark.text)),
  );
  const at = (index: number): number => places.get(bare(common[index]?.text ?? '')) ?? -1;
  // Longest increasing run of places: chains[i] ends with i.
  const chains: number[][] = [];
  for (let index = 0; index < common.length; index += 1) {
    const best = chains
      .filter((chain) => at(chain.at(-1) ?? 0) < at(index))
      .reduce<number[]>((longest, chain) => (chain.length > longest.length ? chain : longest), []);
    chains.push([...best, index]);
  }
  const kept = new Set(
    chains.reduce<number[]>((long, chain) => (chain.length > long.length ? chain : long), []),
  );
  return common.flatMap((mark, index) => {
    const shown = now[at(index)];
    if (shown === undefined || (kept.has(index) && shown.kind === mark.kind)) return [];
    return [{ text: mark.text, was: placeOf(before, mark), now: placeOf(now, shown) }];
  });
};

const placeOf = (marks: readonly Mark[], mark: Mark): string => {
  const [left] = neighbours(marks, marks.indexOf(mark));
  const after = left === '' ? 'at the top' : `after "${left}"`;
  return `${mark.kind} ${after}${mark.under === '' ? '' : `, under "${mark.under}"`}`;
};
