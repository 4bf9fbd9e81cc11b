import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDatabase } from '#database/connection.ts';
import { projectFolder } from '#setup/tools.mjs';

/** A backup that gets this signal while it copies. */
const BROKEN_OFF = `
  import { runBackup } from '#cli/backup.ts';
  import { loadConfig } from '#app/config.ts';
  const [folder, signal] = process.argv.slice(1);
  const config = loadConfig({ DATA_DIR: folder, LOCAL_WORKSPACE: '0' }, 'worker');
  const to = () => process.kill(process.pid, signal);
  const show = () => ({ to, [Symbol.dispose]: () => undefined });
  await runBackup({ config, print: () => undefined, show }, folder + '/copies/monday.db');
`;

it.each(['SIGINT', 'SIGTERM'])(
  'a backup that is broken off by %s leaves no half of a copy',
  async (signal) => {
    const folder = mkdtempSync(join(tmpdir(), 'sync-broken-off-'));
    const db = await openDatabase(join(folder, 'swivel-sync.db'));
    await db.destroy();
    spawnSync(process.execPath, ['--input-type=module', '-e', BROKEN_OFF, folder, signal], {
      cwd: projectFolder,
    });
    const copies = readdirSync(join(folder, 'copies'));
    rmSync(folder, { recursive: true });
    expect(copies.filter((name) => name !== 'monday.db')).toEqual([]);
  },
);
