import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Config } from '#app/config.ts';
import { postgresMigrations } from '#db/postgres/index.ts';
import { openDatabase, type Database } from '#database/connection.ts';
import {
  CopyError,
  draftOf,
  isInUse,
  leftovers,
  placeDraft,
  readBack,
  removeDraft,
  replaceDatabase,
  withoutTrace,
} from '#database/copy.ts';
import {
  isOpenElsewhere,
  nameOf,
  openAsItIs,
  versionAt,
  type DatabasePlace,
} from '#database/place.ts';
import { objectsOf } from '#database/tables.ts';
import { beginRestore, endRestore, markOfRestore } from '#database/serving.ts';
import type { Secret } from '#shared/secret.ts';
import { copyShown } from './copy-shown.ts';
import { timeOf } from './with-firm.ts';
import { showProgress, type ShowProgress } from './progress.ts';
import { endPrograms, loadDump, migrationsIn } from './dump.ts';
import { settle, told } from './settle.ts';
import { loadOrCreateKeys } from '#database/keys.ts';
import { makePrivateFolder } from '#database/private-files.ts';
import { databaseVersion } from '#database/version.ts';

type Needs = {
  config: DatabasePlace & Pick<Config, 'dataFolder' | 'keyPlace'>;
  print: (line: string) => void;
  clock?: () => number;
  show?: ShowProgress;
};

const IN_USE = 'is open in a bot, a worker or another command. Stop it, then try again.';

const absentCopy = (file: string): string | undefined => {
  const is = statSync(file, { throwIfNoEntry: false });
  if (is === undefined) return `${file}: there is no such file.`;
  return is.isDirectory() ? `${file} is a folder. Name the file that backup wrote.` : undefined;
};

/** Why it is not begun, with the next step. */
const objection = (databaseFile: string, file: string, replace: boolean): string | undefined => {
  const absent = absentCopy(file);
  if (absent !== undefined) return absent;
  if (!existsSync(databaseFile)) {
    const [left] = leftovers(databaseFile);
    return left === undefined
      ? undefined
      : `${left} is there without its database, which a bot may still have open. Stop it and remove this file, then try again.`;
  }
  if (realpathSync(file) === realpathSync(databaseFile))
    return `${file} is the database itself. Name a copy of it.`;
  if (!replace)
    return `${databaseFile} is there already. With --replace it is kept beside, under another name.`;
  return isInUse(databaseFile) ? `${databaseFile} ${IN_USE}` : undefined;
};

const versionOf = (file: string): ReturnType<typeof databaseVersion> => {
  try {
    return databaseVersion(file);
  } catch (error) {
    throw new CopyError(`It cannot be read: ${(error as Error).message}.`);
  }
};

/** Whole, of this program, and not of a newer one; brought up to date. */
const check = (draft: string): void => {
  const at = versionOf(draft);
  if (at.kind === 'absent' || at.version === 'empty')
    throw new CopyError('It is not a database of swivel-sync.');
  if (at.kind === 'ahead')
    throw new CopyError(
      `It was written by a newer program, of version ${at.version}: restore it by that one.`,
    );
};

/** SQLite's own check may not see that an index, or a trigger, is gone with its name. */
const expectComplete = async (db: Database): Promise<void> => {
  const blank = await openDatabase(':memory:');
  const whole = await objectsOf(blank);
  await blank.destroy();
  const there = await objectsOf(db);
  const lacking = [...whole].find((name) => !there.has(name));
  if (lacking !== undefined) throw new CopyError(`It is damaged: the ${lacking} is missing.`);
};

const lookIntoFile = async (
  draft: string,
  how: Parameters<typeof settle>[1],
): ReturnType<typeof settle> => {
  const db = await openDatabase(draft);
  try {
    const found = await settle(db, how);
    await expectComplete(db);
    return found;
  } finally {
    await db.destroy();
  }
};

const hashOf = async (file: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
};

/** Whether the copy is in there already, by a restore that broke off; or why it is not to come in. */
const placeOn = async (
  config: Needs['config'],
  databaseUrl: Secret,
  hash: string,
): Promise<'empty' | 'there' | { refused: string }> => {
  if ((await versionAt(config)).kind === 'absent') return 'empty';
  const { restoreAt } = await import('#database/examine.ts');
  const begun = await restoreAt(databaseUrl.reveal());
  if (begun === hash) return 'there';
  const holds =
    begun === undefined
      ? 'holds tables already'
      : 'holds another copy, whose restore has not come to its end';
  return {
    refused: `${nameOf(config)} ${holds}. Name an empty database in DATABASE_URL; the old one stays as it is.`,
  };
};

/** Throws where it is not of this program, or of a newer one. */
const expectOurDump = async (file: string): Promise<void> => {
  const known = new Set(Object.keys(postgresMigrations));
  const written = await migrationsIn(file);
  const newer = written.find((name) => !known.has(name));
  if (written.length === 0) throw new CopyError('It is not a database of swivel-sync.');
  if (newer !== undefined)
    throw new CopyError(
      `It was written by a newer program, of version ${newer}: restore it by that one.`,
    );
};

/** Into the empty database that DATABASE_URL names; goes on where one of the same copy broke off. */
const restoreServer = async (
  { config, print, clock }: Needs,
  databaseUrl: Secret,
  file: string,
): Promise<0 | 1> => {
  const absent = absentCopy(file);
  if (absent !== undefined) {
    print(absent);
    return 1;
  }
  const hash = await hashOf(file);
  const place = await placeOn(config, databaseUrl, hash);
  if (typeof place === 'object') {
    print(place.refused);
    return 1;
  }
  if (place === 'empty') {
    using _ = withoutTrace(undefined, endPrograms);
    await expectOurDump(file);
    await loadDump(databaseUrl, file, markOfRestore(hash));
  }
  const db = await openAsItIs(config);
  try {
    const found = await settleServed(config, clock, db, false);
    const at = found.at ?? statSync(file).mtimeMs;
    for (const line of told({ ...found, at, until: undefined })) print(line);
    return 0;
  } finally {
    await db.destroy();
  }
};

const settleServed = async (
  config: Needs['config'],
  clock: Needs['clock'] | undefined,
  db: Database,
  recovered: boolean,
) => {
  using time = await timeOf(config, db);
  const { folder: keyFolder } = config.keyPlace;
  return settle(db, { keyFolder, clock: clock ?? time.clock, recovered, end: endRestore });
};

/** Why a Postgres is not one that its engine has brought back, with the next step. */
const objectionToRecovered = async (config: Needs['config'], databaseUrl: Secret) => {
  if ((await versionAt(config)).kind === 'absent')
    return `${nameOf(config)} holds no firm. Bring it back by its engine first.`;
  const { isRecovering } = await import('#database/examine.ts');
  if (await isRecovering(databaseUrl.reveal()))
    return `${nameOf(config)} is still recovering. Wait until it takes writes, then try again.`;
  return (await isOpenElsewhere(config)) ? `${nameOf(config)} ${IN_USE}` : undefined;
};

/** Settles what an engine brought back by following each write, in its place. */
const settleServer = async (
  { config, print, clock }: Needs,
  databaseUrl: Secret,
): Promise<0 | 1> => {
  const refused = await objectionToRecovered(config, databaseUrl);
  if (refused !== undefined) {
    print(refused);
    return 1;
  }
  const { replayedUntil } = await import('#database/examine.ts');
  const replayed = await replayedUntil(databaseUrl.reveal());
  const db = await openAsItIs(config);
  try {
    await beginRestore(db);
    const found = await settleServed(config, clock, db, true);
    const at = Math.max(found.at ?? 0, replayed ?? 0);
    for (const line of told({ ...found, at, until: undefined })) print(line);
    return 0;
  } finally {
    await db.destroy();
  }
};

/** When anything was last written to it. */
const lastWritten = (file: string): number | undefined => {
  const times = [file, `${file}-wal`].map(
    (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0,
  );
  const last = Math.max(...times);
  return last === 0 ? undefined : last;
};

/** Puts a copy in the place of the database of a bot that is stopped; answers the exit code. */
export const runRestore = async (
  needs: Needs,
  path: string | undefined,
  { replace = false, recovered = false }: { replace?: boolean; recovered?: boolean } = {},
): Promise<0 | 1> => {
  const { databaseUrl, keyPlace } = needs.config;
  const inPlace = recovered && databaseUrl !== undefined;
  if (inPlace === (path !== undefined)) {
    needs.print(
      inPlace
        ? `${nameOf(needs.config)} is settled in its place: leave out the file.`
        : 'Name the file that is to be restored.',
    );
    return 1;
  }
  const file = resolve(path ?? '');
  try {
    // A copy of the keys is the private one alone, which the other is made from.
    if (existsSync(keyPlace.privateFile)) await loadOrCreateKeys(keyPlace);
    if (databaseUrl === undefined) return await restoreFile(needs, file, { replace, recovered });
    return inPlace
      ? await settleServer(needs, databaseUrl)
      : await restoreServer(needs, databaseUrl, file);
  } catch (error) {
    if (!(error instanceof CopyError)) throw error;
    needs.print(`${inPlace ? nameOf(needs.config) : file} was not restored. ${error.message}`);
    return 1;
  }
};

const restoreFile = async (
  { config, print, clock = Date.now, show = showProgress }: Needs,
  file: string,
  { replace, recovered }: { replace: boolean; recovered: boolean },
): Promise<0 | 1> => {
  const { databaseFile, dataFolder, keyPlace } = config;
  const until = lastWritten(databaseFile);
  const refused = objection(databaseFile, file, replace);
  if (refused !== undefined) {
    print(refused);
    return 1;
  }
  makePrivateFolder(dataFolder);
  mkdirSync(dirname(databaseFile), { recursive: true, mode: 0o700 });
  const draft = draftOf(databaseFile);
  using _ = withoutTrace(draft);
  const kept = `${databaseFile}.until-${new Date(clock()).toISOString().replace(/[:.]/g, '-')}`;
  try {
    versionOf(file);
    await copyShown(file, draft, show);
    check(draft);
    const how = { keyFolder: keyPlace.folder, clock, recovered };
    const found = await lookIntoFile(draft, how);
    readBack(draft);
    const isThere = existsSync(databaseFile);
    const isDone = isThere
      ? (await replaceDatabase(draft, databaseFile, kept)) === 'replaced'
      : placeDraft(draft, databaseFile);
    if (!isDone) {
      print(`${databaseFile} ${IN_USE}`);
      return 1;
    }
    const at = found.at ?? statSync(file).mtimeMs;
    for (const line of told({ ...found, at, until })) print(line);
    if (isThere)
      print(`The old one is ${kept}. It holds passwords too: delete it once you are sure.`);
    return 0;
  } finally {
    removeDraft(draft);
  }
};
