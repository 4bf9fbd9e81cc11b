import { kindByAliases, nameColumns, type ColumnMap } from './columns.ts';
import { COLUMNS, columnsOf, FILE_KINDS, type FileKind } from './file-kinds.ts';

/** What ids its lines have says what a file is, so each kind has a column no other has. */
const OWN_COLUMN: Record<FileKind, string> = {
  statuses: 'indicator',
  words: 'carrier_word',
  people: 'role',
  contacts: 'advisors',
  sources: 'source_id',
  policies: 'policy_id',
};

const kindByName = (file: string): FileKind | undefined =>
  FILE_KINDS.find((kind) => file.toLowerCase().includes(kind));

export type Recognized =
  /** `columns`: the header in our names. */
  | { kind: FileKind; columns: string[] }
  /** `meant`: which kind it would be with the header put right. */
  | { kind: undefined; meant?: FileKind; column?: string; wrong: string; todo: string };

/** Which file this is, by its header and else by its name; a header that misses a column is refused. */
export const recognizeFile = (
  file: string,
  header: readonly string[],
  map?: ColumnMap,
): Recognized => {
  if (header.some((column) => /[\0\ufffd]/.test(column))) {
    return {
      kind: undefined,
      wrong: 'the header has characters that could not be read',
      todo: 'Save the file as "CSV UTF-8".',
    };
  }
  const kind =
    FILE_KINDS.find((each) => header.includes(OWN_COLUMN[each])) ??
    kindByName(file) ??
    kindByAliases(header, map);
  if (kind === undefined) {
    return {
      kind: undefined,
      wrong: `neither the header nor the name says what this file is (columns: ${header.join(', ')})`,
      todo: `Give it the header of one of ${FILE_KINDS.join(', ')}; for policies: ${columnsOf('policies').join(', ')}.`,
    };
  }
  const named = nameColumns(kind, header, map);
  if (!('columns' in named)) return { kind: undefined, meant: kind, ...named };
  const { columns } = named;
  const missing = COLUMNS[kind].required.find((column) => !columns.includes(column));
  if (missing !== undefined) {
    return {
      kind: undefined,
      meant: kind,
      column: missing,
      wrong: `this column of a ${kind} file is missing`,
      todo: `Add it, or say which it is, as in --column ${missing}="Its name"; the columns are ${columnsOf(kind).join(', ')}.`,
    };
  }
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) {
    return {
      kind: undefined,
      meant: kind,
      column: twice,
      wrong: 'two columns have this name',
      todo: 'Rename or remove one of them.',
    };
  }
  return { kind, columns };
};
