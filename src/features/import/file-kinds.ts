/** The files of a firm, in the order in which their lines build on each other. */
export const FILE_KINDS = [
  'statuses',
  'words',
  'people',
  'contacts',
  'sources',
  'policies',
] as const;
export type FileKind = (typeof FILE_KINDS)[number];

interface Columns {
  required: readonly string[];
  optional: readonly string[];
}

export const COLUMNS = {
  statuses: { required: ['status', 'indicator'], optional: [] },
  words: { required: ['carrier', 'carrier_word', 'meaning'], optional: [] },
  people: {
    required: ['email', 'name', 'role'],
    optional: ['slack_user_id', 'active', 'changed_at'],
  },
  contacts: {
    required: ['contact_id', 'kind', 'name', 'advisors'],
    optional: ['email', 'birth_year', 'city'],
  },
  sources: {
    required: ['source_id', 'carrier', 'name', 'holder'],
    optional: ['shared_with', 'changed_at'],
  },
  policies: {
    required: ['policy_id', 'contact_id', 'carrier', 'number', 'product', 'status'],
    optional: ['product_type', 'plan_type', 'changed_at'],
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

/** Spreadsheets write semicolons where the comma is the decimal sign. */
export const delimiterOf = (firstLine: string): ',' | ';' | '\t' => {
  const count = (delimiter: string): number => firstLine.split(delimiter).length;
  const [best = ','] = ([',', ';', '\t'] as const).toSorted((a, b) => count(b) - count(a));
  return best;
};
