import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '#app/config.ts';
import { isOpenToOthers, isOurs } from '#database/private-files.ts';
import { passwordAdvice } from '#database/password.ts';
import { nameOf, versionAt } from '#database/place.ts';
import { GIB, messageOf, sized, type Environment, type Finding, type Outside } from './finding.ts';

const OLDEST_NODE = 26;

export const examineNode = (version: string): Finding =>
  Number.parseInt(version, 10) >= OLDEST_NODE
    ? { of: 'Node', is: 'good', found: version }
    : { of: 'Node', is: 'bad', found: version, next: 'Run it with npm: npm run sync doctor.' };

const nearestFolder = (folder: string): string =>
  existsSync(folder) ? folder : nearestFolder(dirname(folder));

/** Kubernetes gives a pod a folder that everybody may write to, and lets nobody else into the pod. */
const isOfPod = (environment: Environment): boolean =>
  environment['KUBERNETES_SERVICE_HOST'] !== undefined;

export const examineDataFolder = ({ dataFolder }: Config, environment: Environment): Finding => {
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
  if (nearest === dataFolder && isOpenToOthers(dataFolder) === true && !isOfPod(environment))
    return {
      of: 'Data folder',
      is: 'bad',
      found: `${dataFolder} can be read by others of this machine`,
      next: isOurs(dataFolder)
        ? `The next start closes it, or: chmod 700 ${dataFolder}`
        : 'No start closes what others own or share: set DATA_DIR to a folder of this user alone.',
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

/** Files with tokens that a start reads, by the names that our pages give them. */
const SETTINGS_FILES = {
  here: ['swivel-sync.env', '.env'],
  ofUnits: ['common.env', 'bot.env'],
};

/** Says nothing where there is none. */
export const examineSettingsFiles = (
  from: Pick<Outside, keyof typeof SETTINGS_FILES>,
): Finding | undefined => {
  const there = (['here', 'ofUnits'] as const)
    .flatMap((folder) => SETTINGS_FILES[folder].map((name) => join(from[folder], name)))
    .filter((file) => existsSync(file));
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
      next: isOurs(databaseFile)
        ? `The next start closes it, or: chmod 600 ${databaseFile}`
        : `No start closes what is of another user: give it to this one, and chmod 600 ${databaseFile}`,
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
          // Nothing of an old release may stay beside a file that has been changed.
          next:
            at.beside && databaseUrl !== undefined
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
