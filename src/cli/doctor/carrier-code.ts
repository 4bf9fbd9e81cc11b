import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '#app/config.ts';
import { messageOf, type Finding } from './finding.ts';

/** Bits that let others of the machine write, and the one by which they take away only what is theirs. */
const WRITTEN_BY_OTHERS = 0o022;
const STICKY = 0o1000;

const isReadOnly = (folder: string): boolean => {
  try {
    accessSync(folder, constants.W_OK);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EROFS';
  }
};

const mayBeWritten = (path: string): boolean => {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  return (mode & WRITTEN_BY_OTHERS) !== 0;
};

/** Who may write to a folder above puts another one in its place. */
const above = (folder: string): string[] =>
  dirname(folder) === folder ? [] : [dirname(folder), ...above(dirname(folder))];

const isReplaceable = (folder: string): boolean =>
  mayBeWritten(folder) && (statSync(folder).mode & STICKY) === 0;

const of = 'Carrier code';

/** Who may write there reads passwords: a worker runs that code. Says nothing where there is no such folder. */
export const examineCarriersFolder = ({ carriersPath }: Config): Finding | undefined => {
  const folder = resolve(carriersPath ?? '');
  if (
    carriersPath === undefined ||
    process.platform === 'win32' ||
    statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true
  )
    return undefined;
  if (isReadOnly(folder))
    return { of, is: 'good', found: `${folder}, which nobody changes from here` };
  try {
    return judge(folder, readdirSync(folder, { recursive: true, encoding: 'utf8' }));
  } catch (error) {
    return { of, is: 'bad', found: messageOf(error), next: 'Let the user of the service read it.' };
  }
};

const judge = (folder: string, names: readonly string[]): Finding => {
  const outer = above(folder).find(isReplaceable);
  const open = outer ?? [folder, ...names.map((name) => join(folder, name))].find(mayBeWritten);
  return open === undefined
    ? { of, is: 'good', found: `${folder}, changed by its owner alone` }
    : {
        of,
        is: 'bad',
        found: `${open} can be changed by others of this machine, and its code sees passwords`,
        next: outer === undefined ? `chmod -R go-w ${folder}` : `chmod go-w ${outer}`,
      };
};
