/** The files of a firm, in the order in which their lines build on each other. */
export const FILE_KINDS = ['statuses', 'people', 'contacts', 'sources', 'policies'] as const;
export type FileKind = (typeof FILE_KINDS)[number];

interface Columns {
  required: readonly string[];
  optional: readonly string[];
}

export const COLUMNS = {
  statuses: { required: ['status', 'indicator'], optional: [] },
  people: { required: ['email', 'name', 'role'], optional: ['slack_user_id', 'active'] },
  contacts: {
    required: ['contact_id', 'kind', 'name', 'advisors'],
    optional: ['email', 'birth_year', 'city'],
  },
  sources: { required: ['source_id', 'carrier', 'name', 'holder'], optional: ['shared_with'] },
  policies: {
    required: ['policy_id', 'contact_id', 'carrier', 'number', 'product', 'status'],
    optional: ['product_type', 'plan_type'],
  },
} as const satisfies Record<FileKind, Columns>;

export const columnsOf = (kind: FileKind): readonly string[] => [
  ...COLUMNS[kind].required,
  ...COLUMNS[kind].optional,
];

/** Column names as people write them: "Contact ID" is `contact_id`. */
export const columnName = (raw: string): string =>
  raw
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');

const missingOf = (kind: FileKind, header: readonly string[]): string[] =>
  COLUMNS[kind].required.filter((column) => !header.includes(column));

/** What ids its lines have says what a file is, so each kind has a column no other has. */
const OWN_COLUMN: Record<FileKind, string> = {
  statuses: 'indicator',
  people: 'role',
  contacts: 'advisors',
  sources: 'source_id',
  policies: 'policy_id',
};

const kindByName = (file: string): FileKind | undefined =>
  FILE_KINDS.find((kind) => file.toLowerCase().includes(kind));

export type Recognized =
  | { kind: FileKind; unused: string[] }
  | { kind: undefined; column?: string; wrong: string; todo: string };

/** Which file this is, by its header and else by its name; a header that misses a column is refused. */
export const recognizeFile = (file: string, header: readonly string[]): Recognized => {
  if (header.some((column) => /[\0\ufffd]/.test(column))) {
    return {
      kind: undefined,
      wrong: 'the header has characters that could not be read',
      todo: 'Save the file as "CSV UTF-8".',
    };
  }
  const kind = FILE_KINDS.find((kind) => header.includes(OWN_COLUMN[kind])) ?? kindByName(file);
  if (kind === undefined) {
    return {
      kind: undefined,
      wrong: `neither the header nor the name says what this file is (columns: ${header.join(', ')})`,
      todo: `Give it the header of one of ${FILE_KINDS.join(', ')}; for policies: ${columnsOf('policies').join(', ')}.`,
    };
  }
  const [missing] = missingOf(kind, header);
  if (missing !== undefined) {
    return {
      kind: undefined,
      column: missing,
      wrong: `this column of a ${kind} file is missing`,
      todo: `Add it; the columns are ${columnsOf(kind).join(', ')}.`,
    };
  }
  const twice = header.find((column, index) => header.indexOf(column) !== index);
  if (twice !== undefined) {
    return {
      kind: undefined,
      column: twice,
      wrong: 'two columns have this name',
      todo: 'Rename or remove one of them.',
    };
  }
  return { kind, unused: header.filter((column) => !columnsOf(kind).includes(column)) };
};

/** Spreadsheets write semicolons where the comma is the decimal sign. */
export const delimiterOf = (firstLine: string): ',' | ';' | '\t' => {
  const count = (delimiter: string): number => firstLine.split(delimiter).length;
  const [best = ','] = ([',', ';', '\t'] as const).toSorted((a, b) => count(b) - count(a));
  return best;
};
