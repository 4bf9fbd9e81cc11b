import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '#app/config.ts';
import { runRotateKey } from '#cli/rotate-key.ts';
import { secretsOfOtherKeys } from '#database/copies.ts';
import { openTestFile } from '#test/support/database.ts';
import { openLinkFirm } from '#test/support/link-firm.ts';
import { loadOrCreateKeys, openerOf, readPrivateKeys, sealerOf } from '#database/keys.ts';
import { breathe } from '#shared/clock.ts';
import { Secret } from '#shared/secret.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotate-key-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const configOf = (more: Record<string, string> = {}) =>
  loadConfig({ DATA_DIR: folder, LOCAL_WORKSPACE: '0', ...more }, 'worker');

it('seals everything to a new key beside a bot and a worker that go on, and the old one opens nothing', async () => {
  const config = configOf();
  const { keyPlace, databaseFile } = config;
  const keys = await loadOrCreateKeys(keyPlace);
  await using stack = new AsyncDisposableStack();
  const db = await openTestFile(databaseFile);
  stack.defer(() => db.destroy());
  // As they run since before: a bot that seals, and a worker that opens.
  const sealer = sealerOf(keyPlace);
  const opener = openerOf(keyPlace, keys);
  const put = async (owner: number): Promise<void> => {
    const { keyId, sealed } = await sealer.seal(new Secret(`secret ${owner}`), `source ${owner}`);
    await db
      .insertInto('sealed_secret')
      .values({
        owner_id: String(owner),
        kind: 'password',
        source_id: `source ${owner}`,
        key_id: keyId,
        sealed,
        created_at: 0,
        expires_at: null,
      })
      .onConflict((on) => on.columns(['owner_id', 'kind']).doUpdateSet({ key_id: keyId, sealed }))
      .execute();
  };
  const count = 250;
  for (let owner = 0; owner < count; owner += 1) await put(owner);
  const before = await db.selectFrom('sealed_secret').selectAll().execute();

  const said: string[] = [];
  const end: { code?: number } = {};
  const rotation = runRotateKey({ config, print: (line) => void said.push(line) }, 50).then(
    (code) => (end.code = code),
  );
  for (let n = 0; end.code === undefined; n += 1) {
    await put((n * 7) % count);
    await breathe();
  }
  await rotation;
  expect(end.code).toBe(0);
  expect(said.at(-1)).toContain('the old keys are gone');

  const [newest, ...others] = readPrivateKeys(keyPlace);
  expect(others).toEqual([]);
  expect(keys.map(({ id }) => id)).not.toContain(newest?.id);
  expect(statSync(keyPlace.privateFile).mode & 0o777).toBe(0o600);
  const rows = await db.selectFrom('sealed_secret').selectAll().execute();
  expect(rows).toHaveLength(count);
  for (const row of rows) {
    expect(row.key_id).toBe(newest?.id);
    const opened = await opener.open({ keyId: row.key_id, sealed: row.sealed }, row.source_id);
    expect(opened.reveal()).toBe(`secret ${row.owner_id}`);
  }
  const files = ['', '-wal'].map((end) => readFileSync(databaseFile + end, 'latin1')).join('');
  expect(before.filter(({ sealed }) => files.includes(sealed))).toEqual([]);
  const audited = await db.selectFrom('audit').selectAll().execute();
  expect(audited.map(({ action }) => action)).toEqual(['key.rotated']);
});

it('what was used and emptied is not lost, and no key is missing for it', async () => {
  const config = configOf();
  await loadOrCreateKeys(config.keyPlace);
  await using stack = new AsyncDisposableStack();
  const db = await openTestFile(config.databaseFile);
  stack.defer(() => db.destroy());
  const used = { owner_id: 's', kind: 'submitted', source_id: 'l', key_id: 'old', sealed: '' };
  await db
    .insertInto('sealed_secret')
    .values({ ...used, created_at: 0 })
    .execute();
  expect(await secretsOfOtherKeys(db, ['another'])).toBe(0);
  const said: string[] = [];
  expect(await runRotateKey({ config, print: (line) => void said.push(line) }, 0)).toBe(0);
  expect(said.join()).not.toContain('could not be opened');
  const { detail } = await db.selectFrom('audit').select('detail').executeTakeFirstOrThrow();
  expect(JSON.parse(detail ?? '')).toMatchObject({ sealed: 0, lost: 0 });
});

it('a lost key ends nothing by itself; by a word of the operator its logins are linked again', async () => {
  const config = configOf();
  await using firm = await openLinkFirm({ file: config.databaseFile });
  const { db } = firm;
  // Sealed to a key that nobody has any more.
  const { keyId, sealed } = await firm.sealer.seal(new Secret('cookies'), 'source');
  const old = { key_id: keyId, sealed, created_at: 0 };
  await db
    .insertInto('sealed_secret')
    .values([
      { owner_id: 'source', kind: 'session', source_id: 'source', ...old },
      { owner_id: 'calendar:dana', kind: 'calendar', source_id: 'calendar:dana', ...old },
    ])
    .execute();
  await db.updateTable('login_link').set({ linked: 1 }).execute();
  const linked = () => db.selectFrom('login_link').select(['linked', 'unlinked_told']).execute();
  const said: string[] = [];
  const rotate = (lost: boolean) =>
    runRotateKey({ config, print: (line) => void said.push(line), lost }, 0);

  expect(await rotate(false)).toBe(1);
  expect(said.join()).toMatch(/2 secrets are sealed to a key that is not here.*rotate-key --lost/);
  expect(await linked()).toMatchObject([{ linked: 1 }]);
  expect(await db.selectFrom('sealed_secret').selectAll().execute()).toHaveLength(2);

  expect(await rotate(true)).toBe(0);
  expect(said.at(-1)).toContain('1 logins are unlinked, and their holders are asked');
  expect(await linked()).toEqual([{ linked: 0, unlinked_told: 0 }]);
  expect(await db.selectFrom('sealed_secret').selectAll().execute()).toEqual([]);
  const audited = await db.selectFrom('audit').select('action').orderBy('seq').execute();
  expect(audited.map(({ action }) => action)).toEqual(['password.forgotten', 'key.rotated']);
  said.length = 0;
  expect(await rotate(false)).toBe(0);
});

it('the private key lies where it is told to, and bot and public file stay apart from it', async () => {
  const config = configOf({ PRIVATE_KEY_FILE: join(folder, 'worker', 'keys.json') });
  await loadOrCreateKeys(config.keyPlace);
  expect(statSync(join(folder, 'worker')).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, 'worker', 'keys.json')).mode & 0o777).toBe(0o600);
  const shown = readFileSync(join(folder, 'keys', 'sealing-public.json'), 'utf8');
  expect(shown).not.toContain('private');
});

it('a key by environment is for a worker alone, prints as a secret, and is not rotated', async () => {
  const { keyPlace } = configOf();
  await loadOrCreateKeys(keyPlace);
  const PRIVATE_KEYS = readFileSync(keyPlace.privateFile, 'utf8');
  rmSync(keyPlace.privateFile);
  const config = configOf({ PRIVATE_KEYS });
  expect(await loadOrCreateKeys(config.keyPlace)).toHaveLength(1);
  expect(() => statSync(keyPlace.privateFile)).toThrow('ENOENT');
  expect(JSON.stringify(config)).not.toContain('privateKey"');
  expect(() => loadConfig({ PRIVATE_KEYS })).toThrow('PRIVATE_KEYS is for a worker alone');
  const db = await openTestFile(config.databaseFile);
  await db.destroy();
  const said: string[] = [];
  expect(await runRotateKey({ config, print: (line) => void said.push(line) }, 0)).toBe(1);
  expect(said.join()).toContain('name it in PRIVATE_KEY_FILE');
});

it('needs no token of Slack where the key is, and makes none where it is not', async () => {
  const { keyPlace, databaseFile } = configOf();
  await loadOrCreateKeys(keyPlace);
  await (await openTestFile(databaseFile)).destroy();
  rmSync(keyPlace.privateFile);
  const shown = readFileSync(join(folder, 'keys', 'sealing-public.json'), 'utf8');
  const env = { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', DATA_DIR: folder };
  const run = (file: string, ...words: string[]) =>
    spawnSync(process.execPath, [file, ...words], { env, encoding: 'utf8' });
  const rotated = run('src/cli/main.ts', 'rotate-key');
  expect([rotated.status, rotated.stdout + rotated.stderr]).toEqual([
    1,
    expect.stringMatching(/^The private key is not at .*Bring it back from where you keep it/s),
  ]);
  expect(run('src/app/make-keys.ts').status).toBe(1);
  // A bot alone starts with the public one that was brought to it.
  expect(run('src/app/make-keys.ts', 'bot').status).toBe(0);
  expect(readFileSync(join(folder, 'keys', 'sealing-public.json'), 'utf8')).toBe(shown);
  expect(() => statSync(keyPlace.privateFile)).toThrow('ENOENT');
});
