import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Config } from '#app/config.ts';
import { CopyError, draftOf, placeDraft, removeDraft, withoutTrace } from '#database/copy.ts';
import { writeCopied } from '#database/copies.ts';
import { openAsItIs, whyAbsent, type DatabasePlace } from '#database/place.ts';
import { dumpPostgres, endPrograms } from './dump.ts';
import { isDated, removeOldCopies } from './old-copies.ts';
import { whileBusy } from '#database/patience.ts';
import { copyShown } from './copy-shown.ts';
import { timeOf } from './with-firm.ts';
import { showProgress, type ShowProgress } from './progress.ts';
import { makePrivateFolder } from '#database/private-files.ts';

/** A bot writes often, and never for long. */
const PATIENCE_MS = 15_000;

type Needs = {
  config: DatabasePlace & Pick<Config, 'keyPlace'>;
  print: (line: string) => void;
  clock?: () => number;
  show?: ShowProgress;
};

/** Where a path leads, though its last parts are not there yet. */
export const realOf = (path: string): string => {
  const full = resolve(path);
  if (existsSync(full)) return realpathSync(full);
  return join(realOf(dirname(full)), basename(full));
};

export const isWithin = (path: string, folder: string): boolean =>
  !/^\.\.(\/|$)/.test(relative(folder, path));

/** Whoever takes one folder must not have taken both. */
const lieTogether = (one: string, other: string): boolean =>
  isWithin(one, other) || isWithin(other, one);

/** Why it is not begun, with the next step. */
const objection = (
  config: Needs['config'],
  file: string,
  keysFolder: string | undefined,
): string | undefined => {
  const { keyPlace } = config;
  const absent = whyAbsent(config);
  if (absent !== undefined) return absent;
  if (existsSync(file)) return `${file} is there already. Name another file.`;
  const folder = realOf(dirname(file));
  if (isWithin(folder, realOf(dirname(keyPlace.privateFile))))
    return `${folder} holds the private key, which opens what is sealed in the copy. Name a file elsewhere.`;
  if (keysFolder === undefined) return undefined;
  if (lieTogether(realOf(keysFolder), folder))
    return `Copy and key must not lie in one folder: together they open every password. Name a folder for --keys outside of ${folder}.`;
  if (keyPlace.privateKeys !== undefined)
    return 'PRIVATE_KEYS holds the keys, in the environment of the worker: keep them where you keep that. Leave out --keys.';
  if (!existsSync(keyPlace.privateFile))
    return `${keyPlace.privateFile}: there is no such key. Run it where the key of the worker is, or leave out --keys.`;
  const copy = join(keysFolder, basename(keyPlace.privateFile));
  return existsSync(copy) ? `${copy} is there already. Name another folder.` : undefined;
};

/** Copies what is there at one moment, reads the copy back, and says what is in it. */
const copyTo = async (
  { databaseFile, databaseUrl }: DatabasePlace,
  draft: string,
  show: ShowProgress,
): Promise<string> => {
  if (databaseUrl === undefined) {
    const { tables, rows } = await copyShown(databaseFile, draft, show);
    return `${rows} rows of ${tables} tables, read back and whole`;
  }
  closeSync(openSync(draft, 'wx', 0o600));
  return `${await dumpPostgres(databaseUrl, draft)} tables, read back and whole`;
};

export interface BackupOptions {
  /** Folder of the key's copy. */
  keys?: string;
  /** Days after which copies like this one are removed. */
  keepDays?: number;
}

/** A copy of the database while the bot runs, and of the key where asked; answers the exit code. */
export const runBackup = async (
  { config, print, clock, show = showProgress }: Needs,
  path: string,
  { keys: keysFolder, keepDays }: BackupOptions = {},
): Promise<0 | 1> => {
  const { keyPlace } = config;
  const file = resolve(path);
  const refused =
    keepDays === undefined || isDated(file)
      ? objection(config, file, keysFolder)
      : `--keep-days removes older copies whose names differ from this one by digits alone, and ${basename(file)} has none. Name it by the day.`;
  if (refused !== undefined) {
    print(refused);
    return 1;
  }
  const draft = draftOf(file);
  using _ = withoutTrace(draft, endPrograms);
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // Written before the copy, so that the copy holds the moment up to which it holds everything.
    const db = await openAsItIs(config);
    try {
      using time = await timeOf(config, db);
      await whileBusy(
        () =>
          writeCopied({ db, clock: clock ?? time.clock }, { withKey: keysFolder !== undefined }),
        PATIENCE_MS,
      );
    } finally {
      await db.destroy();
    }
    const holds = await copyTo(config, draft, show);
    if (!placeDraft(draft, file)) {
      print(`${file} is there already. Name another file.`);
      return 1;
    }
    print(`${file}: ${holds}.`);
    if (keepDays !== undefined) {
      const removed = removeOldCopies(file, keepDays, (clock ?? Date.now)());
      print(`${removed} older than ${keepDays} days ${removed === 1 ? 'is' : 'are'} removed.`);
    }
    if (keysFolder === undefined) {
      print('The private key is not in it: without the key nobody opens its passwords.');
      return 0;
    }
    makePrivateFolder(keysFolder);
    const copy = join(keysFolder, basename(keyPlace.privateFile));
    writeFileSync(copy, readFileSync(keyPlace.privateFile), { mode: 0o600, flag: 'wx' });
    print(`${copy}: the private key. Keep the two apart: together they open every password.`);
    return 0;
  } catch (error) {
    if (!(error instanceof CopyError) && !isOfFiles(error)) throw error;
    const { message } = error;
    const why =
      error instanceof CopyError
        ? message
        : `${message}. Name a folder with room, which the user of the service may write to.`;
    print(`${why} Nothing was written to ${file}.`);
    return 1;
  } finally {
    removeDraft(draft);
  }
};

/** No room, no permission, no such folder. */
const isOfFiles = (error: unknown): error is Error =>
  error instanceof Error && 'syscall' in error && 'code' in error;
