import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settle } from '#features/import/conflict.ts';
import { setStatus } from '#features/corrections/store.ts';
import type { Database } from '#database/connection.ts';
import { openTestDatabase } from '#test/support/database.ts';
import { imported } from '#test/support/imported.ts';
import type { ColumnMap } from '#features/import/columns.ts';
import { largeImport } from '#test/support/large-import.ts';

const CARRIERS = [
  { id: 'northbridge-life', name: 'Northbridge Life' },
  { id: 'meridian-annuity', name: 'Meridian Annuity' },
];
const FIRM = {
  'statuses.csv':
    'status,indicator\nActive,open\nIn Force,open\nPending,pending\nSurrendered,closed\n',
  'people.csv': 'email,name,role\nana.ruiz@harborpoint.example,Ana Ruiz,advisor\n',
  'contacts.csv':
    'contact_id,kind,name,advisors\nC-1,individual,Margaret Chen,ana.ruiz@harborpoint.example\n',
};
const POLICIES =
  'policy_id,contact_id,carrier,number,product,status\nP-1,C-1,northbridge-life,00123-4567,Harbor VA,Active\n';
const NOW = Date.parse('2026-11-20T15:00:00Z');

let db: Database;
beforeEach(async () => {
  db = await openTestDatabase();
});
afterEach(() => db.destroy());

const load = (
  files: Record<string, string>,
  how: { crmWins?: boolean; columns?: ColumnMap } = {},
) => imported(db, files, { now: () => NOW, carriers: CARRIERS, ...how });
const policy = () =>
  db.selectFrom('policy').select(['id', 'number', 'status', 'edits']).executeTakeFirstOrThrow();
const ana = async (): Promise<string> =>
  (await db.selectFrom('person').select('id').executeTakeFirstOrThrow()).id;

describe("an export with a CRM's own column names", () => {
  const exported = POLICIES.replace('policy_id', 'Product ID')
    .replace('contact_id', 'Client ID')
    .replace('carrier', 'Carrier Name')
    .replace('number', 'Policy Number')
    .replace('product,', 'Product Name,')
    .replace('status', 'Product Status');

  it('is taken as it is', async () => {
    await load(FIRM);
    expect((await load({ 'export.csv': exported })).said).toEqual([]);
    expect(await policy()).toMatchObject({ number: '00123-4567', status: 'Active' });
  });

  it('is refused when two columns may be the same one, until somebody says which', async () => {
    await load(FIRM);
    const two = exported
      .replace('Policy Number', 'Policy Number,Account Number')
      .replace('00123-4567', '00123-4567,A-9');
    expect((await load({ 'policies.csv': two })).said).toEqual([
      'policies.csv:1, number: "policy_number" and "account_number" may both be the number. Say which one, as in --column number="policy_number".',
    ]);
    const columns = { number: 'Account Number' };
    expect((await load({ 'policies.csv': two }, { columns })).said).toEqual([]);
    expect(await policy()).toMatchObject({ number: 'A-9' });
  });
});

describe('a change that a person made in Slack', () => {
  beforeEach(async () => {
    await load({ ...FIRM, 'policies.csv': POLICIES });
    await setStatus(
      { db, clock: () => NOW },
      {
        policyId: (await policy()).id,
        personId: await ana(),
        from: 'Active',
        to: 'Surrendered',
      },
    );
  });
  const KEPT =
    'policies.csv:2, status "Active": Ana Ruiz changed it to "Surrendered" here on 2026-11-20, which stands. Change it in the CRM too, or import with --crm-wins.';

  it('stands against a file that does not know of it, each time, and is told', async () => {
    for (let time = 0; time < 2; time += 1) {
      const { said, counts } = await load({ 'policies.csv': POLICIES });
      expect(said).toEqual([KEPT]);
      expect(counts).toMatchObject([{ changed: 0, unchanged: 1, kept: 1, refused: 0 }]);
    }
    expect(await policy()).toMatchObject({ status: 'Surrendered' });
  });

  it('does not keep the rest of its line from going in', async () => {
    await load({ 'policies.csv': POLICIES.replace('Harbor VA', 'Harbor VA II') });
    const { product_name } = await db
      .selectFrom('policy')
      .select('product_name')
      .executeTakeFirstOrThrow();
    expect(product_name).toBe('Harbor VA II');
    expect(await policy()).toMatchObject({ status: 'Surrendered' });
  });

  it('is settled once the CRM says the same, and a later word of the CRM counts again', async () => {
    expect(
      (await load({ 'policies.csv': POLICIES.replace('Active', 'Surrendered') })).said,
    ).toEqual([]);
    expect(await policy()).toMatchObject({ edits: null });
    expect((await load({ 'policies.csv': POLICIES })).said).toEqual([]);
    expect(await policy()).toMatchObject({ status: 'Active' });
  });

  it('gives way to a line that the CRM changed later, and to --crm-wins', async () => {
    const timed = (at: string): string =>
      POLICIES.replace('status', 'status,Last Modified').replace('Active', `In Force,${at}`);
    expect((await load({ 'policies.csv': timed('2026-11-19T09:00:00Z') })).said).toHaveLength(1);
    expect((await load({ 'policies.csv': timed('2026-11-21T09:00:00Z') })).said).toEqual([]);
    expect(await policy()).toMatchObject({ status: 'In Force', edits: null });
    expect((await load({ 'policies.csv': POLICIES }, { crmWins: true })).said).toEqual([]);
  });

  it.each([
    ['2026-02-30', 'is not a date and time'],
    ['2026-02-29T09:00:00Z', 'is not a date and time'],
    ['2062-11-20T09:00:00Z', 'is still to come'],
    ['2026-11-21T15:00:01Z', 'is still to come'],
  ])('stands against a line that the CRM changed on %s, which %s', async (at, wrong) => {
    const timed = POLICIES.replace('status', 'status,Last Modified').replace(
      'Active',
      `In Force,${at}`,
    );
    expect((await load({ 'policies.csv': timed })).said).toEqual([expect.stringContaining(wrong)]);
    expect(await policy()).toMatchObject({ status: 'Surrendered' });
  });
});

it.each([
  ['no edit: the file', undefined, null, false, 'B', false],
  ['an edit and a file without a time: what is here', 5, null, false, 'A', true],
  ['an edit and an older file: what is here', 5, 4, false, 'A', true],
  ['an edit and a newer file: the file', 5, 6, false, 'B', false],
  ['an edit and the CRM wins: the file', 5, null, true, 'B', false],
])('%s stands', (_what, editedAt, fileAt, crmWins, value, kept) => {
  const edit = editedAt === undefined ? undefined : { crm: 'B', at: editedAt, by: 'Ana' };
  expect(settle('B', 'A', edit, { fileAt, crmWins })).toMatchObject({ value, kept });
});

it('a large file with a hundred faults gets its hundred messages, and changes nothing when repeated', async () => {
  await load(FIRM);
  const firm = largeImport(3000, 100);
  const files = Object.fromEntries(firm.files.map(({ name, lines }) => [name, lines.join('\n')]));
  expect((await load(files)).said).toEqual(firm.messages);
  const { said, counts } = await load(files);
  expect(said).toEqual(firm.messages);
  expect(counts.every(({ added, changed }) => added + changed === 0)).toBe(true);
});
