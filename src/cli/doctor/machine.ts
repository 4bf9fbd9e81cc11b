import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '#app/config.ts';
import { isPublicAlone } from '#database/keys.ts';
import { isOpenToOthers } from '#database/private-files.ts';
import { passwordAdvice } from '#database/password.ts';
import { nameOf, versionAt } from '#database/place.ts';
import { GIB, messageOf, sized, type Finding, type Outside } from './finding.ts';

const OLDEST_NODE = 26;

export const examineNode = (version: string): Finding =>
  Number.parseInt(version, 10) >= OLDEST_NODE
    ? { of: 'Node', is: 'good', found: version }
    : { of: 'Node', is: 'bad', found: version, next: 'Run it with npm: npm run sync doctor.' };

const nearestFolder = (folder: string): string =>
  existsSync(folder) ? folder : nearestFolder(dirname(folder));

export const examineDataFolder = ({ dataFolder }: Config): Finding => {
  const nearest = nearestFolder(dataFolder);
  try {
    accessSync(nearest, constants.W_OK);
  } catch {
    return {
      of: 'Data folder',
      is: 'bad',
      found: `${nearest} cannot be written`,
      next: 'Set DATA_DIR to a folder of this user.',
    };
  }
  if (nearest === dataFolder && isOpenToOthers(dataFolder) === true)
    return {
      of: 'Data folder',
      is: 'bad',
      found: `${dataFolder} can be read by others of this machine`,
      next: `The next start closes it, or: chmod 700 ${dataFolder}`,
    };
  const found = nearest === dataFolder ? dataFolder : `${dataFolder}, made at the first start`;
  return { of: 'Data folder', is: 'good', found };
};

/** A copy, a migration and a day's growth need as much again as there is. */
const LEAST_FREE = GIB;

export const examineDisk = async (
  { dataFolder, databaseFile }: Config,
  { freeAt }: Pick<Outside, 'freeAt'>,
): Promise<Finding> => {
  const free = await freeAt(nearestFolder(dataFolder));
  const used = statSync(databaseFile, { throwIfNoEntry: false })?.size ?? 0;
  const wanted = Math.max(LEAST_FREE, used);
  return free >= wanted
    ? { of: 'Disk', is: 'good', found: `${sized(free)} free` }
    : {
        of: 'Disk',
        is: 'bad',
        found: `${sized(free)} free, and ${sized(wanted)} are wanted`,
        next: `Make room where ${dataFolder} is, or set DATA_DIR to a larger disk.`,
      };
};

export const examineKeys = ({ keyPlace }: Config): Finding => {
  if (keyPlace.privateKeys !== undefined)
    return { of: 'Keys', is: 'good', found: 'given by PRIVATE_KEYS' };
  const file = keyPlace.privateFile;
  const stat = statSync(file, { throwIfNoEntry: false });
  if (isPublicAlone(keyPlace))
    return {
      of: 'Keys',
      is: 'note',
      found: 'the public one alone, which a bot seals by',
      next: `Where a worker runs on this machine, bring its private key back to ${file}.`,
    };
  if (stat === undefined)
    return { of: 'Keys', is: 'good', found: 'none yet; the worker makes them at its first start' };
  const mode = (stat.mode & 0o777).toString(8).padStart(4, '0');
  return (stat.mode & 0o077) === 0
    ? { of: 'Keys', is: 'good', found: `${file}, mode ${mode}` }
    : { of: 'Keys', is: 'bad', found: `${file} has mode ${mode}`, next: `chmod 600 ${file}` };
};

/** Files with tokens that a start reads, by the names that our pages give them. */
const SETTINGS_FILES = ['swivel-sync.env', '.env'];

/** Says nothing where there is none. */
export const examineSettingsFiles = (here: string): Finding | undefined => {
  const there = SETTINGS_FILES.map((name) => join(here, name)).filter((file) => existsSync(file));
  const open = there.filter((file) => isOpenToOthers(file) === true);
  if (there.length === 0) return undefined;
  return open.length === 0
    ? { of: 'Settings', is: 'good', found: `${there.join(', ')}, for this user alone` }
    : {
        of: 'Settings',
        is: 'bad',
        found: `${open.join(', ')} can be read by others of this machine`,
        next: `chmod 600 ${open.join(' ')}`,
      };
};

export const examineDatabase = async (config: Config): Promise<Finding> => {
  const { databaseFile, databaseUrl } = config;
  const place = nameOf(config);
  if (databaseUrl === undefined && isOpenToOthers(databaseFile) === true)
    return {
      of: 'Database',
      is: 'bad',
      found: `${databaseFile} can be read by others of this machine`,
      next: `The next start closes it, or: chmod 600 ${databaseFile}`,
    };
  try {
    const at = await versionAt(config);
    switch (at.kind) {
      case 'absent':
        return { of: 'Database', is: 'good', found: `${place}, made at the first start` };
      case 'current':
        return { of: 'Database', is: 'good', found: `${place}, version ${at.version}` };
      case 'behind':
        return {
          of: 'Database',
          is: 'note',
          found: `${place}, version ${at.version} of ${at.wanted}`,
          next: at.beside
            ? 'The next start brings it up to date, or: npm run sync migrate.'
            : 'Stop every bot and worker of the old release; the next start brings it up to date.',
        };
      case 'ahead':
        return {
          of: 'Database',
          is: at.beside ? 'note' : 'bad',
          found: `${place}, version ${at.version}, and this program knows ${at.wanted}`,
          next: at.beside
            ? 'A newer release has used it, and lets this one work beside it for now: bring this machine up to date.'
            : 'A newer release has used it: start that one.',
        };
    }
  } catch (error) {
    return {
      of: 'Database',
      is: 'bad',
      found: `${place}: ${messageOf(error)}`,
      next:
        databaseUrl === undefined
          ? 'Move the file away, or restore it from a copy.'
          : `${passwordAdvice(messageOf(error)) ?? 'Start it, or correct DATABASE_URL'}.`,
    };
  }
};
