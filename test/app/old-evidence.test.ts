import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { openPortals } from '#app/worker.ts';
import { nameOfEvidence } from '#portal/evidence.ts';

const NOW = Date.parse('2026-11-20T15:00:00Z');
const DAY = 86_400_000;

it('a worker removes old pictures and traces by itself, whether another failure comes or none', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'old-evidence-'));
  const pictures = join(folder, 'pictures');
  await mkdir(pictures);
  const young = `${nameOfEvidence(NOW - 2 * DAY, 'harbor-trust-read')}.png`;
  const old = nameOfEvidence(NOW - 4 * DAY, 'harbor-trust-read');
  for (const file of [young, `${old}.png`, `${old}.txt`]) await writeFile(join(pictures, file), '');
  {
    await using _portals = openPortals({
      carriers: [],
      clock: () => NOW,
      dataFolder: folder,
      // No browser is started before a session needs it.
      env: { CHROMIUM: process.execPath },
      log: pino({ level: 'silent' }),
    });
    await expect.poll(() => readdir(pictures), { timeout: 30_000 }).toEqual([young]);
  }
  await rm(folder, { recursive: true });
});
