import { url } from 'node:inspector';
import { Worker } from 'node:worker_threads';

/** What the thread is given: what it says hangs, and how often it wakes. */
export interface Guarded {
  what: string;
  /** See `CELL`. */
  cells: Int32Array<SharedArrayBuffer>;
  wakeMs: number;
}

export const CELL = { beats: 0, debugged: 1, over: 2 } as const;
/** A loop that has not moved for so many wakes of the thread stands still. */
export const WAKES = 20;

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
  const thread = new Worker(new URL('./watchdog-thread.ts', import.meta.url), {
    env: {},
    execArgv: [],
    workerData: { what, cells, wakeMs } satisfies Guarded,
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
