import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '#app/config.ts';
import { runExport } from '#cli/export.ts';
import { runImport } from '#cli/import.ts';
import { openTestFile } from '#test/support/database.ts';
import { keepValues } from '#core/policies/store/values.ts';

const SEED = ['people', 'statuses', 'contacts', 'sources', 'policies'].map((kind) =>
  join(import.meta.dirname, `../../db/seed/${kind}.csv`),
);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swivel-sync-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const config = () => loadConfig({ DATA_DIR: folder });
const load = async (...paths: string[]): Promise<string[]> => {
  const printed: string[] = [];
  await runImport({ config: config(), print: (line) => printed.push(line) }, paths);
  return printed;
};
const exported = async (format: 'csv' | 'json'): Promise<string> => {
  const out = new PassThrough();
  const written = text(out);
  const code = await runExport({ config: config(), say: () => undefined }, out, format);
  expect(code).toBe(0);
  out.end();
  return written;
};

it('an export has each policy with its newest values, and going in again changes nothing', async () => {
  await load(...SEED);
  const db = await openTestFile(config().databaseFile);
  const policy = await db
    .selectFrom('policy')
    .select('id')
    .where('number', '=', '00123-4567')
    .executeTakeFirstOrThrow();
  const source = await db.selectFrom('login_source').select('id').executeTakeFirstOrThrow();
  await db
    .insertInto('sync')
    .values({
      id: 'S1',
      policy_id: policy.id,
      source_id: source.id,
      run_id: null,
      priority: 1,
      status: 'success',
      reason: 'changed',
      detail: null,
      fence: null,
      created_at: 1,
      started_at: 1,
      finished_at: Date.parse('2026-11-20T15:00:00Z'),
    })
    .execute();
  const value = { name: 'Account Value', amount: { minor: 123_450, currency: 'USD' } };
  for (const [n, asOf] of ['2026-11-19', '2026-11-20'].entries())
    await keepValues(db, { nextId: () => `V${n}`, now: n }, policy.id, 'S1', [{ ...value, asOf }]);
  await db.updateTable('contact').set({ name: '=HYPERLINK("x")' }).execute();
  await db.destroy();

  const csv = await exported('csv');
  const rows = parse(csv, { columns: true }) as Record<string, string>[];
  expect(rows).toHaveLength(200);
  expect(rows.find(({ number }) => number === '00123-4567')).toMatchObject({
    policy_id: 'P-20001',
    carrier: 'northbridge-life',
    // Nothing that a spreadsheet would run.
    contact: `'=HYPERLINK("x")`,
    last_status: 'success',
    last_success_at: '2026-11-20T15:00:00.000Z',
    'Account Value': '1234.50',
    'Account Value currency': 'USD',
    'Account Value as of': '2026-11-20',
  });

  const path = join(folder, 'policies.csv');
  writeFileSync(path, csv);
  expect(await load(path)).toEqual([
    expect.stringMatching(/ 0 added {2}0 changed {2}200 unchanged {2}0 refused$/),
    expect.stringMatching(/^Nothing changed/),
    expect.stringMatching(/^Database: /),
    expect.stringMatching(/^That is the database of the local workspace/),
  ]);
  const objects = (await exported('json')).trim().split('\n');
  expect(objects).toHaveLength(200);
  expect(JSON.parse(objects[0] ?? '')).toHaveProperty('policy_id');
});
