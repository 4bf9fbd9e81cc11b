import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runContact } from '#cli/contact.ts';
import { openDatabase } from '#database/connection.ts';
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
  const db = await openDatabase(file);
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
  await db.destroy();

  const printed: string[] = [];
  const said: string[] = [];
  const needs = {
    config: { databaseFile: file },
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
  });
  expect(printed.join('')).not.toContain('Otto');

  expect(await runContact(needs, 'C-NONE')).toBe(1);
  expect(said.at(-1)).toBe('No contact has the id "C-NONE". It is the contact_id of contacts.csv.');
  const again = await openDatabase(file);
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
