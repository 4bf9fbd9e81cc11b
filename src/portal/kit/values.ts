import type { CheerioAPI } from 'cheerio';
import { describedHeading, placesOf, type Heading, type Row } from './headings.ts';
import {
  isElement,
  isHidden,
  scopeOf,
  shownElements,
  shownText,
  type Element,
  type Node,
} from './shown.ts';
import { PortalChanged } from '../failure.ts';

export interface ValuesOptions<K extends string, O extends string> {
  labels: Readonly<Record<K, Heading>>;
  optional?: Readonly<Record<O, Heading>>;
  /** CSS of the one part of the page to look in, where a label may stand several times. */
  within?: string;
}

interface Pair {
  label: string;
  value: string;
}

/** Longer ones are not labels and values but parts of a page. */
const MOST_LABEL = 80;
const MOST_VALUE = 160;

/**
 * Values by the label beside them: terms and descriptions, rows of two cells, labelled fields, a label
 * and its value in one element, "Label: value". Throws PortalChanged when a label is not there, has no
 * value, or has different ones in different places.
 */
export const values = <K extends string, O extends string = never>(
  $: CheerioAPI,
  { labels, optional, within }: ValuesOptions<K, O>,
): Row<K, O> => {
  const scope = scopeOf($, within);
  const needed = Object.entries<Heading>(labels);
  const wanted = [...needed, ...Object.entries<Heading>(optional ?? {})];
  const isLabel = (text: string): boolean =>
    wanted.some(([, heading]) => placesOf(heading, [text]).length > 0);
  // Two labels side by side are the headers of a table.
  const pairs = pairsOf($, scope).filter(({ value }) => !isLabel(value));
  const found: Record<string, string> = {};
  for (const [key, heading] of wanted) {
    const places = placesOf(
      heading,
      pairs.map((pair) => pair.label),
    );
    const texts = new Set(places.map((place) => pairs[place]?.value ?? ''));
    texts.delete('');
    const [text, ...differing] = texts;
    if (differing.length > 0)
      throw new PortalChanged(`${describedHeading(heading)} has several values`);
    if (text !== undefined) found[key] = text;
    else if (key in labels)
      throw new PortalChanged(
        `${describedHeading(heading)} ${places.length > 0 ? 'has no value' : 'is not shown'}`,
      );
  }
  return found as Row<K, O>;
};

const pairsOf = ($: CheerioAPI, scope: Element | undefined): Pair[] => {
  const all = (css: string): Element[] => {
    const found = shownElements($, css, scope);
    return scope && $(scope).is(css) ? [scope, ...found] : found;
  };
  return [
    ...all('dt, [role=term]').flatMap((term) => ofTerm($, term)),
    ...all('tr, [role=row]').flatMap((row) => ofRow($, row)),
    ...all('label[for]').flatMap((label) => ofField($, label)),
    ...all('[aria-labelledby]').flatMap((field) => ofLabelled($, field)),
    ...all('*').flatMap(ofContainer),
  ].filter(({ label, value }) => label.length <= MOST_LABEL && value.length <= MOST_VALUE);
};

const ofTerm = ($: CheerioAPI, term: Element): Pair[] => {
  const descriptions = $(term).nextUntil('dt, [role=term]').filter('dd, [role=definition]');
  if (descriptions.length !== 1) return [];
  return [
    { label: shownText(term), value: shownText(...descriptions.toArray().filter(isElement)) },
  ];
};

const isHeader = ({ name, attribs }: Element): boolean =>
  name === 'th' || attribs['role'] === 'rowheader' || attribs['role'] === 'columnheader';

const CELL = 'td, th, [role=cell], [role=gridcell], [role=columnheader], [role=rowheader]';

/** Rows of two cells, or of labels and values by turns where the labels are marked as such. */
const ofRow = ($: CheerioAPI, row: Element): Pair[] => {
  const cells = shownElements($, CELL, row).filter(
    (cell) => $(cell).parent().closest('tr, [role=row]')[0] === row,
  );
  if (cells.length % 2 === 1) return [];
  const pairs = byTwos(cells);
  const marked = pairs.every(
    ([label, value]) => (isHeader(label) || shownText(label).endsWith(':')) && !isHeader(value),
  );
  const plain = pairs.length === 1 && !cells.some(isHeader);
  return marked || plain ? pairs.map(pairOf) : [];
};

const byTwos = <T>(list: readonly T[]): [T, T][] =>
  list.flatMap((each, index) => {
    const next = list[index + 1];
    return index % 2 === 0 && next !== undefined ? [[each, next] as [T, T]] : [];
  });

const pairOf = ([label, value]: readonly [Node, Node]): Pair => ({
  label: shownText(label),
  value: shownText(value),
});

const byId = ($: CheerioAPI, id: string): Element[] =>
  $(`[id=${JSON.stringify(id)}]`)
    .toArray()
    .filter(isElement);

const ofField = ($: CheerioAPI, label: Element): Pair[] => {
  const [field, ...others] = byId($, label.attribs['for'] ?? '');
  return field && others.length === 0 && !isHidden(field) ? [pairOf([label, field])] : [];
};

const ofLabelled = ($: CheerioAPI, field: Element): Pair[] => {
  const ids = (field.attribs['aria-labelledby'] ?? '').split(/\s+/);
  const [label, ...others] = ids.flatMap((id) => byId($, id));
  return label && others.length === 0 ? [pairOf([label, field])] : [];
};

/** Their children have meanings of their own, which the others above know. */
const STRUCTURE = /^(table|thead|tbody|tfoot|tr|dl|select|html|body|form|main|nav)$/;

const ofContainer = (element: Element): Pair[] => {
  if (STRUCTURE.test(element.name)) return [];
  const shown = element.children.filter((child) => shownText(child) !== '');
  if (shown.every(isElement)) return ofChildren(shown);
  return linesOf(shown).flatMap(ofLine);
};

const ofChildren = (children: readonly Element[]): Pair[] => {
  if (children.length === 0 || children.length % 2 === 1) return [];
  const pairs = byTwos(children);
  if (pairs.length > 1 && !takeTurns(pairs)) return [];
  return pairs.map(pairOf);
};

/** Whether labels and values, by turns, can be told apart by what they are: else one may be lacking. */
const takeTurns = (pairs: readonly [Element, Element][]): boolean => {
  const kind = ({ name, attribs }: Element): string => `${name} ${attribs['class'] ?? ''}`;
  const labels = new Set(pairs.map(([label]) => kind(label)));
  const values = new Set(pairs.map(([, value]) => kind(value)));
  return labels.size === 1 && [...values].every((value) => !labels.has(value));
};

/** Of text and elements mixed: a line ends at a break, or where the next label begins. */
const linesOf = (nodes: readonly Node[]): Node[][] => {
  const lines: Node[][] = [[]];
  const first = nodes.find(isElement)?.name;
  for (const node of nodes) {
    const line = lines.at(-1);
    const isNext = isElement(node) && (node.name === first || shownText(node).endsWith(':'));
    if (isNext && line?.length) lines.push([node]);
    else line?.push(node);
  }
  return lines;
};

const ofLine = (line: readonly Node[]): Pair[] => {
  const [first, ...rest] = line;
  if (!first) return [];
  if (isElement(first)) {
    const value = shownText(...rest).replace(/^: ?/, '');
    return value === '' ? [] : [{ label: shownText(first), value }];
  }
  const told = /^([^:]+): ?(.+)$/.exec(shownText(...line));
  return told ? [{ label: told[1] ?? '', value: told[2] ?? '' }] : [];
};
