import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '#app/config.ts';
import { examine } from '#cli/doctor/doctor.ts';
import { runImport } from '#cli/import.ts';
import { openDatabase } from '#database/connection.ts';
import { makePrivateFolder } from '#database/private-files.ts';

let top: string;
let folder: string;
let umask: number;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'private-files-'));
  folder = join(top, 'data');
  umask = process.umask(0o022);
});
afterEach(() => {
  process.umask(umask);
  rmSync(top, { recursive: true });
});

const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8);
const config = () => loadConfig({ DATA_DIR: folder }, 'worker');
const doctor = async (of: string) => {
  for await (const finding of examine({
    DATA_DIR: folder,
    SLACK_BOT_TOKEN: 'xoxb-1',
    SLACK_APP_TOKEN: 'xapp-1',
  }))
    if (finding.of === of) return finding;
  return undefined;
};

it('folder and database are of this user alone, though an import comes first', async () => {
  const statuses = join(top, 'statuses.csv');
  writeFileSync(statuses, 'status,indicator\nIn Force,open\n');
  await runImport({ config: config(), print: () => undefined }, [statuses]);
  expect(modeOf(folder)).toBe('700');
  expect(modeOf(config().databaseFile)).toBe('600');
});

it('what an earlier program left open is found by the doctor, and closed by whatever opens it', async () => {
  makePrivateFolder(folder);
  const file = config().databaseFile;
  const first = await openDatabase(file);
  chmodSync(folder, 0o755);
  for (const end of ['', '-wal', '-shm']) chmodSync(file + end, 0o644);
  expect(await doctor('Data folder')).toMatchObject({
    is: 'bad',
    next: `The next start closes it, or: chmod 700 ${folder}`,
  });
  expect(await doctor('Database')).toMatchObject({ is: 'bad' });
  makePrivateFolder(folder);
  const second = await openDatabase(file);
  expect(modeOf(folder)).toBe('700');
  for (const end of ['', '-wal', '-shm'].filter((name) => existsSync(file + name)))
    expect(modeOf(file + end)).toBe('600');
  expect(await doctor('Data folder')).toMatchObject({ is: 'good' });
  expect(await doctor('Database')).toMatchObject({ is: 'good' });
  await first.destroy();
  await second.destroy();
});

it('a folder that many share is left as it is', () => {
  mkdirSync(folder);
  chmodSync(folder, 0o1777);
  makePrivateFolder(folder);
  expect(modeOf(folder)).toBe('1777');
});
