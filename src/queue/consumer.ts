import { Worker, type Processor, type WorkerOptions } from 'bullmq';

/**
 * A worker that tells of each time it asks Redis for a job. One that asks no more, closed or with a
 * broken connection, reports no error, and looks like one that has nothing to do.
 */
export class Consumer<Data> extends Worker<Data> {
  readonly #onLook: () => void;

  constructor(
    name: string,
    processor: Processor<Data>,
    options: WorkerOptions,
    onLook: () => void,
  ) {
    super(name, processor, options);
    this.#onLook = onLook;
  }

  protected override async moveToActive(token: string, name?: string) {
    const job = await super.moveToActive(token, name);
    this.#onLook();
    return job;
  }
}
