import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Config } from '#app/config.ts';
import { endAllLinks } from '#core/logins/store/people-ends.ts';
import type { Database } from '#database/connection.ts';
import { auditLeave, eraseFirm, eraseSecrets } from '#database/erase-firm.ts';
import { isOpenElsewhere, nameOf, openAsItIs, whyAbsent } from '#database/place.ts';
import { makePrivateFolder } from '#database/private-files.ts';
import { beginLeave, endLeave, leaveOf } from '#database/serving.ts';
import { addressOf } from '#queue/connection.ts';
import { emptyQueues } from '#queue/empty.ts';
import { isWithin, realOf } from '../backup.ts';
import { timeOf } from '../with-firm.ts';
import { isBegun, openJournal, type Journal } from './journal.ts';
import { rehearse, staying, workersOf } from './rehearsal.ts';
import { tellSlack } from './tell.ts';
import { writeFirm, writeWholeAudit } from './written.ts';

export interface OffboardNeeds {
  config: Config;
  print: (line: string) => void;
  say: (line: string) => void;
  clock?: () => number;
}

interface Leave {
  config: Config;
  db: Database;
  folder: string;
  teamId: string;
  clock: () => number;
  journal: Journal;
  say: (line: string) => void;
}

/** Why it is not begun, with the next step. */
const objection = (config: Config, folder: string): string | undefined => {
  const absent = whyAbsent(config);
  if (absent !== undefined) return absent;
  if (isWithin(realOf(folder), realOf(config.dataFolder)))
    return `${folder} lies in ${config.dataFolder}, which goes with the firm. Name a folder elsewhere.`;
  return existsSync(folder) && !isBegun(folder) && readdirSync(folder).length > 0
    ? `${folder} is there already, and holds something else. Name another folder.`
    : undefined;
};

const endLinks = async ({ db, clock, journal, say }: Leave): Promise<void> => {
  const store = { db, clock };
  const links = await store.db.transaction().execute((trx) => endAllLinks(trx, store.clock()));
  const secrets = await eraseSecrets(store);
  journal.note('links ended', { links, secrets });
  say('Links are ended, and every kept password, cookie and address is erased.');
};

/** Also what our own Redis has on the disk, and pictures of failures. */
const emptyPlaces = async ({ config, journal, say }: Leave): Promise<void> => {
  const { redisUrl, dataFolder } = config;
  const keys = redisUrl === undefined ? 0 : await emptyQueues(addressOf(redisUrl.reveal()));
  if (redisUrl === undefined) await rm(join(dataFolder, 'redis'), { recursive: true, force: true });
  await rm(join(dataFolder, 'pictures'), { recursive: true, force: true });
  journal.note('queues emptied', { keys });
  say('Queues are empty, and pictures of failures on this machine are gone.');
};

const writeAuditOut = async ({ db, clock, folder, journal, teamId, say }: Leave): Promise<void> => {
  const { rows: exported, tables } = journal.last('exported') ?? {};
  const hash = await auditLeave({ db, clock }, teamId, { rows: exported, tables });
  const rows = await writeWholeAudit(db, folder);
  journal.note('audit written', { rows, hash });
  say(`The audit is written to its last row, ${rows} rows; its hash is ${hash}.`);
};

const erase = async ({ db, clock, journal, say }: Leave): Promise<void> => {
  let all = 0;
  await eraseFirm({ db, clock }, (table, rows) => {
    all += rows;
    if (rows > 0) say(`${table.padEnd(24)} ${rows} rows erased`);
  });
  journal.note('erased', { rows: all });
  await endLeave(db, new Date(clock()).toISOString().slice(0, 10));
};

/** Step by step; each is noted once it is done, and a run that broke off goes on at the next one. */
const leave = async (of: Leave, silent: boolean): Promise<string | undefined> => {
  const { db, folder, journal, say } = of;
  // One that broke off while it erased has noted them before.
  const workers = await workersOf(db);
  const known = workers.length > 0 ? workers : journal.last('begun')?.['workers'];
  journal.note('begun', { database: nameOf(of.config), team: of.teamId, workers: known ?? [] });
  await beginLeave(db, folder);
  if (!journal.has('exported')) {
    const written = await writeFirm(db, folder);
    journal.note('exported', written);
    say(`${written.rows} rows of ${written.tables} tables are written to ${folder}.`);
  }
  if (!journal.has('links ended')) await endLinks(of);
  if (!journal.has('queues emptied')) await emptyPlaces(of);
  if (!journal.has('Slack told')) {
    const refused = await tellSlack(of, silent);
    if (refused !== undefined) return refused;
  }
  if (!journal.has('audit written')) await writeAuditOut(of);
  await erase(of);
  return undefined;
};

/**
 * Takes a firm out: everything is written to a folder, links and secrets end, Slack is told once, and
 * all data is erased. Without `yes` it says what would go. Answers the exit code.
 */
export const runOffboard = async (
  { config, print, say, clock: given }: OffboardNeeds,
  path: string,
  { yes, silent }: { yes: boolean; silent: boolean },
): Promise<0 | 1> => {
  const folder = resolve(path);
  const not = (why: string): 1 => {
    say(why);
    return 1;
  };
  const refused = objection(config, folder);
  if (refused !== undefined) return not(refused);
  if (yes && (await isOpenElsewhere(config)))
    return not(
      `${nameOf(config)} is open in a bot, a worker or another command. Stop it, then try again.`,
    );
  const db = await openAsItIs(config);
  try {
    using time = await timeOf(config, db);
    const clock = given ?? time.clock;
    const known = await leaveOf(db);
    if (known.left !== undefined)
      return not(`Nothing is left to take out: that was done on ${known.left}.`);
    if (known.folder !== undefined && known.folder !== folder)
      return not(
        `This leave was begun with another folder. Say: swivel-sync offboard ${known.folder} --yes`,
      );
    if (!yes) {
      for await (const line of rehearse(config, db)) print(line);
      print(
        `Nothing is done yet. To do it for good, stop the bot and its workers, then run it again with --yes.`,
      );
      return 0;
    }
    makePrivateFolder(folder);
    const journal = openJournal(folder, clock);
    const broken = await leave({ ...known, config, db, folder, clock, journal, say }, silent);
    if (broken !== undefined) return not(broken);
    print(
      `Done. What was held is in ${folder}, and offboarding.jsonl in it says what was done when.`,
    );
    const workers = (journal.last('begun')?.['workers'] ?? []) as string[];
    for (const line of staying(config, workers)) print(line);
    return 0;
  } finally {
    await db.destroy();
  }
};
