import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runInit } from '#cli/init/init.ts';
import { openTerminal } from '#cli/terminal.ts';
import { openPostgres } from '#database/postgres.ts';
import { startWorkspace, type LocalWorkspace } from '#simulator/workspace/server.ts';
import { newPostgres } from '#test/support/database.ts';

/** A firm is brought up on a Postgres, which is tried first. */

let slack: LocalWorkspace;
let folder: string;
let said: string;
let keyboard: PassThrough & { isTTY?: boolean };
let url: string;
let runs = 0;
beforeEach(async () => {
  slack = await startWorkspace();
  folder = await mkdtemp(join(tmpdir(), 'sync-init-'));
  said = '';
  runs = 0;
  keyboard = Object.assign(new PassThrough(), { isTTY: true });
  url = await newPostgres('nothing');
});
afterEach(async () => {
  keyboard.destroy();
  await slack.close();
  await rm(folder, { recursive: true, force: true });
});

const asked = async (text: string): Promise<void> => {
  const client = new Client(url);
  await client.connect();
  await client.query(text);
  await client.end();
};

const init = (lines: string[], paths: string[], env: Record<string, string> = {}) => {
  const shown = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      said += chunk.toString();
      done();
    },
  });
  keyboard.write(lines.map((line) => `${line}\r`).join(''));
  const print = (line: string): void => void (said += `${line}\n`);
  const environment = {
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    PUBLIC_URL: 'https://sync.example.com',
    DATA_DIR: join(folder, 'data'),
    ...env,
  };
  const terminal = { ...openTerminal(keyboard, shown), print };
  const options = { file: join(folder, `${(runs += 1)}.env`), postgres: true };
  return runInit({ environment, terminal }, paths, options);
};

it('asks until it is a Postgres that a start can use, and brings the firm into it', async () => {
  const people = join(folder, 'people.csv');
  await writeFile(people, 'email,name,role\nana.ruiz@harborpoint.example,Ana Ruiz,advisor\n');
  const typed = url.replace('sync@', 'sync:hush@');
  const code = await init(
    ['', '', 'mysql://nowhere/x', 'postgres://sync@127.0.0.1:1/firm', typed, 'yes', ''],
    [people],
  );
  expect(code).toBe(0);
  for (const line of [
    'DATABASE_URL is missing. Leave out --postgres for a file on this machine.',
    'DATABASE_URL is not the address of a Postgres database',
    'Postgres 127.0.0.1:1/firm cannot be used: ',
    'its tables are made at the import.',
    // What the doctor would say keeps nobody from going on.
    'it does not wait for its disk. In postgresql.conf: fsync = on',
    'All lines are in.',
    'Still missing: REDIS_URL: bots and workers on several machines share one Redis.',
    'Start nothing here: docs/deploy.md says how bots and workers start',
  ])
    expect(said).toContain(line);
  expect(said).not.toContain('npm start');
  expect(said).not.toContain('hush');
  expect(await readFile(join(folder, '1.env'), 'utf8')).toContain(`DATABASE_URL='${typed}'\n`);
  const db = await openPostgres({ url, connections: 1 });
  expect(await db.selectFrom('person').select('name').execute()).toEqual([{ name: 'Ana Ruiz' }]);
  await db.destroy();
});

it('says what its user may not do, with who can let it, and does not begin', async () => {
  // Nobody is there to be asked.
  keyboard.isTTY = false;
  const at = new URL(url);
  const role = `r${at.pathname.slice(1, 20)}`;
  await asked(`create role ${role} login`);
  at.username = role;
  await expect(init([], [], { DATABASE_URL: at.href })).rejects.toThrow(
    /this user may make no tables in it\. As its superuser: alter database test_\w+ owner/,
  );
  await asked(`grant create on schema public to ${role}`);
  await expect(init([], [], { DATABASE_URL: at.href })).rejects.toThrow(
    /may not make the extension pg_trgm.*create extension pg_trgm/,
  );
  await asked('create extension pg_trgm');
  expect(await init([], [], { DATABASE_URL: at.href })).toBe(0);
  expect(said).toContain('its tables are made at the import.');
  await asked(`drop owned by ${role}; drop role ${role}`);
});
