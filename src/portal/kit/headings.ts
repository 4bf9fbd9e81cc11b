/**
 * How a column or a value is headed at a portal: a text matches whole (case, white space, a colon at
 * the end and sort marks aside), a RegExp a part. Several are generations: the first that is there counts.
 */
export type Heading = string | RegExp | readonly (string | RegExp)[];

export const fold = (text: string): string => text.replaceAll(/[\s\u00A0]+/g, ' ').trim();

/** Without what does not tell two headings apart. */
export const bare = (text: string): string =>
  fold(text.replaceAll(/[▲▼△▽↑↓↕⇅*]/g, ' '))
    .replace(/ ?:$/, '')
    .toLowerCase();

const matches = (wanted: string | RegExp, text: string): boolean =>
  typeof wanted === 'string'
    ? bare(wanted) === bare(text)
    : // A RegExp with the flag g remembers where it was; a fresh one does not.
      new RegExp(wanted.source, wanted.flags.replaceAll(/[gy]/g, '')).test(fold(text));

const generations = (heading: Heading): readonly (string | RegExp)[] =>
  typeof heading === 'string' || heading instanceof RegExp ? [heading] : heading;

/** Places of the texts that the heading fits: several mean that it cannot be told which is meant. */
export const placesOf = (heading: Heading, texts: readonly string[]): number[] => {
  for (const wanted of generations(heading)) {
    const places = texts.flatMap((text, place) => (matches(wanted, text) ? [place] : []));
    if (places.length > 0) return places;
  }
  return [];
};

export const describedHeading = (heading: Heading): string =>
  generations(heading)
    .map((wanted) => (typeof wanted === 'string' ? `"${wanted}"` : String(wanted)))
    .join(' or ');

/** Columns by key, those that must be there and those that may. */
export interface Columns<K extends string, O extends string> {
  columns: Readonly<Record<K, Heading>>;
  optional?: Readonly<Record<O, Heading>>;
}

export type Row<K extends string, O extends string> = Record<K, string> &
  Partial<Record<O, string>>;

type Found = { kind: 'found'; places: Record<string, readonly number[]> };

/**
 * Where each wanted column is among the headers. `not-here` when one that must be there is not;
 * `double` names one that fits several headers. `sameCell` tells that two places are one header.
 */
export const columnsAmong = <K extends string, O extends string>(
  { columns, optional }: Columns<K, O>,
  headers: readonly string[],
  sameCell: (a: number, b: number) => boolean = (a, b) => a === b,
): Found | { kind: 'not-here' } | { kind: 'double'; heading: string } => {
  const places: Record<string, readonly number[]> = {};
  const needed = Object.entries<Heading>(columns);
  for (const [key, heading] of [...needed, ...Object.entries<Heading>(optional ?? {})]) {
    const found = placesOf(heading, headers);
    const [first, ...others] = found;
    if (first === undefined) {
      if (key in columns) return { kind: 'not-here' };
      continue;
    }
    if (!others.every((other) => sameCell(first, other)))
      return { kind: 'double', heading: describedHeading(heading) };
    places[key] = found;
  }
  const taken = Object.values(places).map(([first]) => first);
  if (new Set(taken).size < taken.length) return { kind: 'double', heading: 'One column' };
  return { kind: 'found', places };
};
