import { giveCalendar } from '#features/meetings/calendar/store/calendars.ts';
import { keepEvents } from '#features/meetings/calendar/store/events.ts';
import { giveConsent } from '#core/logins/store/consent.ts';
import { loginRow, setLinked } from '#test/support/logins.ts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '#app/config.ts';
import { runBackup, type BackupOptions } from '#cli/backup.ts';
import { runRestore } from '#cli/restore.ts';
import { openDatabase, type Database } from '#database/connection.ts';
import { verifyAudit } from '#database/audit-lines.ts';
import { isInUse } from '#database/copy.ts';
import { loadOrCreateKeys, openerOf, sealerOf } from '#database/keys.ts';
import { breathe } from '#shared/clock.ts';
import { Secret } from '#shared/secret.ts';

let top: string;
let umask: number;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'backup-'));
  umask = process.umask(0o022);
});
afterEach(() => {
  process.umask(umask);
  rmSync(top, { recursive: true });
});

const AT = Date.UTC(2026, 10, 3, 9, 30, 12);
const configOf = (folder = 'data') =>
  loadConfig({ DATA_DIR: join(top, folder), LOCAL_WORKSPACE: '0' }, 'worker');
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const copy = () => join(top, 'copies', 'monday.db');

const backup = async (file: string, options?: BackupOptions) => {
  const said: string[] = [];
  const print = (line: string): void => void said.push(line);
  const code = await runBackup({ config: configOf(), print, clock: () => AT }, file, options);
  return { code, said: said.join('\n') };
};

const restore = async (file: string, options?: { replace?: boolean }, folder = 'data') => {
  const said: string[] = [];
  const print = (line: string): void => void said.push(line);
  const code = await runRestore(
    { config: configOf(folder), print, clock: () => AT },
    file,
    options,
  );
  return { code, said: said.join('\n') };
};

const open = async (file = configOf().databaseFile): Promise<Database & AsyncDisposable> => {
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
  const db = await openDatabase(file);
  return Object.assign(db, { [Symbol.asyncDispose]: () => db.destroy() });
};

const keep = async (db: Database, ...ownerIds: string[]): Promise<void> => {
  const sealer = sealerOf(configOf().keyPlace);
  const rows = await Promise.all(
    ownerIds.map(async (id) => {
      const { keyId, sealed } = await sealer.seal(new Secret(`secret of ${id}`), id);
      const row = { owner_id: id, kind: 'password', source_id: id, key_id: keyId, sealed } as const;
      return { ...row, created_at: 0, expires_at: null };
    }),
  );
  await db.insertInto('sealed_secret').values(rows).execute();
};

const owners = async (db: Database): Promise<string[]> => {
  const rows = await db
    .selectFrom('sealed_secret')
    .select('owner_id')
    .orderBy('created_at')
    .execute();
  return rows.map((row) => row.owner_id);
};

it('a copy made while others write is of one moment, closed to others, and without the key', async () => {
  await loadOrCreateKeys(configOf().keyPlace);
  await using db = await open();
  for (let n = 0; n < 300; n += 1) await keep(db, `a${n}`);
  const end: { backup?: Awaited<ReturnType<typeof backup>> } = {};
  const copying = backup(copy()).then((backup) => (end.backup = backup));
  // Two rows in each statement: a copy of one moment holds both or neither.
  for (let n = 0; end.backup === undefined; n += 1) {
    await keep(db, `b${n}`, `c${n}`);
    await breathe();
  }
  await copying;
  expect(end.backup).toMatchObject({ code: 0 });
  expect(end.backup?.said).toContain('read back and whole');
  expect(end.backup?.said).toContain('The private key is not in it');
  expect(readdirSync(join(top, 'copies'))).toEqual(['monday.db']);
  expect(modeOf(copy())).toBe('600');
  expect(modeOf(join(top, 'copies'))).toBe('700');
  const key = JSON.parse(readFileSync(configOf().keyPlace.privateFile, 'utf8')) as {
    keys: [{ privateKey: string }];
  };
  expect(readFileSync(copy(), 'latin1')).not.toContain(key.keys[0].privateKey);

  await using copied = await open(copy());
  const there = await owners(copied);
  expect(there.filter((id) => id.startsWith('a'))).toHaveLength(300);
  const ofB = there.filter((id) => id.startsWith('b')).map((id) => id.slice(1));
  const ofC = there.filter((id) => id.startsWith('c')).map((id) => id.slice(1));
  expect(ofC.toSorted()).toEqual(ofB.toSorted());
});

it('the key is copied when asked for, to another folder alone', async () => {
  await loadOrCreateKeys(configOf().keyPlace);
  await using db = await open();
  await keep(db, 'one');
  for (const keys of [join(top, 'copies'), join(top, 'copies', 'keys'), top]) {
    const { code, said } = await backup(copy(), { keys });
    expect(code).toBe(1);
    expect(said).toContain('must not lie in one folder');
  }
  const inside = await backup(join(configOf().keyPlace.folder, 'monday.db'));
  expect(inside.said).toContain('holds the private key');
  expect(existsSync(copy())).toBe(false);

  const { code, said } = await backup(copy(), { keys: join(top, 'safe') });
  expect(code).toBe(0);
  expect(said).toContain('Keep the two apart');
  const key = join(top, 'safe', 'sealing-private.json');
  expect(modeOf(key)).toBe('600');
  expect(modeOf(join(top, 'safe'))).toBe('700');
  expect(readFileSync(key)).toEqual(readFileSync(configOf().keyPlace.privateFile));
});

it('writes over nothing, and says what is not there', async () => {
  expect((await backup(copy())).said).toContain('there is no such database');
  await (await open()).destroy();
  mkdirSync(join(top, 'copies'));
  writeFileSync(copy(), 'of somebody else');
  expect(await backup(copy())).toEqual({
    code: 1,
    said: `${copy()} is there already. Name another file.`,
  });
  expect(readFileSync(copy(), 'utf8')).toBe('of somebody else');
});

it('names a folder that cannot be written to, and one in the place of a copy, with the next step', async () => {
  await using _ = await open();
  const file = join(top, 'a file');
  writeFileSync(file, '');
  expect(await backup(join(file, 'monday.db'))).toMatchObject({
    code: 1,
    said: expect.stringMatching(
      /^E\w+: .*\. Name a folder with room.* Nothing was written/,
    ) as string,
  });
  expect(await restore(top, { replace: true }, 'other')).toEqual({
    code: 1,
    said: `${top} is a folder. Name the file that backup wrote.`,
  });
});

it('comes back where there is no database, with its passwords, and says what may be missing', async () => {
  const { keyPlace, databaseFile } = configOf();
  const keys = await loadOrCreateKeys(keyPlace);
  const db = await open();
  await keep(db, 'one');
  await backup(copy());
  await db.destroy();
  rmSync(databaseFile);

  const { code, said } = await restore(copy());
  expect(code).toBe(0);
  expect(said).toContain('Restored: everything until 2026-11-03 09:30:12 UTC.');
  expect(said).toContain('until the bot stopped, may be missing');
  expect(said).not.toContain('key that is not here');
  expect(modeOf(databaseFile)).toBe('600');
  await using back = await open();
  const row = await back.selectFrom('sealed_secret').selectAll().executeTakeFirstOrThrow();
  const opened = await openerOf(keyPlace, keys).open(
    { keyId: row.key_id, sealed: row.sealed },
    row.source_id,
  );
  expect(opened.reveal()).toBe('secret of one');
  const audited = await back.selectFrom('audit').select('action').orderBy('seq').execute();
  expect(audited.map(({ action }) => action)).toEqual(['database.copied', 'database.restored']);
  expect((await verifyAudit(back)).kind).toBe('whole');
});

/** A login that signs in by itself, and one that is not linked. */
const keepLogin = async (db: Database): Promise<void> => {
  await db.insertInto('carrier').values({ id: 'nb', name: 'Northbridge' }).execute();
  await db.insertInto('person').values({ id: 'ana', name: 'Ana', role: 'advisor' }).execute();
  const login = { carrier_id: 'nb', holder_id: 'ana' };
  await db
    .insertInto('login_source')
    .values([
      { ...login, id: 'kept', name: 'Kept' },
      { ...login, id: 'unlinked', name: 'Unlinked' },
    ])
    .execute();
  await setLinked(db, true, 'kept');
  await giveConsent(db, 'kept', { personId: 'ana', at: 1, automatic: true });
  await keep(db, 'kept');
};

it('brings no kept password back, which may have been refused or withdrawn since the copy', async () => {
  await loadOrCreateKeys(configOf().keyPlace);
  const db = await open();
  await keepLogin(db);
  await backup(copy());
  await db.destroy();
  rmSync(configOf().databaseFile);

  expect((await restore(copy())).said).toContain('1 login is unlinked, and no kept password came');
  await using back = await open();
  expect(await owners(back)).toEqual([]);
  const row = await loginRow(back, 'kept');
  expect(row).toMatchObject({ linked: 0, consent_by: null, automatic: 0, unlinked_told: 0 });
  const audited = await back.selectFrom('audit').select('action').orderBy('seq').execute();
  expect(audited.map(({ action }) => action)).toEqual([
    'database.copied',
    'database.restored',
    'password.forgotten',
  ]);
});

it('brings no calendar back, which may have been taken back since, and says that erased contacts are back', async () => {
  await loadOrCreateKeys(configOf().keyPlace);
  const db = await open();
  const ana = { id: 'ana', name: 'Ana', role: 'advisor', slack_user_id: 'U0ANA' };
  await db.insertInto('person').values(ana).execute();
  const store = { db, clock: () => 1 };
  const sealed = { keyId: 'k', sealed: 'x' } as never;
  await giveCalendar(store, 'ana', { zone: 'UTC', sealed });
  await keepEvents(store, 'ana', [
    { key: 'e', series: 's', at: 9, title: 'Lunch', contacts: ['c'], kind: 'sure' },
  ]);
  await backup(copy());
  await db.destroy();
  rmSync(configOf().databaseFile);

  const { said } = await restore(copy());
  expect(said).toContain('1 calendar is not read any more');
  expect(said).toContain('A contact that was erased in that time is back: erase it again');
  await using back = await open();
  expect(await owners(back)).toEqual([]);
  expect(await back.selectFrom('calendar').selectAll().execute()).toEqual([]);
  const events = await back.selectFrom('calendar_event').select('state').execute();
  expect(events).toEqual([{ state: 'gone' }]);
  const notices = await back.selectFrom('notification').select(['channel', 'about']).execute();
  expect(notices).toEqual([
    { channel: 'U0ANA', about: expect.stringContaining('once more') as string },
  ]);
});

it('waits for a bot to stop, and keeps the database that it replaces', async () => {
  await loadOrCreateKeys(configOf().keyPlace);
  const bot = await open();
  await keep(bot, 'one');
  await backup(copy());
  await keep(bot, 'two');
  expect((await restore(copy())).said).toContain('With --replace it is kept beside');
  const refused = await restore(copy(), { replace: true });
  expect(refused.code).toBe(1);
  expect(refused.said).toContain('is open in a bot, a worker or another command. Stop it');
  expect(await owners(bot)).toEqual(['one', 'two']);
  await bot.destroy();
  expect(isInUse(configOf().databaseFile)).toBe(false);

  const { code, said } = await restore(copy(), { replace: true });
  expect(code).toBe(0);
  await using back = await open();
  expect(await owners(back)).toEqual(['one']);
  const kept = /The old one is (\S+)\. /.exec(said)?.[1] ?? '';
  expect(modeOf(kept)).toBe('600');
  await using old = await open(kept);
  expect(await owners(old)).toEqual(['one', 'two']);
  expect(readdirSync(join(top, 'data')).filter((name) => name.endsWith('.part'))).toEqual([]);
});

it.each(['.part', '.until-', '-journal'])(
  'one that is killed when it has made its file *%s* leaves the old database, or the new one settled',
  async (name) => {
    await loadOrCreateKeys(configOf().keyPlace);
    const db = await open();
    await keepLogin(db);
    await backup(copy());
    await keep(db, 'newer');
    await db.destroy();
    const folder = join(top, 'data');
    const child = spawn(process.execPath, ['src/cli/main.ts', 'restore', copy(), '--replace'], {
      env: { ...process.env, DATA_DIR: folder, LOCAL_WORKSPACE: '0' },
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    // Some are there for a moment only, and the restore may come to its end first.
    while (child.exitCode === null && !readdirSync(folder).some((file) => file.includes(name)))
      await breathe();
    child.kill('SIGKILL');
    await ended;

    // Never what the copy says: the password alone, and the login linked by it.
    const there = await open();
    const linked = (await loginRow(there, 'kept')).linked === 1;
    expect(await owners(there)).toEqual(linked ? ['kept', 'newer'] : []);
    await there.destroy();
    expect((await restore(copy(), { replace: true })).code).toBe(0);
    await using back = await open();
    expect(await owners(back)).toEqual([]);
    expect((await loginRow(back, 'kept')).linked).toBe(0);
  },
);

it('a damaged, foreign, newer or doctored copy is not restored, and what is there stays', async () => {
  await using db = await open();
  await keepRows(db);
  await backup(copy());
  await db.destroy();
  const bad = join(top, 'bad.db');
  const tryIt = async (change: (file: string) => void): Promise<string> => {
    copyFileSync(copy(), bad);
    change(bad);
    const { code, said } = await restore(bad, { replace: true });
    expect(code).toBe(1);
    return said;
  };
  const bySql = (text: string) => (file: string) => {
    const connection = new BetterSqlite(file).unsafeMode();
    connection.exec(text);
    connection.close();
  };
  expect(await tryIt((file) => writeFileSync(file, 'number,product\n1,2\n'))).toContain(
    'cannot be read',
  );
  expect(
    await tryIt((file) => {
      const bytes = readFileSync(file);
      bytes.fill(0xff, bytes.length / 2);
      writeFileSync(file, bytes);
    }),
  ).toContain('cannot be read');
  expect(
    await tryIt(
      bySql(`pragma writable_schema = on; delete from sqlite_master where name = 'audit_subject'`),
    ),
  ).toContain('It is damaged');
  expect(
    await tryIt((file) => {
      rmSync(file);
      bySql('create table other (x)')(file);
    }),
  ).toContain('not a database of swivel-sync');
  expect(
    await tryIt(bySql(`insert into kysely_migration values ('9999-later', '2030')`)),
  ).toContain('by a newer program');
  const names = `select group_concat(name) from sqlite_master where type = 'trigger' and tbl_name = 'audit'`;
  const connection = new BetterSqlite(copy(), { readonly: true });
  const triggers = connection.prepare<[], string>(names).pluck().get() ?? '';
  connection.close();
  const dropped = triggers.split(',').map((name) => `drop trigger ${name};`);
  expect(
    await tryIt(bySql(`${dropped.join('')} update audit set action = 'nothing' where seq = 1`)),
  ).toContain('Row 1 of its audit is not as it was written');

  await using still = await open();
  expect(await owners(still)).toHaveLength(200);
  expect(readdirSync(join(top, 'data')).filter((name) => /part|until/.test(name))).toEqual([]);
});

it.each([
  ['is no database any more', (bytes: Buffer) => bytes.fill(0xff)],
  ['is damaged within', (bytes: Buffer) => bytes.fill(0xff, bytes.length / 2)],
])('a database that %s is replaced, and kept as it is', async (_, damage) => {
  const { databaseFile } = configOf();
  await using db = await open();
  await keepRows(db);
  await backup(copy());
  await db.destroy();
  const broken = readFileSync(databaseFile);
  damage(broken);
  writeFileSync(databaseFile, broken);
  const { code, said } = await restore(copy(), { replace: true });
  expect(code).toBe(0);
  const kept = /The old one is (\S+)\. /.exec(said)?.[1] ?? '';
  expect(statSync(kept).size).toBe(broken.length);
  await using back = await open();
  expect(await owners(back)).toHaveLength(200);
});

it('names what a stopped bot left without its database, and secrets of another key', async () => {
  await loadOrCreateKeys(configOf().keyPlace);
  const db = await open();
  await keep(db, 'one');
  await backup(copy());
  await db.destroy();
  const elsewhere = configOf('elsewhere').databaseFile;
  mkdirSync(join(top, 'elsewhere'));
  writeFileSync(`${elsewhere}-wal`, '');
  expect((await restore(copy(), {}, 'elsewhere')).said).toContain('-wal is there without its');
  rmSync(`${elsewhere}-wal`);
  const { code, said } = await restore(copy(), {}, 'elsewhere');
  expect(code).toBe(0);
  expect(said).toContain('1 of its other secrets are sealed to a key that is not here');
});

const keepRows = async (db: Database): Promise<void> => {
  await loadOrCreateKeys(configOf().keyPlace);
  for (let n = 0; n < 200; n += 1) await keep(db, `row ${n}`);
};

it('keeps the copies of so many days, whatever else lies there, and the newest good one always', async () => {
  await using _db = await open();
  const folder = join(top, 'copies');
  mkdirSync(folder);
  const lay = (name: string, daysAgo: number): void => {
    writeFileSync(join(folder, name), 'a copy');
    utimesSync(join(folder, name), AT / 1000, AT / 1000 - daysAgo * 86_400);
  };
  lay('2026-10-19.db', 15);
  lay('2026-10-20.db', 13);
  lay('2026-10-18.db.01234567-89ab-4cde-8f01-23456789abcd.part', 16);
  for (const name of ['before-upgrade.db', '2026-10-19.txt', 'x2026-10-19.db', '2026-10-190.db'])
    lay(name, 400);
  const others = ['2026-10-19.txt', '2026-10-190.db', 'before-upgrade.db', 'x2026-10-19.db'];
  const there = () => readdirSync(folder).toSorted();
  const before = there();

  const last = join(folder, '2026-11-03.db');
  writeFileSync(last, 'there already');
  expect((await backup(last, { keepDays: 14 })).code).toBe(1);
  rmSync(last);
  expect((await backup(join(folder, 'monday.db'), { keepDays: 14 })).said).toContain(
    'monday.db has none. Name it by the day.',
  );
  expect(there()).toEqual(before);

  const { code, said } = await backup(last, { keepDays: 14 });
  expect([code, said]).toEqual([0, expect.stringContaining('1 older than 14 days is removed.')]);
  expect(there()).toEqual(['2026-10-20.db', '2026-11-03.db', ...others].toSorted());
});
