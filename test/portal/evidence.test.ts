import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nameOfEvidence, removeOldEvidence } from '#portal/evidence.ts';

const NOW = Date.parse('2026-11-20T15:00:00Z');
const DAY = 86_400_000;

it('removes pictures and traces of more than three days ago, and nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'evidence-'));
  const of = (days: number, ending: string): string =>
    `${nameOfEvidence(NOW - days * DAY, 'harbor-trust-read')}.${ending}`;
  const kept = [of(0, 'png'), of(2.9, 'txt'), 'notes.txt'];
  for (const name of [...kept, of(3.1, 'png'), of(400, 'txt')])
    await writeFile(join(folder, name), '');
  await removeOldEvidence(folder, NOW);
  expect(await readdir(folder)).toEqual(expect.arrayContaining(kept));
  expect(await readdir(folder)).toHaveLength(kept.length);
  await rm(folder, { recursive: true });
});
