import Sqlite from 'better-sqlite3';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * Runs in a thread of its own. Plain JavaScript, as each process has one: a thread that takes types out
 * holds 10 MB more.
 */

/** @type {import('./checkpoints.ts').Checkpointed} */
const { file, everyMs, waitsMs, manyPages } = workerData;

const db = new Sqlite(file, { fileMustExist: true, timeout: waitsMs });

let before = '';
const say = (problem) => {
  if (problem !== '' && problem !== before) parentPort?.postMessage(problem);
  before = problem;
};

const checkpoint = () => {
  try {
    const [{ log, checkpointed }] = db.pragma('wal_checkpoint(passive)');
    // Whoever writes meanwhile is behind it again, and the log begins anew only where nobody is.
    if (log > manyPages && checkpointed < log) db.pragma('wal_checkpoint(restart)');
    say('');
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  }
};

const beating = setInterval(checkpoint, everyMs);
parentPort?.once('message', () => {
  clearInterval(beating);
  db.close();
  parentPort?.close();
});
