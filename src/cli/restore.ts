import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Config } from '#app/config.ts';
import { endAllLinks } from '#core/logins/store/source-ends.ts';
import { verifyAudit } from '#database/audit-lines.ts';
import { postgresMigrations } from '#db/postgres/index.ts';
import { openDatabase, type Database } from '#database/connection.ts';
import { copiedAt, secretsOfOtherKeys, writeRestored } from '#database/copies.ts';
import {
  CopyError,
  copyDatabase,
  draftOf,
  isInUse,
  leftovers,
  placeDraft,
  readBack,
  removeDraft,
  replaceDatabase,
} from '#database/copy.ts';
import { nameOf, openAsItIs, versionAt, type DatabasePlace } from '#database/place.ts';
import { objectsOf } from '#database/tables.ts';
import { endRestore, markOfRestore } from '#database/serving.ts';
import type { Secret } from '#shared/secret.ts';
import { loadDump, migrationsIn } from './dump.ts';
import { loadOrCreateKeys, publicKeyIds } from '#database/keys.ts';
import { makePrivateFolder } from '#database/private-files.ts';
import { databaseVersion } from '#database/version.ts';

type Needs = {
  config: DatabasePlace & Pick<Config, 'dataFolder' | 'keyPlace'>;
  print: (line: string) => void;
  clock?: () => number;
};

/** To a second, in UTC: a server has no zone that a reader would know. */
const moment = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

const IN_USE = 'is open in a bot, a worker or another command. Stop it, then try again.';

/** Why it is not begun, with the next step. */
const objection = (databaseFile: string, file: string, replace: boolean): string | undefined => {
  if (!existsSync(file)) return `${file}: there is no such file.`;
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

interface Found {
  /** Until when it holds everything, as far as it says so. */
  at: number | undefined;
  /** Secrets that no key of here opens. */
  strange: number;
  /** Logins that are to be linked again. */
  unlinked: number;
}

/** Where the audit is whole, in one step: it is noted, and every link ends. */
const settle = async (
  db: Database,
  keyFolder: string,
  clock: () => number,
  end: (trx: Database) => Promise<void> = () => Promise.resolve(),
): Promise<Found> => {
  const verdict = await verifyAudit(db);
  if (verdict.kind === 'broken')
    throw new CopyError(
      `Row ${verdict.seq} of its audit is not as it was written: somebody changed it. Take another copy.`,
    );
  const at = await copiedAt(db);
  return db.transaction().execute(async (trx) => {
    await writeRestored({ db: trx, clock }, at);
    const unlinked = await endAllLinks(trx, clock());
    const strange = await secretsOfOtherKeys(trx, publicKeyIds(keyFolder));
    await end(trx);
    return { at, strange, unlinked };
  });
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
  keyFolder: string,
  clock: () => number,
): Promise<Found> => {
  const db = await openDatabase(draft);
  try {
    const found = await settle(db, keyFolder, clock);
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
  { config, print, clock = Date.now }: Needs,
  databaseUrl: Secret,
  file: string,
): Promise<0 | 1> => {
  if (!existsSync(file)) {
    print(`${file}: there is no such file.`);
    return 1;
  }
  const hash = await hashOf(file);
  const place = await placeOn(config, databaseUrl, hash);
  if (typeof place === 'object') {
    print(place.refused);
    return 1;
  }
  if (place === 'empty') {
    await expectOurDump(file);
    await loadDump(databaseUrl, file, markOfRestore(hash));
  }
  const db = await openAsItIs(config);
  try {
    const found = await settle(db, config.keyPlace.folder, clock, endRestore);
    for (const line of told({ ...found, file, until: undefined })) print(line);
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
  path: string,
  options: { replace?: boolean } = {},
): Promise<0 | 1> => {
  const file = resolve(path);
  const { databaseUrl, keyPlace } = needs.config;
  try {
    // A copy of the keys is the private one alone, which the other is made from.
    if (existsSync(keyPlace.privateFile)) await loadOrCreateKeys(keyPlace);
    return databaseUrl === undefined
      ? await restoreFile(needs, file, options)
      : await restoreServer(needs, databaseUrl, file);
  } catch (error) {
    if (!(error instanceof CopyError)) throw error;
    needs.print(`${file} was not restored. ${error.message}`);
    return 1;
  }
};

const restoreFile = async (
  { config, print, clock = Date.now }: Needs,
  file: string,
  { replace = false }: { replace?: boolean },
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
  const kept = `${databaseFile}.until-${new Date(clock()).toISOString().replace(/[:.]/g, '-')}`;
  try {
    versionOf(file);
    await copyDatabase(file, draft);
    check(draft);
    const { at, strange, unlinked } = await lookIntoFile(draft, keyPlace.folder, clock);
    readBack(draft);
    const isThere = existsSync(databaseFile);
    const isDone = isThere
      ? (await replaceDatabase(draft, databaseFile, kept)) === 'replaced'
      : placeDraft(draft, databaseFile);
    if (!isDone) {
      print(`${databaseFile} ${IN_USE}`);
      return 1;
    }
    for (const line of told({ file, at, until, strange, unlinked })) print(line);
    if (isThere)
      print(`The old one is ${kept}. It holds passwords too: delete it once you are sure.`);
    return 0;
  } finally {
    removeDraft(draft);
  }
};

function* told({
  file,
  at,
  until,
  strange,
  unlinked,
}: Found & { file: string; until: number | undefined }): Generator<string> {
  const since = at ?? statSync(file).mtimeMs;
  const end = until === undefined ? 'the bot stopped' : moment(Math.max(since, until));
  yield `Restored: everything until ${moment(since)}. What came after that, until ${end}, may be missing.`;
  yield 'Nobody here knows what was asked for, corrected, written in a case or imported in that time. Its cards stand still in Slack: ask again for what they show, and import the files again.';
  if (unlinked > 0)
    yield `${unlinked} ${unlinked === 1 ? 'login is' : 'logins are'} unlinked, and no kept password came back: one that was refused, changed or withdrawn since could lock a login. Their holders are asked to link them.`;
  if (strange > 0)
    yield `${strange} of its other secrets are sealed to a key that is not here: restore that key, or give those again.`;
}
