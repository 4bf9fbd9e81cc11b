import { chmodSync, closeSync, mkdirSync, openSync, statSync, type Stats } from 'node:fs';

/** Bits that let others of the machine in. */
const OTHERS = 0o077;
/** A folder that many share, such as /tmp. */
const STICKY = 0o1000;

/** Whether others of the machine may look into it; undefined where it does not exist. */
export const isOpenToOthers = (path: string): boolean | undefined => {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && isOpen(found);
};

const isOpen = ({ mode }: Stats): boolean => process.platform !== 'win32' && (mode & OTHERS) !== 0;

/** What belongs to another user, or is shared by many, no start touches. */
export const isOurs = (path: string): boolean => {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && isOfUs(found);
};

const isOfUs = ({ uid, mode }: Stats): boolean =>
  uid === process.getuid?.() && (mode & STICKY) === 0;

/** What is ours is closed again. */
const closeToOthers = (path: string, mode: number): void => {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || !isOpen(found)) return;
  if (isOfUs(found)) chmodSync(path, mode);
};

/** A folder that only this user enters, made or repaired, whatever command comes first. */
export const makePrivateFolder = (folder: string): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  closeToOthers(folder, 0o700);
};

/** A database that only this user reads. SQLite makes its other files as this one is. */
export const makePrivateDatabase = (file: string): void => {
  closeSync(openSync(file, 'a', 0o600));
  for (const end of ['', '-wal', '-shm']) closeToOthers(file + end, 0o600);
};
