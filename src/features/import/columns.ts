import { columnName, COLUMNS, columnsOf, FILE_KINDS, type FileKind } from './file-kinds.ts';

/** Names that CRMs give to the columns of their templates, as `columnName` writes them. */
const ALIASES: Record<FileKind, Record<string, readonly string[]>> = {
  statuses: { status: ['product_status', 'policy_status'], indicator: ['status_indicator'] },
  words: { carrier_word: ['carrier_status', 'status_at_carrier'], meaning: ['means'] },
  people: {
    email: ['e_mail', 'email_address', 'user_email'],
    name: ['full_name', 'user_name', 'advisor_name'],
    role: ['user_role', 'profile'],
    slack_user_id: ['slack_id', 'slack_member_id'],
    active: ['is_active', 'enabled'],
  },
  contacts: {
    contact_id: ['client_id', 'record_id', 'id'],
    kind: ['contact_type', 'record_type', 'type'],
    name: ['contact_name', 'full_name', 'client_name'],
    email: ['e_mail', 'email_address', 'primary_email'],
    birth_year: ['year_of_birth'],
    city: ['mailing_city', 'home_city'],
    advisors: ['advisor', 'owner', 'owners', 'contact_owner'],
  },
  sources: {
    source_id: ['login_source_id', 'login_id', 'record_id', 'id'],
    carrier: ['carrier_name', 'institution', 'company'],
    name: ['login_source', 'source_name', 'login_name'],
    holder: ['holder_email', 'owner', 'login_owner'],
    shared_with: ['shared', 'users'],
    changed_at: ['last_modified', 'last_modified_date', 'updated_at', 'modified_at'],
  },
  policies: {
    policy_id: ['product_id', 'account_id', 'record_id', 'id'],
    contact_id: ['client_id', 'owner_id', 'household_id'],
    carrier: ['carrier_name', 'institution', 'company'],
    number: ['policy_number', 'policy_no', 'policy_#', 'account_number', 'contract_number'],
    product: ['product_name', 'policy_name', 'plan_name'],
    product_type: ['policy_type', 'type'],
    plan_type: ['plan'],
    status: ['product_status', 'policy_status'],
    changed_at: ['last_modified', 'last_modified_date', 'updated_at', 'modified_at'],
  },
};

/** Column of ours -> column of the file, as people wrote it: `{number: "Policy #"}`. */
export type ColumnMap = Readonly<Record<string, string>>;

export type Named = { columns: string[] } | { column: string; wrong: string; todo: string };

/** The header in our names, where what the file calls a column is mapped or known. */
export const nameColumns = (
  kind: FileKind,
  header: readonly string[],
  map: ColumnMap = {},
): Named => {
  const columns = [...header];
  for (const column of columnsOf(kind)) {
    const mapped = map[`${kind}.${column}`] ?? map[column];
    if (mapped !== undefined) {
      const at = header.indexOf(columnName(mapped));
      // A map may be meant for another of the files.
      if (at >= 0) {
        const own = columns.indexOf(column);
        if (own >= 0) columns[own] = `${column}_of_the_file`;
        columns[at] = column;
      }
      continue;
    }
    if (header.includes(column)) continue;
    const known = (ALIASES[kind][column] ?? []).filter((name) => header.includes(name));
    const [first, second] = known;
    if (first === undefined) continue;
    if (second !== undefined)
      return {
        column,
        wrong: `"${first}" and "${second}" may both be the ${column}`,
        todo: `Say which one, as in --column ${column}="${first}".`,
      };
    columns[columns.indexOf(first)] = column;
  }
  return { columns };
};

/** Which kind a header may be once its columns have our names; the name of the file decides first. */
export const kindByAliases = (
  header: readonly string[],
  map: ColumnMap | undefined,
): FileKind | undefined => {
  const kinds = FILE_KINDS.filter((kind) => {
    const named = nameColumns(kind, header, map);
    return (
      'columns' in named && COLUMNS[kind].required.every((column) => named.columns.includes(column))
    );
  });
  return kinds.length === 1 ? kinds[0] : undefined;
};

/** The targets of a map that are no column of any file, for a clear refusal. */
export const strangersOf = (map: ColumnMap): string[] => {
  const known = new Set(
    FILE_KINDS.flatMap((kind) =>
      columnsOf(kind).flatMap((column) => [column, `${kind}.${column}`]),
    ),
  );
  return Object.keys(map).filter((column) => !known.has(column));
};
