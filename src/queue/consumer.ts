import { setTimeout as sleep } from 'node:timers/promises';
import { Worker, type Processor, type WorkerOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import { answers } from './connection.ts';

const LOOK_MS = 500;
/** With nothing in hand it has closed within one of them, where Redis answers it. */
const IDLE_LOOKS = 6;

/**
 * A worker that tells of each time it asks Redis for a job, and that ends without Redis. One that asks no
 * more, closed or with a broken connection, reports no error, and looks like one that has nothing to do.
 */
export class Consumer<Data> extends Worker<Data> {
  readonly #onLook: () => void;
  readonly #connection: Redis;

  constructor(
    name: string,
    processor: Processor<Data>,
    options: WorkerOptions & { connection: Redis },
    onLook: () => void = () => undefined,
  ) {
    super(name, processor, options);
    this.#onLook = onLook;
    this.#connection = options.connection;
  }

  /**
   * Closes it once what it has in hand is done. BullMQ waits for Redis besides: for as long as that is
   * away, and for a minute where it has just come back and the connection that waits for jobs has not.
   * A process that is asked to stop would wait as long.
   */
  async end(inHand: () => number): Promise<void> {
    const closed = this.close().then(() => true);
    let idle = 0;
    while (!(await Promise.race([closed, sleep(LOOK_MS, false)]))) {
      idle = inHand() > 0 ? 0 : idle + 1;
      if (idle === 0 || (idle < IDLE_LOOKS && (await answers(this.#connection)))) continue;
      await this.backend.close(true);
      break;
    }
    this.#connection.disconnect();
  }

  protected override async moveToActive(token: string, name?: string) {
    const job = await super.moveToActive(token, name);
    this.#onLook();
    return job;
  }
}
