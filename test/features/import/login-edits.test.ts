import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  insertSource,
  removeSource,
  renameSource,
  shareSource,
} from '#core/logins/store/login-sources.ts';
import { giveConsent } from '#core/logins/store/consent.ts';
import type { Database } from '#database/connection.ts';
import { openTestDatabase } from '#test/support/database.ts';
import { imported } from '#test/support/imported.ts';
import { loginRow, setLinked } from '#test/support/logins.ts';

/** What people changed of a login in Slack, when a file says something else of it. */

const CARRIERS = [{ id: 'northbridge-life', name: 'Northbridge Life' }];
const ANA = 'ana@firm.example';
const BEN = 'ben@firm.example';
const CARL = 'carl@firm.example';
const PEOPLE = `email,name,role\n${ANA},Ana Ruiz,advisor\n${BEN},Ben Carter,advisor\n${CARL},Carl Hood,advisor\n`;
const HEADER = 'source_id,carrier,name,holder';
const PLAIN = `${HEADER}\nS-1,northbridge-life,Ana at Northbridge,${ANA}\n`;
const shared = (emails: string, name = 'Ana at Northbridge', changedAt = ''): string =>
  `${HEADER},shared_with,changed_at\nS-1,northbridge-life,${name},${ANA},${emails},${changedAt}\n`;

const NOW = Date.parse('2026-11-20T15:00:00Z');
const clock = (): number => NOW;
let db: Database;
let people: Map<string | null, string>;
const idOf = (email: string): string => people.get(email) ?? '';

const load = async (sources: string, crmWins = false) => {
  const files = { 'people.csv': PEOPLE, 'sources.csv': sources };
  const how = { now: clock, crmWins, carriers: CARRIERS };
  const { said, counts } = await imported(db, files, how);
  const { added, changed, unchanged, refused, kept } = counts[1] ?? {};
  return { said, count: { added, changed, unchanged, refused, kept } };
};

const logins = () =>
  db.selectFrom('login_source').select(['id', 'external_id', 'name']).orderBy('id').execute();
const login = async () => {
  const rows = await logins();
  expect(rows).toHaveLength(1);
  return rows[0] ?? { id: '', external_id: null, name: '' };
};
const users = async (): Promise<string[]> =>
  (
    await db
      .selectFrom('source_share as s')
      .innerJoin('person as p', 'p.id', 's.person_id')
      .select('p.name')
      .orderBy('p.name')
      .execute()
  ).map(({ name }) => name);
const audited = async (): Promise<string[]> =>
  (
    await db
      .selectFrom('audit')
      .select(['action', 'detail'])
      .where('subject_type', '=', 'source')
      .where('person_id', 'is', null)
      .orderBy('seq')
      .execute()
  ).map(({ action, detail }) => `${action} ${detail}`);

const share = (id: string, emails: readonly string[]) =>
  shareSource({ db, clock }, id, emails.map(idOf), idOf(ANA));
const rename = (id: string, name: string) => renameSource({ db, clock }, id, name, idOf(ANA));

const UNCHANGED = { added: 0, changed: 0, unchanged: 1, refused: 0 };
const STANDS =
  'here on 2026-11-20, which stands. Change it in the CRM too, or import with --crm-wins.';
const NAME_STANDS = `sources.csv:2, name "Ana at Northbridge": Ana Ruiz changed it to "Ours" ${STANDS}`;
const sharesStand = (file: string, here: string): string =>
  `sources.csv:2, shared_with "${file}": Ana Ruiz changed it to "${here}" ${STANDS}`;

beforeEach(async () => {
  db = await openTestDatabase();
  await load(PLAIN);
  const rows = await db.selectFrom('person').select(['email', 'id']).execute();
  people = new Map(rows.map(({ email, id }) => [email, id]));
});
afterEach(() => db.destroy());

describe('a login that was shared and renamed in Slack, and whose password is kept', () => {
  beforeEach(async () => {
    const { id } = await login();
    await share(id, [BEN]);
    await rename(id, 'Ours');
    await setLinked(db, true, id);
    await giveConsent(db, id, { personId: idOf(BEN), at: NOW, automatic: false });
  });
  const isAsBefore = async () => {
    expect(await users()).toEqual(['Ben Carter']);
    expect((await login()).name).toBe('Ours');
    expect(await loginRow(db, (await login()).id)).toMatchObject({
      linked: 1,
      consent_by: idOf(BEN),
    });
    expect(await audited()).toEqual([]);
  };

  it('stands against the same file, which says nothing of shares', async () => {
    for (let time = 0; time < 2; time += 1)
      expect(await load(PLAIN)).toEqual({ said: [NAME_STANDS], count: { ...UNCHANGED, kept: 1 } });
    await isAsBefore();
  });

  it('stands against a file that says others, or nobody', async () => {
    expect((await load(shared(CARL))).said).toEqual([NAME_STANDS, sharesStand(CARL, BEN)]);
    expect((await load(shared(''))).said).toEqual([NAME_STANDS, sharesStand('', BEN)]);
    await isAsBefore();
  });

  it('is what the file says once the CRM knows of it', async () => {
    expect((await load(shared(BEN, 'Ours'))).said).toEqual([]);
    expect((await load(shared(CARL, 'Others'))).said).toEqual([]);
    expect(await users()).toEqual(['Carl Hood']);
    expect((await login()).name).toBe('Others');
  });

  it.each([
    ['--crm-wins', '', true],
    ['a line that the CRM changed later', '2026-11-20T16:00:00Z', false],
  ])('gives way to %s, which the audit says', async (_what, changedAt, crmWins) => {
    const { said, count } = await load(shared(CARL, 'Ana at Northbridge', changedAt), crmWins);
    expect(said).toEqual([]);
    expect(count).toEqual({ ...UNCHANGED, unchanged: 0, changed: 1, kept: 0 });
    expect(await users()).toEqual(['Carl Hood']);
    expect(await loginRow(db, (await login()).id)).toMatchObject({ linked: 0, consent_by: null });
    expect(await audited()).toEqual([
      'source.renamed {"from":"Ours","to":"Ana at Northbridge","by":"crm"}',
      `source.shared {"with":["${idOf(CARL)}"],"by":"crm"}`,
      'password.forgotten null',
    ]);
  });
});

it('a share that was taken back in Slack does not come back by the file', async () => {
  await load(shared(`${BEN};${CARL}`));
  await share((await login()).id, [CARL]);
  expect((await load(shared(`${BEN};${CARL}`))).said).toEqual([
    sharesStand(`${BEN};${CARL}`, CARL),
  ]);
  expect(await users()).toEqual(['Carl Hood']);
});

it('a login that was removed in Slack stays so, and its line says it', async () => {
  await load(shared(BEN));
  await removeSource({ db, clock }, (await login()).id, idOf(ANA));
  expect(await load(shared(BEN))).toEqual({
    said: [
      'sources.csv:2, source_id "S-1": was removed in Slack on 2026-11-20, which stands. Take its line out of the file, or give it a new source_id to have it once more.',
    ],
    count: { ...UNCHANGED, kept: 1 },
  });
  expect(await users()).toEqual([]);
});

describe('a login that was added in Slack', () => {
  const add = async (name: string): Promise<string> => {
    const by = { holderId: idOf(ANA), byId: idOf(ANA) };
    const added = await insertSource({ db, clock }, { carrierId: 'northbridge-life', name, ...by });
    return typeof added === 'string' ? added : added.id;
  };
  const second = (name: string): string => `${PLAIN}S-2,northbridge-life,${name},${ANA}\n`;

  it('is the same login for a line of its holder, carrier and name', async () => {
    const id = await add('my own');
    await setLinked(db, true, id);
    expect(await load(second('My Own'))).toEqual({
      said: [],
      count: { ...UNCHANGED, changed: 1, kept: 0 },
    });
    expect(await logins()).toMatchObject([
      { external_id: 'S-1' },
      { id, external_id: 'S-2', name: 'My Own' },
    ]);
    expect(await loginRow(db, id)).toMatchObject({ linked: 1 });
    expect(await audited()).toEqual([
      'source.matched {"externalId":"S-2","by":"crm"}',
      'source.renamed {"from":"my own","to":"My Own","by":"crm"}',
    ]);
    expect((await load(second('My Own'))).count).toEqual({ ...UNCHANGED, unchanged: 2, kept: 0 });
  });

  it('does not give its name to another', async () => {
    await add('My Own');
    expect((await load(shared('', 'My own'))).said).toEqual([
      'sources.csv:2, name "My own": is the name of a login of the same holder and carrier that was added in Slack. Rename or remove that one in Slack first, or give this one another name.',
    ]);
  });
});

it('two lines of one holder, carrier and name are not two logins', async () => {
  const { said } = await load(`${PLAIN}S-2,northbridge-life,Ana at Northbridge,${ANA}\n`);
  expect(said).toEqual([
    'sources.csv:3, name "Ana at Northbridge": is the name of the login source S-1, of the same holder and carrier. Keep one of the two lines, or give it another name.',
  ]);
  await login();
});
