/** A firm's files of any size, with faults planted at known lines and the words each deserves. */
export interface LargeImport {
  files: { name: string; lines: string[] }[];
  /** How many lines there are below the headers. */
  lines: number;
  /** What the import should say, in the order of the file. */
  messages: string[];
}

type Row = Record<string, string>;

const CARRIERS = ['northbridge-life', 'meridian-annuity'];
const STATUSES = ['Active', 'In Force', 'Pending'];
const ADVISOR = 'ana.ruiz@harborpoint.example';
const NAMES = ['Margaret Chen', 'Luis Ortega', 'Zoë O’Neill', 'Priya Singh', 'Sven Hansen'];
const HEADER = [
  'policy_id',
  'contact_id',
  'carrier',
  'number',
  'product',
  'product_type',
  'plan_type',
  'status',
];

/** Ten kinds of fault that exports of CRMs have, each with its message without the place. */
const FAULTS: readonly {
  spoil: (row: Row, before: Row) => Row;
  says: (row: Row, before: Row) => string;
}[] = [
  {
    spoil: (row) => ({ ...row, number: '' }),
    says: () => ', number "": has no number in it. Write the number as the carrier does.',
  },
  {
    spoil: (row) => ({ ...row, number: '1.23E+11' }),
    says: () =>
      ', number "1.23E+11": a spreadsheet turned this into a rounded figure and its last digits are lost. Export again from the CRM with this column formatted as text.',
  },
  {
    spoil: (row) => ({ ...row, carrier: 'northbridge-lief' }),
    says: () =>
      ', carrier "northbridge-lief": is not a known carrier. Did you mean "northbridge-life"? Else write that carrier (docs/carriers.md).',
  },
  {
    spoil: (row) => ({ ...row, status: 'Actve' }),
    says: () =>
      ', status "Actve": is not a known status. Did you mean "Active"? Else add it to statuses.csv.',
  },
  {
    spoil: (row) => ({ ...row, contact_id: 'NOBODY' }),
    says: () =>
      ', contact_id "NOBODY": there is no contact with this id. Add it to the contacts file, or correct the id.',
  },
  {
    spoil: (row) => ({ ...row, product: '' }),
    says: () => ', product "": is empty. Write the name of the product.',
  },
  {
    spoil: (row) => ({ ...row, policy_id: '' }),
    says: () => ', policy_id "": is empty. Give each line its own id, the one the CRM uses.',
  },
  {
    spoil: (row, before) => ({ ...row, policy_id: before['policy_id'] ?? '' }),
    says: (_row, before) =>
      `, policy_id ${JSON.stringify(before['policy_id'])}: stands on policies.csv:${before['line']} already. Keep one of the two lines.`,
  },
  {
    spoil: (row, before) => ({
      ...row,
      carrier: before['carrier'] ?? '',
      number: before['number'] ?? '',
    }),
    says: (row, before) =>
      `, number ${JSON.stringify(before['number'])}: the policy ${before['policy_id']} already has this number at ${row['carrier']}. Remove one of the two, or correct its number.`,
  },
  {
    spoil: (row) => ({ ...row, product: 'Harbor\uFFFD' }),
    says: (row) =>
      `, product ${JSON.stringify(row['product'])}: has characters that could not be read. Save the file as "CSV UTF-8".`,
  },
];

/** A third of the lines are contacts, the others their policies; the faults are spread over those. */
export const largeImport = (lines: number, faults: number): LargeImport => {
  const contacts = Math.floor(lines / 3);
  const policies = lines - contacts;
  const every = Math.floor(policies / faults);
  const messages: string[] = [];
  const rows: string[] = [];
  let before: Row = {};
  for (let n = 0; n < policies; n += 1) {
    const good: Row = {
      policy_id: `L-${n}`,
      contact_id: `K-${n % contacts}`,
      carrier: CARRIERS[n % 2] ?? '',
      number: `7${String(n).padStart(8, '0')}`,
      product: 'Harbor Select Variable Annuity',
      product_type: 'Annuity',
      plan_type: 'Variable Annuity',
      status: STATUSES[n % 3] ?? '',
    };
    const place = n % every === every - 1 && messages.length < faults ? messages.length : -1;
    const fault = place < 0 ? undefined : FAULTS[place % FAULTS.length];
    const row = fault === undefined ? good : fault.spoil(good, before);
    const line = n + 2;
    if (fault !== undefined) messages.push(`policies.csv:${line}${fault.says(row, before)}`);
    else before = { ...good, line: String(line) };
    rows.push(HEADER.map((column) => row[column] ?? '').join(','));
  }
  return {
    lines,
    messages,
    files: [
      {
        name: 'contacts.csv',
        lines: [
          'contact_id,kind,name,email,birth_year,city,advisors',
          ...Array.from(
            { length: contacts },
            (_, n) =>
              `K-${n},individual,${NAMES[n % NAMES.length]} ${n},k${n}@client.example,${1930 + (n % 70)},Boston,${ADVISOR}`,
          ),
        ],
      },
      { name: 'policies.csv', lines: [HEADER.join(','), ...rows] },
    ],
  };
};
