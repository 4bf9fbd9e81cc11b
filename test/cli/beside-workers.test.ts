import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestFile } from '#test/support/database.ts';

/** A machine of workers in production has no token of Slack, and what needs none runs there. */

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sync-beside-'));
  const db = await openTestFile(join(folder, 'swivel-sync.db'));
  await db.destroy();
});
afterAll(() => rmSync(folder, { recursive: true }));

it.each(['people', 'carriers', 'audit', 'export', 'migrate', 'contact C-1', 'backup'])(
  'swivel-sync %s asks for no token there',
  (command) => {
    const words = command === 'backup' ? ['backup', join(folder, 'one.db')] : command.split(' ');
    const ours = Object.entries(process.env).filter(([name]) => !name.startsWith('SLACK_'));
    const { stdout, stderr, status } = spawnSync(process.execPath, ['src/cli/main.ts', ...words], {
      env: { ...Object.fromEntries(ours), NODE_ENV: 'production', DATA_DIR: folder },
      encoding: 'utf8',
    });
    expect(stderr).not.toContain('SLACK_BOT_TOKEN');
    // Nobody has imported that contact.
    expect([stdout + stderr, status]).toEqual([
      expect.any(String),
      command.startsWith('contact') ? 1 : 0,
    ]);
  },
);
