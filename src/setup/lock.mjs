import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { say, stopPrograms } from './programs.mjs';

const OLDEST_MS = 15 * 60_000;
/** Between making the folder and writing its number into it. */
const UNNAMED_MS = 5_000;

/**
 * Holds `folder` while `work` runs, so that two set-ups of one clone take turns. The lock of a
 * process that is gone is taken over.
 */
export async function withLock(folder, work) {
  let said = false;
  while (!take(folder)) {
    const holder = holderOf(folder);
    if (holder === 'gone') {
      removeStale(folder);
      continue;
    }
    if (!said) say('Another set-up of this folder is running; waiting for it.');
    said = true;
    await delay(200);
  }
  const release = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', release);
  const stop = () => void stopPrograms().then(() => process.exit(130));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    return await work();
  } finally {
    release();
    process.off('exit', release);
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

function take(folder) {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(join(folder, 'pid'), String(process.pid));
  return true;
}

function holderOf(folder) {
  let age;
  try {
    age = Date.now() - statSync(folder).mtimeMs;
  } catch {
    return 'none';
  }
  const pid = pidIn(folder);
  if (pid === undefined) return age > UNNAMED_MS ? 'gone' : 'alive';
  return age < OLDEST_MS && isAlive(pid) ? 'alive' : 'gone';
}

/** By renaming, since only one of several that saw it stale can; a live one caught by that goes back. */
function removeStale(folder) {
  const aside = `${folder}.${process.pid}`;
  try {
    renameSync(folder, aside);
    if (holderOf(aside) === 'alive') renameSync(aside, folder);
    else rmSync(aside, { recursive: true, force: true });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

function pidIn(folder) {
  try {
    return Number(readFileSync(join(folder, 'pid'), 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
