import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '#app/config.ts';
import { runAudit } from '#cli/audit.ts';
import { runBackup } from '#cli/backup.ts';
import { runExport } from '#cli/export.ts';
import { progressOn, type Long, type ShowProgress } from '#cli/progress.ts';
import { runRestore } from '#cli/restore.ts';
import { runRotateKey } from '#cli/rotate-key.ts';
import { audit } from '#database/audit.ts';
import { openTestFile } from '#test/support/database.ts';
import { loadOrCreateKeys, sealerOf } from '#database/keys.ts';
import { Secret } from '#shared/secret.ts';
import { insertFirm } from '#test/support/scene-firm.ts';

const NOW = Date.parse('2026-11-18T17:00:00Z');
const SCENE = {
  carrier: 'northbridge-life',
  now: '',
  signIn: 'kept',
  policy: { number: '00123-4567', type: 'Annuity', plan: 'Variable', status: 'Active', values: [] },
} as const;

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'progress-'));
  const { databaseFile, keyPlace } = configOf();
  await loadOrCreateKeys(keyPlace);
  const db = await openTestFile(databaseFile);
  await insertFirm(db, { ...SCENE, policy: { ...SCENE.policy, values: [] } }, NOW);
  for (let nth = 0; nth < 3; nth += 1)
    await audit(db, NOW, { personId: undefined, action: `act-${nth}`, subjectId: 'policy-0' });
  for (const id of ['one', 'two']) {
    const { keyId, sealed } = await sealerOf(keyPlace).seal(new Secret('lantern'), id);
    const row = { owner_id: id, kind: 'password', source_id: id, key_id: keyId, sealed };
    await db
      .insertInto('sealed_secret')
      .values({ ...row, created_at: 0, expires_at: null })
      .execute();
  }
  await db.destroy();
});
afterEach(() => rmSync(folder, { recursive: true }));

const configOf = (name = 'data') =>
  loadConfig({ DATA_DIR: join(folder, name), LOCAL_WORKSPACE: '0' }, 'worker');

/** A screen that notes what it is shown. */
const watching = () => {
  const shown: (Long & { last: number; isOver: boolean })[] = [];
  const show: ShowProgress = (long) => {
    const one = { ...long, last: 0, isOver: false };
    shown.push(one);
    return {
      to: (done) => {
        expect(done).toBeGreaterThanOrEqual(one.last);
        one.last = done;
      },
      [Symbol.dispose]: () => void (one.isOver = true),
    };
  };
  const expectDone = (what: string) => {
    expect(shown).toMatchObject([{ what, isOver: true }]);
    expect(shown[0]?.last).toBe(shown[0]?.total);
    expect(shown[0]?.total).toBeGreaterThan(0);
  };
  return { show, expectDone };
};

const print = () => undefined;
const needs = () => ({ config: configOf(), print, say: print });

it('a backup shows how far its copy is, and a restore too', async () => {
  const copied = watching();
  const file = join(folder, 'copy.db');
  expect(await runBackup({ ...needs(), show: copied.show }, file)).toBe(0);
  copied.expectDone('copying');
  const restored = watching();
  const config = configOf('new');
  expect(await runRestore({ config, print, show: restored.show }, file)).toBe(0);
  restored.expectDone('copying');
});

it.each([
  ['an export', 'exporting', runExport],
  ['the audit', 'writing the audit', (of, out, _format, show) => runAudit(of, out, show)],
] as const satisfies readonly (readonly [string, string, typeof runExport])[])(
  '%s shows how far it is',
  async (_name, what, run) => {
    const { show, expectDone } = watching();
    const out = new PassThrough().resume();
    expect(await run(needs(), out, 'csv', show)).toBe(0);
    expectDone(what);
  },
);

it('a new key shows how many secrets are sealed to it', async () => {
  const { show, expectDone } = watching();
  expect(await runRotateKey(needs(), 0, show)).toBe(0);
  expectDone('sealing');
});

const screenOf = (isTTY: boolean) => {
  const screen = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY, columns: 80 });
  return { screen, text: () => String(screen.read() ?? '') };
};

it('a bar is shown at a terminal, and nowhere else', () => {
  const { screen, text } = screenOf(true);
  const long = { what: 'copying', total: 200, worth: 100 };
  {
    using progress = progressOn(screen)(long);
    progress.to(50);
  }
  expect(text()).toContain('copying [');
  const away = screenOf(false);
  using unseen = progressOn(away.screen)(long);
  unseen.to(50);
  expect(away.text()).toBe('');
});

it('what is over at once, or has its results on the same terminal, shows no bar', () => {
  const { screen, text } = screenOf(true);
  for (const long of [
    { what: 'copying', total: 99, worth: 100 },
    { what: 'exporting', total: 200, worth: 100, results: screen },
  ]) {
    using progress = progressOn(screen)(long);
    progress.to(50);
  }
  expect(text()).toBe('');
});
