import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

/**
 * Runs in a thread of its own: ends the process when the loop of the main one stands still. Plain
 * JavaScript, as each process has one: a thread that takes types out holds 10 MB more.
 */

/** @type {import('./watchdog.ts').Guarded} */
const { what, cells, cell, wakes, wakeMs } = workerData;

/** The first process of a container is killed from outside alone: the kernel keeps it from itself. */
const next =
  process.pid === 1
    ? 'It is the first process of its container, which cannot end itself: a probe of /health has to, or an init before it'
    : 'It ends now, and whoever keeps it running starts it again';

const end = () => {
  const seconds = Math.round((wakeMs * wakes) / 1000);
  try {
    // What goes through `process.stderr` here waits for the loop that stands still.
    writeSync(
      2,
      `The ${what} hangs: its event loop has stood still for ${seconds} seconds. ${next}; docs/operate.md, "A process that hangs", says what to look for.\n`,
    );
  } finally {
    process.kill(process.pid, 'SIGKILL');
  }
};

let before = Atomics.load(cells, cell.beats);
let still = 0;
while (still < wakes && Atomics.wait(cells, cell.over, 0, wakeMs) === 'timed-out') {
  const beats = Atomics.load(cells, cell.beats);
  const moves = beats !== before || Atomics.load(cells, cell.debugged) === 1;
  still = moves ? 0 : still + 1;
  before = beats;
}
if (still >= wakes) end();
