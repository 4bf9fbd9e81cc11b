import { readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DAY } from '#shared/clock.ts';

/** Whether its name has a day in it, so that another night's differs from it. */
export const isDated = (file: string): boolean => /\d/.test(basename(file));

/** What a copy that was killed has left behind its name. */
const DRAFT = /\.[-0-9a-f]{36}\.part(-\w+)?$/;

/** Names that differ by digits alone have the same. */
const shapeOf = (name: string): string => name.replace(DRAFT, '').replaceAll(/\d/g, '0');

/**
 * Removes the copies beside a new one that were written more than so many days before it. It is called
 * once that one is whole, which stays, so a good copy is always there. Answers how many it removed.
 */
export const removeOldCopies = (file: string, days: number, now: number): number => {
  const [folder, own] = [dirname(file), basename(file)];
  const isOld = (name: string): boolean =>
    (statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? now) < now - days * DAY;
  const old = readdirSync(folder).filter(
    (name) => name !== own && shapeOf(name) === shapeOf(own) && isOld(name),
  );
  for (const name of old) rmSync(join(folder, name), { force: true });
  return old.filter((name) => !DRAFT.test(name)).length;
};
