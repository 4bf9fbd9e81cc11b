import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runContact, runErase } from '#cli/contact.ts';
import { openTestFile } from '#test/support/database.ts';
import { insertFirm } from '#test/support/scene-firm.ts';

const NOW = Date.parse('2026-11-18T17:00:00Z');

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sync-contact-'));
  file = join(folder, 'firm.db');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('writes all that is held about one contact, nothing of another, and the audit notes it', async () => {
  const db = await openTestFile(file);
  const policy = { number: '00123-4567', type: 'Annuity', plan: 'Variable', status: 'Active' };
  const scene = { carrier: 'northbridge-life', now: '', signIn: 'kept' } as const;
  await insertFirm(db, { ...scene, policy: { ...policy, values: [] } }, NOW);
  const other = {
    id: 'o',
    external_id: 'OTHER',
    kind: 'individual',
    name: 'Otto Other',
    search: '',
  };
  await db.insertInto('contact').values(other).execute();
  const { external_id: id, name } = await db
    .selectFrom('contact')
    .select(['external_id', 'name'])
    .where('id', '=', 'contact')
    .executeTakeFirstOrThrow();
  await db
    .insertInto('policy_value')
    .values({
      id: 'v',
      policy_id: 'policy-0',
      sync_id: 's',
      name: 'Account Value',
      minor: 41_281_200,
      currency: 'USD',
      as_of: '2026-11-17',
      observed_at: NOW,
    })
    .execute();
  const by = { person_id: 'dana', channel: 'C1', asked_in: 'C1', kind: 'policy' };
  await db
    .insertInto('request')
    .values({ id: 'r', ...by, policy_id: 'policy-0', created_at: NOW })
    .execute();
  const sync = { id: 's', policy_id: 'policy-0', source_id: 'source', priority: 1 };
  await db
    .insertInto('sync')
    .values({ ...sync, status: 'success', reason: 'stale', created_at: NOW })
    .execute();
  await db.insertInto('request_sync').values({ request_id: 'r', sync_id: 's' }).execute();
  const opened = { request_id: 'r', sync_id: 's', policy_id: 'policy-0', asked_by: 'dana' };
  await db
    .insertInto('support_case')
    .values({ id: 'k', number: 1, ...opened, note: 'She calls', channel: 'C2', opened_at: NOW })
    .execute();
  await db
    .insertInto('support_reply')
    .values({ id: 'y', case_id: 'k', person_id: 'dana', text: 'Closed there', at: NOW })
    .execute();
  const lines = [
    { contact: name, number: '00123-4567' },
    { contact: 'Otto Other', number: '9' },
  ];
  const notice = { kind: 'digest', name: 'd', channel: 'C1', created_at: NOW };
  await db
    .insertInto('notification')
    .values({ id: 'n', ...notice, about: JSON.stringify({ day: '2026-11-18', lines }) })
    .execute();
  await db.destroy();

  const printed: string[] = [];
  const said: string[] = [];
  const needs = {
    config: { databaseFile: file, command: '/swivel' },
    print: (line: string) => void printed.push(line),
    say: (line: string) => void said.push(line),
    clock: () => NOW,
  };
  expect(await runContact(needs, id)).toBe(0);
  const held = JSON.parse(printed.join('')) as object;
  expect(held).toMatchObject({
    contact: { name },
    policies: [{ number: '00123-4567' }],
    values: [{ name: 'Account Value', minor: 41_281_200, as_of: '2026-11-17' }],
    requests: [{ id: 'r', kind: 'policy' }],
    cases: [{ number: 1, note: 'She calls', replies: [{ text: 'Closed there' }] }],
    notices: [{ kind: 'digest', about: { lines: [{ contact: name, number: '00123-4567' }] } }],
  });
  expect(printed.join('')).not.toContain('Otto');

  expect(await runContact(needs, 'C-NONE')).toBe(1);
  expect(said.at(-1)).toBe('No contact has the id "C-NONE". It is the contact_id of contacts.csv.');
  const again = await openTestFile(file);
  const noted = await again
    .selectFrom('audit')
    .select(['action', 'subject_type', 'subject_id'])
    .where('action', '=', 'contact.exported')
    .execute();
  expect(noted).toEqual([
    { action: 'contact.exported', subject_type: 'contact', subject_id: 'contact' },
  ]);
  await again.destroy();
});

it('erases a contact when told to, from the files as well, and says what it does not reach', async () => {
  const db = await openTestFile(file);
  const policy = { number: '00123-4567', type: 'Annuity', plan: 'Variable', status: 'Active' };
  const scene = { carrier: 'northbridge-life', now: '', signIn: 'kept' } as const;
  await insertFirm(db, { ...scene, policy: { ...policy, values: [] } }, NOW);
  const picture = '20261118170000-northbridge-life-read.png';
  const sync = {
    id: 's',
    policy_id: 'policy-0',
    source_id: 'source',
    priority: 1,
    created_at: NOW,
  };
  const failed = { status: 'failed', reason: 'portal-changed', finished_at: NOW };
  await db
    .insertInto('sync')
    .values({ ...sync, ...failed, detail: JSON.stringify({ picture }) })
    .execute();
  await db.insertInto('webhook_target').values({ id: 1 }).execute();
  await db.insertInto('worker').values({ name: 'office-1', began_at: NOW, seen_at: NOW }).execute();
  await db.destroy();
  await mkdir(join(folder, 'pictures'));
  await writeFile(join(folder, 'pictures', picture), '');

  const printed: string[] = [];
  const said: string[] = [];
  const needs = {
    config: { databaseFile: file, dataFolder: folder, command: '/swivel' },
    print: (line: string) => void printed.push(line),
    say: (line: string) => void said.push(line),
    clock: () => NOW,
  };
  const inFiles = async (words: string): Promise<boolean> => {
    const names = (await readdir(folder)).filter((name) => name.startsWith('firm.db'));
    const files = await Promise.all(names.map((name) => readFile(join(folder, name))));
    return files.some((bytes) => bytes.includes(words));
  };
  expect(await runErase(needs, 'c1', { yes: false })).toBe(0);
  const [would, ...rest] = printed;
  expect(would).toBe(
    'Would erase c1: 1 policy, 0 values, 1 sync, 0 requests, 0 support cases, 0 meetings.',
  );
  expect(rest.join('\n')).toMatch(
    /the next import brings it back[^]*Backups[^]*Homes[^]*Pictures of values[^]*other machines[^]*within 3 days. Workers: office-1.[^]*WEBHOOK_URL[^]*audit/,
  );
  expect(printed.at(-1)).toContain('run it again with --yes');
  expect(await inFiles('Ines Ito')).toBe(true);

  const again = await openTestFile(file);
  await again.updateTable('sync').set({ status: 'in-progress' }).execute();
  await again.destroy();
  expect(await runErase(needs, 'c1', { yes: true })).toBe(1);
  expect(said.at(-1)).toMatch(/^Run it again in a minute: 1 sync of theirs still running/);
  const ended = await openTestFile(file);
  await ended.updateTable('sync').set({ status: 'failed' }).execute();
  await ended.destroy();

  expect(await runErase(needs, 'c1', { yes: true })).toBe(0);
  // What stays is said before anything is erased, as nobody finds it afterwards.
  expect(printed.at(-1)).toMatch(/^Erased c1: 1 policy/);
  expect(printed.lastIndexOf('It does not reach:')).toBeGreaterThan(
    printed.findIndex((line) => line.startsWith('Nothing is erased yet')),
  );
  expect(await inFiles('Ines Ito')).toBe(false);
  expect(await inFiles('00123-4567')).toBe(false);
  expect(await readdir(join(folder, 'pictures'))).toEqual([]);
  expect(await runErase(needs, 'c1', { yes: true })).toBe(1);
  expect(said.at(-1)).toContain('No contact has the id "c1".');
});
