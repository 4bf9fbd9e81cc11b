import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bare } from '#portal/kit/headings.ts';
import type { Capture, Find, Finds } from '#portal/contract.ts';
import { changesBetween, type Changes } from '#portal/recording/changes.ts';
import { jsonMarks, pageMarks, textMarks, type Mark } from '#portal/recording/marks.ts';
import { movedParts, type MovedPart } from '#portal/recording/moved-parts.ts';
import { recordedCases, type RecordedCase } from '#portal/recording/replay.ts';
import { literalsOf } from './literals.ts';
import type { Sources } from './workshop.ts';

/** One screen beside the last recording of it that was understood. */
export interface Compared {
  screen: string;
  /** Redacted, as it was recorded; of a page alone. */
  before?: string;
  /** As it is now; never written. */
  now?: string;
  changes: Changes;
  parts: MovedPart[];
}

const screensOf = ({ html = {}, json = {}, text = {} }: Capture): Map<string, Mark[]> =>
  new Map([
    ...Object.entries(html).map(([name, page]): [string, Mark[]] => [name, pageMarks(page)]),
    ...Object.entries(json).map(([name, value]): [string, Mark[]] => [name, jsonMarks(value)]),
    ...Object.entries(text).map(([name, file]): [string, Mark[]] => [name, textMarks(file)]),
  ]);

const selectorsIn = (sources: Sources): string[] =>
  Object.values(sources)
    .flatMap(literalsOf)
    .filter(({ kind, says }) => kind === 'text' && /[#.[]/.test(says) && says.length < 120)
    .map(({ says }) => says);

/** What a capture shows otherwise than the recorded case, screen by screen. */
export const compareCaptures = (
  recorded: RecordedCase,
  capture: Capture,
  sources: Sources,
  isNamed: (text: string) => boolean,
): Compared[] => {
  const before = screensOf(recorded.capture);
  const compared: Compared[] = [];
  for (const [screen, marks] of screensOf(capture)) {
    const known = before.get(screen);
    if (known === undefined) continue;
    const [old, now] = [recorded.capture.html?.[screen], capture.html?.[screen]];
    compared.push({
      screen,
      ...(old === undefined ? {} : { before: old }),
      ...(now === undefined ? {} : { now }),
      changes: changesBetween(known, marks, isNamed),
      parts:
        old === undefined || now === undefined ? [] : movedParts(old, now, selectorsIn(sources)),
    });
  }
  return compared;
};

/** The recorded case that the parser understood: the usual one first. */
export const recordedAs = (
  folder: string,
  kind: 'found' | 'absent' | 'book',
): RecordedCase | undefined => {
  const cases = recordedCases(folder).filter(({ expected }) =>
    expected === undefined
      ? false
      : kind === 'book'
        ? 'book' in expected && expected.book.entries.length > 0
        : 'reading' in expected && expected.reading.kind === kind,
  );
  return cases.find(({ name }) => name === kind) ?? cases[0];
};

const listOf = (finds: Finds): readonly Find[] =>
  Array.isArray(finds) ? (finds as readonly Find[]) : [finds as Find];

/** The texts by which something is looked for, and the selectors. */
export const textsOf = (finds: Finds): { texts: string[]; selectors: string[] } => ({
  texts: listOf(finds).flatMap(({ label, placeholder, role, text, name, css = '' }) => [
    ...[label, placeholder, role?.[1], text, name].filter((each) => typeof each === 'string'),
    // As :text-is("Contract status") says it.
    ...(css.match(/(?<=\(")[^"]+(?="\))/g) ?? []),
  ]),
  selectors: listOf(finds).flatMap(({ css }) => (css === undefined ? [] : [css])),
});

/** Every recorded page of the carrier, redacted. */
export const recordedPages = (folder: string): string[] =>
  ['recording', 'pages']
    .map((place) => join(folder, place))
    .filter((place) => existsSync(place))
    .flatMap((place) =>
      readdirSync(place)
        .filter((file) => file.endsWith('.html'))
        .map((file) => readFileSync(join(place, file), 'utf8')),
    );

const FIELDS: readonly Mark['kind'][] = ['field', 'button', 'link'];

/**
 * What became of something that was looked for in vain: the recorded page that had it, and is most like
 * the page now, beside that one. Without such a page, what can be used on it now.
 */
export const compareStuck = (
  folder: string,
  pages: readonly string[],
  wanted: Finds,
): Compared[] => {
  const { texts, selectors } = textsOf(wanted);
  const isWanted = (text: string): boolean => texts.some((each) => bare(each) === bare(text));
  const recorded = recordedPages(folder).map((html) => ({ html, marks: pageMarks(html) }));
  return pages.flatMap((now, place): Compared[] => {
    const marks = pageMarks(now);
    const shown = new Set(marks.map(({ text }) => bare(text)));
    const inCommon = (known: readonly Mark[]): number =>
      known.filter(({ text }) => shown.has(bare(text))).length;
    const [before] = recorded
      .filter(
        ({ html, marks: known }) =>
          known.some(({ text }) => isWanted(text)) || movedParts(html, now, selectors).length > 0,
      )
      .toSorted((a, b) => inCommon(b.marks) - inCommon(a.marks));
    const screen = place === 0 ? 'page' : `frame ${place}`;
    if (before !== undefined)
      return [
        {
          screen,
          before: before.html,
          now,
          changes: changesBetween(before.marks, marks, isWanted),
          parts: movedParts(before.html, now, selectors),
        },
      ];
    const usable = marks.filter(({ kind }) => FIELDS.includes(kind));
    const lost = texts.map((text) => ({
      was: { text, kind: 'field', beside: '', under: '' } satisfies Mark,
      candidates: usable.map((mark) => ({ mark, score: 0 })),
    }));
    return [{ screen, now, changes: { lost, moved: [], came: [] }, parts: [] }];
  });
};
