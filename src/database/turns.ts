import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import { breathe } from '#shared/clock.ts';

/** SQLite answers within the call: a chain of statements lets nothing else in for as long, ms. */
const TURN_MS = 4;

const behind = new AsyncLocalStorage<true>();

/**
 * Does what nobody waits for just now: what people do has the event loop first. Eight cards that are
 * drawn at once, each for a turn, would otherwise stand between two statements of an act.
 */
export const behindPeople = <T>(work: () => T): T => behind.run(true, work);

/** Between two statements, who may go on in this turn of the event loop, and who waits for another. */
export class Turns {
  #began = 0;
  #behind: Promise<void> = Promise.resolve();

  async mine(): Promise<void> {
    if (performance.now() - this.#began <= TURN_MS) return;
    if (behind.getStore() === undefined) await setImmediate();
    else await (this.#behind = this.#behind.then(breathe));
    this.#began = performance.now();
  }
}
