import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { beginWorker } from '#core/sessions/store/workers.ts';
import { runCarriers, runFreeCarrier, runPeople } from '#cli/lists.ts';
import { openTestFile } from '#test/support/database.ts';
import { insertFirm } from '#test/support/scene-firm.ts';

const NOW = Date.parse('2026-11-18T17:00:00Z');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sync-lists-'));
  const db = await openTestFile(join(folder, 'firm.db'));
  const policy = { number: '00123-4567', type: 'Annuity', plan: 'Variable', status: 'Active' };
  const scene = { carrier: 'northbridge-life', now: '', signIn: 'kept' } as const;
  await insertFirm(db, { ...scene, policy: { ...policy, values: [] } }, NOW);
  await db
    .updateTable('person')
    .set({ deactivated_at: NOW })
    .where('role', '<>', 'advisor')
    .execute();
  await db.destroy();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = async (command: typeof runPeople, json: boolean, name = 'firm.db') => {
  const printed: string[] = [];
  const said: string[] = [];
  const config = { databaseFile: join(folder, name) };
  const needs = {
    config,
    print: (line: string) => void printed.push(line),
    say: (line: string) => void said.push(line),
  };
  return { code: await command(needs, json), printed, said };
};

it('the carriers of a firm are told with what stands between them and a sync', async () => {
  const { code, printed } = await run(runCarriers, false);
  expect(code).toBe(0);
  expect(printed[0]).toMatch(/^CARRIER +ID +POLICIES +LOGINS +LINKED +PAUSED$/);
  expect(printed.find((line) => line.includes('northbridge-life'))).toMatch(/ 1 +1 +1 +no$/);
});

it('each of a list is an object a line where a program reads it', async () => {
  const { printed } = await run(runPeople, true);
  const people = printed.map(
    (line) => JSON.parse(line) as { role: string; endedAt: number | null },
  );
  expect(people.length).toBeGreaterThan(0);
  for (const { role, endedAt } of people) expect(endedAt).toBe(role === 'advisor' ? null : NOW);
});

it('frees a carrier of the workers that are bound to it, and says and notes who they were', async () => {
  const db = await openTestFile(join(folder, 'firm.db'));
  await beginWorker({ db, clock: () => NOW }, 'office-1', ['harbor-trust']);
  await db.destroy();
  const free = (needs: Parameters<typeof runPeople>[0]) => runFreeCarrier(needs, 'harbor-trust');
  expect((await run(free, false)).printed[0]).toContain('Bound to it were: office-1.');
  expect(await run(free, false)).toMatchObject({
    code: 1,
    said: ['No worker is bound to harbor-trust.'],
  });
  const after = await openTestFile(join(folder, 'firm.db'));
  const noted = await after
    .selectFrom('audit')
    .select(['person_id', 'subject_type', 'subject_id', 'detail'])
    .where('action', '=', 'carrier.freed')
    .execute();
  await after.destroy();
  expect(noted).toEqual([
    {
      person_id: null,
      subject_type: 'carrier',
      subject_id: 'harbor-trust',
      detail: '{"workers":["office-1"]}',
    },
  ]);
});

it('without a database it says so, and ends with 1', async () => {
  const { code, printed, said } = await run(runPeople, false, 'none.db');
  expect([code, printed]).toEqual([1, []]);
  expect(said).toEqual([
    `${join(folder, 'none.db')}: there is no such database. Set DATA_DIR, DATABASE_FILE or DATABASE_URL.`,
  ]);
});
