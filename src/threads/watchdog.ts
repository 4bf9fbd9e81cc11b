import { url } from 'node:inspector';
import { Worker } from 'node:worker_threads';

/** What the thread is given. */
export interface Guarded {
  /** What it says hangs. */
  what: string;
  /** Numbers that loop and thread share, and the place of each. */
  cells: Int32Array<SharedArrayBuffer>;
  cell: { beats: number; debugged: number; over: number };
  /** A loop that has not moved for so many wakes of the thread stands still. */
  wakes: number;
  wakeMs: number;
}

const CELL: Guarded['cell'] = { beats: 0, debugged: 1, over: 2 };
const WAKES = 20;

/**
 * Ends this process where its event loop stands still for so long, ms: nothing within it could, and
 * whoever keeps it running starts it again. The thread counts its own wakes and reads no clock, so that
 * neither a machine that slept nor a process that was stopped hangs; nor does one in a debugger.
 */
export const startWatchdog = (
  what: string,
  mostMs: number,
  onError: (error: unknown) => void,
): AsyncDisposable => {
  const cells = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
  const wakeMs = mostMs / WAKES;
  const beat = (): void => {
    Atomics.add(cells, CELL.beats, 1);
    Atomics.store(cells, CELL.debugged, url() === undefined ? 0 : 1);
  };
  beat();
  const beating = setInterval(beat, wakeMs).unref();
  const thread = new Worker(new URL('./watchdog-thread.mjs', import.meta.url), {
    env: {},
    execArgv: [],
    workerData: { what, cells, cell: CELL, wakes: WAKES, wakeMs } satisfies Guarded,
  });
  thread.on('error', onError);
  thread.unref();
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(beating);
      Atomics.store(cells, CELL.over, 1);
      Atomics.notify(cells, CELL.over);
      await thread.terminate();
    },
  };
};
