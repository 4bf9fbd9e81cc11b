import { giveConsent } from '#core/logins/store/consent.ts';
import { loginRow, setLinked } from '#test/support/logins.ts';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeProblem, type Problem } from '#features/import/problem.ts';
import type { Database } from '#database/connection.ts';
import { openTestDatabase } from '#test/support/database.ts';
import { createImportStore } from '#features/import/store/import.ts';
import type { CsvFile } from '#features/import/csv.ts';
import { importFirm } from '#features/import/import.ts';
import { guess } from '#features/import/unknown.ts';
import type { FileCount, ImportStore } from '#features/import/saving.ts';

const CARRIERS = [
  { id: 'northbridge-life', name: 'Northbridge Life' },
  { id: 'meridian-annuity', name: 'Meridian Annuity' },
];

const file = (name: string, content: string | Buffer): CsvFile => ({
  name,
  // In pieces, so that values and line ends fall across the edges of what is read at once.
  open: async function* () {
    const bytes = Buffer.from(content as string);
    for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
  },
});

const statuses = file(
  'statuses.csv',
  'status,indicator\nIn Force,open\nApplied For,pending\nSurrendered,closed\n',
);
const people = file(
  'people.csv',
  'email,name,role,slack_user_id\nana.ruiz@harborpoint.example,Ana Ruiz,advisor,UANARUIZ1\nben.carter@harborpoint.example,Ben Carter,advisor,\n',
);
const contacts = file(
  'contacts.csv',
  'contact_id,kind,name,email,birth_year,city,advisors\nC-1,individual,Zoë O’Neill,zoe@client.example,1961,Boston,ana.ruiz@harborpoint.example;ben.carter@harborpoint.example\nC-2,organization,Łódź Trust,,,,ben.carter@harborpoint.example\n',
);
const sources = file(
  'sources.csv',
  'source_id,carrier,name,holder,shared_with\nS-1,northbridge-life,Ana – Northbridge,ana.ruiz@harborpoint.example,ben.carter@harborpoint.example\n',
);
const POLICY_HEADER = 'policy_id,contact_id,carrier,number,product,product_type,plan_type,status\n';
const policies = file(
  'policies.csv',
  `${POLICY_HEADER}P-1,C-1,northbridge-life,00123-4567,Harbor VA,Annuity,Variable Annuity,In Force\nP-2,C-2,Meridian Annuity,MA-7,Index 10,Annuity,Fixed Indexed Annuity,applied for\n`,
);
const FIRM = [policies, sources, contacts, people, statuses];

let db: Database;
let problems: Problem[];
const load = (files: readonly CsvFile[]): Promise<FileCount[]> => {
  problems = [];
  return importFirm(
    { store: createImportStore(db, { now: () => 1_700_000_000_000 }), carriers: CARRIERS },
    files,
    (problem) => problems.push(problem),
  );
};
const lines = (): string[] => problems.map(describeProblem);
const total = (counts: readonly FileCount[], what: 'added' | 'changed' | 'unchanged' | 'refused') =>
  counts.reduce((sum, count) => sum + count[what], 0);

beforeEach(async () => {
  db = await openTestDatabase();
});
afterEach(() => db.destroy());

describe('an import of a firm', () => {
  it('takes what words of a carrier mean, once, and refuses what is no meaning', async () => {
    const of = (meaning: string) =>
      file(
        'carrier words.csv',
        `Carrier;Carrier Word;Meaning\nNorthbridge Life;Restricted Review;${meaning}\n`,
      );
    expect(await load([of('Open')])).toMatchObject([{ kind: 'words', added: 1 }]);
    expect(await load([of('open')])).toMatchObject([{ kind: 'words', unchanged: 1 }]);
    expect(await load([of('expired')])).toMatchObject([{ kind: 'words', changed: 1 }]);
    expect(await load([of('whatever')])).toMatchObject([{ kind: 'words', refused: 1 }]);
    expect(lines()).toEqual([
      'carrier words.csv:2, meaning "whatever": is not a known meaning. Write one of open, pending, closed, expired.',
    ]);
    const taught = db.selectFrom('audit').select('detail').where('action', '=', 'status.taught');
    expect((await taught.orderBy('seq').execute()).map(({ detail }) => detail)).toEqual([
      '{"word":"Restricted Review","to":"open"}',
      '{"word":"Restricted Review","to":"expired","from":"open"}',
    ]);
  });

  it('loads files in any order, each recognized by its header', async () => {
    const counts = await load(FIRM);
    expect(lines()).toEqual([]);
    expect(counts.map(({ kind, added }) => [kind, added])).toEqual([
      ['statuses', 3],
      ['people', 2],
      ['contacts', 2],
      ['sources', 1],
      ['policies', 2],
    ]);
    const policy = db.selectFrom('policy').selectAll().where('external_id', '=', 'P-1');
    expect(await policy.executeTakeFirstOrThrow()).toMatchObject({
      number: '00123-4567',
      number_key: '001234567',
      product_class: 'variable',
      status: 'In Force',
    });
    const contact = db.selectFrom('contact').selectAll().where('external_id', '=', 'C-1');
    expect(await contact.executeTakeFirstOrThrow()).toMatchObject({
      name: 'Zoë O’Neill',
      search: 'zoe o neill client example',
      birth_year: 1961,
    });
    expect(await db.selectFrom('book').selectAll().execute()).toHaveLength(3);
    expect(
      await db
        .selectFrom('login_source')
        .innerJoin('login_link', 'source_id', 'id')
        .select(['name', 'linked'])
        .execute(),
    ).toEqual([{ name: 'Ana – Northbridge', linked: 0 }]);
  });

  it('changes nothing when it is repeated, and writes no second audit record', async () => {
    await load(FIRM);
    const counts = await load(FIRM);
    expect(total(counts, 'unchanged')).toBe(10);
    expect(total(counts, 'added') + total(counts, 'changed')).toBe(0);
    const imports = db.selectFrom('audit').selectAll().where('action', '=', 'import');
    expect(await imports.execute()).toHaveLength(1);
  });

  it('takes over what changed, and only that', async () => {
    await load(FIRM);
    const counts = await load([
      file(
        'policies.csv',
        `${POLICY_HEADER}P-1,C-1,northbridge-life,00123-4567,Harbor VA,Annuity,Variable Annuity,Surrendered\nP-2,C-2,meridian-annuity,MA-7,Index 10,Annuity,Fixed Indexed Annuity,Applied For\n`,
      ),
      file(
        'contacts.csv',
        'contact_id,kind,name,email,birth_year,city,advisors\nC-2,organization,Łódź Trust,,,,ana.ruiz@harborpoint.example\n',
      ),
    ]);
    expect(counts.map(({ changed, unchanged }) => [changed, unchanged])).toEqual([
      [1, 0],
      [1, 1],
    ]);
    const book = await db
      .selectFrom('book')
      .innerJoin('person', 'person.id', 'book.person_id')
      .innerJoin('contact', 'contact.id', 'book.contact_id')
      .select('person.name')
      .where('contact.external_id', '=', 'C-2')
      .execute();
    expect(book).toEqual([{ name: 'Ana Ruiz' }]);
  });

  it('ends consent and links when the holder of a login is deactivated', async () => {
    await load(FIRM);
    const source = await db.selectFrom('login_source').selectAll().executeTakeFirstOrThrow();
    await setLinked(db, true);
    await giveConsent(db, source.id, { personId: source.holder_id, at: 1, automatic: true });
    await db
      .insertInto('sealed_secret')
      .values({
        owner_id: source.id,
        kind: 'credentials',
        source_id: source.id,
        key_id: 'k',
        sealed: randomBytes(8).toString('hex'),
        created_at: 1,
      })
      .execute();
    await load([
      file(
        'people.csv',
        'email,name,role,active\nana.ruiz@harborpoint.example,Ana Ruiz,advisor,no\n',
      ),
    ]);
    expect(await db.selectFrom('sealed_secret').selectAll().execute()).toEqual([]);
    expect(await loginRow(db, source.id)).toMatchObject({ linked: 0, consent_by: null });
    const ana = db.selectFrom('person').selectAll().where('name', '=', 'Ana Ruiz');
    expect(await ana.executeTakeFirstOrThrow()).toMatchObject({ slack_user_id: 'UANARUIZ1' });
  });
});

describe('a bad line is named, and the rest goes in:', () => {
  const base = [statuses, people, contacts, sources];
  const good = 'P-9,C-1,northbridge-life,NB-9,Term,Life,Term 20,In Force\n';

  it.each([
    [
      'an unknown carrier',
      'P-1,C-1,northbrige-life,1,X,,,In Force',
      'policies.csv:2, carrier "northbrige-life": is not a known carrier. Did you mean "northbridge-life"? Else write that carrier (docs/carriers.md).',
    ],
    [
      'an unknown status',
      'P-1,C-1,northbridge-life,1,X,,,Exploded',
      'policies.csv:2, status "Exploded": is not a known status. Known: Applied For, In Force, Surrendered. Else add it to statuses.csv.',
    ],
    [
      'a contact that is not there',
      'P-1,C-77,northbridge-life,1,X,,,In Force',
      'policies.csv:2, contact_id "C-77": there is no contact with this id. Add it to the contacts file, or correct the id.',
    ],
    [
      'an empty number',
      'P-1,C-1,northbridge-life, - ,X,,,In Force',
      'policies.csv:2, number " - ": has no number in it. Write the number as the carrier does.',
    ],
    [
      'a number that a spreadsheet rounded',
      'P-1,C-1,northbridge-life,1.23E+11,X,,,In Force',
      'policies.csv:2, number "1.23E+11": a spreadsheet turned this into a rounded figure and its last digits are lost. Export again from the CRM with this column formatted as text.',
    ],
    [
      'too few columns',
      'P-1,C-1,northbridge-life,1',
      'policies.csv:2: has 4 columns, and the header has 8. Put values that contain "," in quotation marks.',
    ],
    [
      'text in another encoding',
      Buffer.from('P-1,C-1,northbridge-life,1,Rent\u00e9,,,In Force', 'latin1'),
      'policies.csv:2, product "Rent\ufffd": has characters that could not be read. Save the file as "CSV UTF-8".',
    ],
  ])('%s', async (_fault, line, message) => {
    const content = Buffer.concat([
      Buffer.from(POLICY_HEADER),
      Buffer.from(line as string),
      Buffer.from(`\n${good}`),
    ]);
    const counts = await load([...base, file('policies.csv', content)]);
    expect(lines()).toEqual([message]);
    expect(counts.at(-1)).toMatchObject({ added: 1, refused: 1 });
  });

  it.each([
    [
      'an unknown advisor',
      'contact_id,kind,name,advisors\nC-5,individual,Al,ana.riuz@harborpoint.example\n',
      'x.csv:2, advisors "ana.riuz@harborpoint.example": "ana.riuz@harborpoint.example" is not a known advisor. Did you mean "ana.ruiz@harborpoint.example"? Else add a line to people.csv.',
    ],
    [
      'a bad e-mail address',
      'contact_id,kind,name,advisors,email\nC-5,individual,Al,,al@@client\n',
      'x.csv:2, email "al@@client": is not an e-mail address. Write one, or leave it empty.',
    ],
    [
      'an unknown role',
      'email,name,role\nal@client.example,Al,boss\n',
      'x.csv:2, role "boss": is not a known role. Write one of owner, manager, advisor, support.',
    ],
    [
      'an unknown indicator',
      'status,indicator\nGone,opne\n',
      'x.csv:2, indicator "opne": is not a known indicator. Did you mean "open"?',
    ],
    [
      'a source that moved to another carrier',
      'source_id,carrier,name,holder\nS-1,meridian-annuity,Ana,ana.ruiz@harborpoint.example\n',
      'x.csv:2, carrier "meridian-annuity": the login source S-1 belongs to northbridge-life. A login at another carrier is another source: give it a source_id of its own.',
    ],
    [
      'a Slack member who is somebody else',
      'email,name,role,slack_user_id\nal@client.example,Al,advisor,UANARUIZ1\n',
      'x.csv:2, slack_user_id "UANARUIZ1": is the Slack member of ana.ruiz@harborpoint.example. Correct one of the two, or leave it empty.',
    ],
    [
      'a missing column',
      'policy_id,contact_id,carrier,product,status\n',
      'x.csv:1, number: this column of a policies file is missing. Add it, or say which it is, as in --column number="Its name"; the columns are policy_id, contact_id, carrier, number, product, status, product_type, plan_type, changed_at.',
    ],
    [
      'a file that is none of ours',
      'a,b\n1,2\n',
      'x.csv:1: neither the header nor the name says what this file is (columns: a, b). Give it the header of one of statuses, words, people, contacts, sources, policies; for policies: policy_id, contact_id, carrier, number, product, status, product_type, plan_type, changed_at.',
    ],
  ])('%s', async (_fault, content, message) => {
    await load(base);
    await load([file('x.csv', content)]);
    expect(lines()).toEqual([message]);
  });

  it('two lines with one id, and two policies with one number at one carrier', async () => {
    await load([
      ...base,
      file(
        'policies.csv',
        `${POLICY_HEADER}P-1,C-1,northbridge-life,00-1,X,,,In Force\nP-1,C-1,northbridge-life,00-2,X,,,In Force\nP-2,C-1,northbridge-life,001,X,,,In Force\nP-3,C-1,meridian-annuity,001,X,,,In Force\n`,
      ),
    ]);
    expect(lines()).toEqual([
      'policies.csv:3, policy_id "P-1": stands on policies.csv:2 already. Keep one of the two lines.',
      'policies.csv:4, number "001": the policy P-1 already has this number at northbridge-life. Remove one of the two, or correct its number.',
    ]);
    await load([
      file('policies.csv', `${POLICY_HEADER}P-4,C-1,northbridge-life,0 0 1,X,,,In Force\n`),
    ]);
    expect(lines()).toHaveLength(1);
  });

  it('every fault of a line, while the line counts once', async () => {
    const counts = await load([
      ...base,
      file('policies.csv', `${POLICY_HEADER},C-77,nowhere,,X,,,In Force\n`),
    ]);
    expect(problems.map(({ column }) => column)).toEqual([
      'policy_id',
      'contact_id',
      'carrier',
      'number',
    ]);
    expect(counts.at(-1)).toMatchObject({ refused: 1 });
  });

  it('a line with a fault takes no number from a good one', async () => {
    await load([
      ...base,
      file(
        'policies.csv',
        `${POLICY_HEADER}P-1,C-1,northbridge-life,00-1,X,,,Exploded\nP-2,C-1,northbridge-life,00-1,X,,,In Force\n`,
      ),
    ]);
    expect(problems.map(({ line, column }) => [line, column])).toEqual([[2, 'status']]);
  });

  it('what follows from a refused line says so, and guesses nobody else', async () => {
    await load([
      statuses,
      file(
        'people.csv',
        'email,name,role\nruth@lake.example,Ruth,owner\ntom@lake.example,Tom,adviser\n',
      ),
      file(
        'contacts.csv',
        'contact_id,kind,name,advisors\nC-1,individual,Al,ruth@lake.example\nC-2,individual,Bo,Tom@lake.example\n',
      ),
      file('policies.csv', `${POLICY_HEADER}P-2,C-2,Northbridge,2,X,,,In Force\n`),
    ]);
    expect(lines()).toEqual([
      'people.csv:3, role "adviser": is not a known role. Did you mean "advisor"?',
      'contacts.csv:3, advisors "Tom@lake.example": "tom@lake.example" stands on people.csv:3, which was refused. Correct that line first.',
      'policies.csv:2, contact_id "C-2": stands on contacts.csv:3, which was refused. Correct that line first.',
      'policies.csv:2, carrier "Northbridge": is not a known carrier. Did you mean "northbridge-life"? Else write that carrier (docs/carriers.md).',
    ]);
  });

  it('what follows from a file that cannot be read says so', async () => {
    await load([
      file('people.csv', 'email,name\nruth@lake.example,Ruth\n'),
      file('contacts.csv', 'contact_id,kind,name,advisors\nC-1,individual,Al,ruth@lake.example\n'),
    ]);
    expect(lines().at(-1)).toBe(
      'contacts.csv:2, advisors "ruth@lake.example": "ruth@lake.example" may stand in people.csv, which was refused. Correct that file first.',
    );
  });

  it.each([
    ['tom@lake.example', undefined],
    ['ana.riuz@lake.example', 'ana.ruiz@lake.example'],
    ['ana.ruiz@laek.example', 'ana.ruiz@lake.example'],
    ['an.ruiz@lake.example', 'ana.ruiz@lake.example'],
    ['lake', 'lake-life'],
    ['river', undefined],
    ['river-lief', undefined],
    ['', undefined],
  ])('a guess comes only where one name is likely: %s', (written, meant) => {
    expect(
      guess(written, [
        'ruth@lake.example',
        'tim@lake.example',
        'ana.ruiz@lake.example',
        'lake-life',
        'river-life',
        'river-line',
      ]),
    ).toBe(meant);
  });
});

describe('files as spreadsheets write them', () => {
  it('may have a byte order mark, CRLF, semicolons and names with spaces', async () => {
    await load([
      statuses,
      people,
      file(
        'export.csv',
        '\ufeffContact ID;Kind;Name;Advisors\r\nC-1;individual;"Chen; Margaret";"ana.ruiz@harborpoint.example;ben.carter@harborpoint.example"\r\n\r\n;;;\r\n',
      ),
    ]);
    expect(lines()).toEqual([]);
    expect(await db.selectFrom('contact').select(['external_id', 'name']).execute()).toEqual([
      { external_id: 'C-1', name: 'Chen; Margaret' },
    ]);
  });

  it('have right line numbers behind quoted line breaks and empty lines', async () => {
    await load([
      file(
        'statuses.csv',
        'status,indicator\r\n"In\r\nForce",open\r\n\r\n"a\nb\nc",nothing\nPaid,never\r\n',
      ),
    ]);
    expect(problems.map(({ line }) => line)).toEqual([5, 8]);
    expect(await db.selectFrom('product_status').select('name').execute()).toEqual([
      { name: 'In Force' },
    ]);
  });

  it('are refused when they are saved in UTF-16', async () => {
    await load([file('statuses.csv', Buffer.from('\ufeffstatus,indicator\n', 'utf16le'))]);
    expect(lines()).toEqual([
      'statuses.csv:1: the header has characters that could not be read. Save the file as "CSV UTF-8".',
    ]);
  });

  it('lose invisible characters and the marks that keep a number text', async () => {
    await load([
      statuses,
      people,
      contacts,
      file(
        'policies.csv',
        `${POLICY_HEADER}P-1,C-1,northbridge-life,\u00a000\u200b12-3\ufeff,X,,,In Force\nP-2,C-1,northbridge-life,"=""0099""",X,,,In Force\n`,
      ),
    ]);
    expect(lines()).toEqual([]);
    expect(await db.selectFrom('policy').select(['number', 'number_key']).execute()).toEqual([
      { number: '0012-3', number_key: '00123' },
      { number: '0099', number_key: '0099' },
    ]);
  });

  it('keep joined emoji and right-to-left names whole', async () => {
    await load([
      people,
      file(
        'contacts.csv',
        'contact_id,kind,name,advisors\nC-1,individual,Ada 👩‍🚀 Lee,\nC-2,individual,דוד לוי,\n',
      ),
    ]);
    expect(await db.selectFrom('contact').select(['name', 'search']).execute()).toEqual([
      { name: 'Ada 👩‍🚀 Lee', search: 'ada lee' },
      { name: 'דוד לוי', search: 'דוד לוי' },
    ]);
  });

  it('say where a quotation mark never closes', async () => {
    await load([file('statuses.csv', 'status,indicator\nIn Force,open\n"Lost,open\nMore,open\n')]);
    expect(lines()).toEqual([
      'statuses.csv:3: a quotation mark opens here and never closes; the lines behind it are lost. Close or double the quotation mark.',
    ]);
    expect(await db.selectFrom('product_status').select('name').execute()).toHaveLength(1);
  });
});

it('a big import lets others have a turn after each hundred lines', async () => {
  await load([statuses, people, contacts]);
  const many = Array.from(
    { length: 1050 },
    (_, at) => `P-${at},C-1,northbridge-life,${1_000_000 + at},X,Life,Term 20,In Force`,
  ).join('\n');
  let turns = 0;
  let beat = setImmediate(function turn() {
    turns += 1;
    beat = setImmediate(turn);
  });
  const saves: { rows: number; turn: number }[] = [];
  const store = createImportStore(db, { now: Date.now });
  const watched: ImportStore = {
    ...store,
    savePolicies: (rows) => {
      saves.push({ rows: rows.length, turn: turns });
      return store.savePolicies(rows);
    },
  };
  await importFirm(
    { store: watched, carriers: CARRIERS },
    [file('policies.csv', POLICY_HEADER + many)],
    () => undefined,
  );
  clearImmediate(beat);
  expect(saves.map(({ rows }) => rows)).toEqual([...Array<number>(10).fill(100), 50]);
  expect(new Set(saves.map(({ turn }) => turn)).size).toBe(11);
});
