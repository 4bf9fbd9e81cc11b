import { Worker } from 'node:worker_threads';

/** Work that would keep everything else of this process waiting, done beside it. */
export interface Thread<Asked, Answer> extends AsyncDisposable {
  /**
   * One after the other. Rejects with what went wrong there, or with TookTooLong; the next question
   * has a thread again.
   */
  ask: (asked: Asked) => Promise<Answer>;
}

export class TookTooLong extends Error {}

/** What a thread says of one question. */
export type Said<Answer> = { answer: Answer } | { error: unknown };

export interface ThreadLimits {
  /** For one answer. */
  mostMs?: number;
  /** Buffers are not counted: they lie outside the heap. */
  heapMb?: number;
}

/**
 * A thread that runs this file, which calls `answerEach`. It begins with the first question, gets
 * nothing of our environment, and keeps no process alive that has nothing else to do.
 */
export const openThread = <Asked, Answer>(
  file: URL,
  { mostMs, heapMb }: ThreadLimits = {},
): Thread<Asked, Answer> => {
  const name = file.pathname.split('/').at(-1);
  let running: Worker | undefined;
  let asking: PromiseWithResolvers<Said<Answer>> | undefined;
  let before: Promise<unknown> = Promise.resolve();
  let isOver = false;

  const giveUp = async (why: Error): Promise<void> => {
    const ending = running;
    running = undefined;
    asking?.reject(why);
    await ending?.terminate();
  };

  const begin = (): Worker => {
    const begun = new Worker(file, {
      env: {},
      ...(heapMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: heapMb } }),
    });
    // One that has been given up says nothing to who is asking another.
    const ifStill = (act: () => void): void => {
      if (running === begun) act();
    };
    begun.on('message', (said: Said<Answer>) => ifStill(() => asking?.resolve(said)));
    begun.on('error', (error) =>
      ifStill(() => {
        running = undefined;
        asking?.reject(error);
      }),
    );
    begun.on('exit', (code) =>
      ifStill(() => {
        running = undefined;
        asking?.reject(new Error(`The thread ${name} ended with code ${code}`));
      }),
    );
    return begun;
  };

  const ended = (): Error => new Error(`The thread ${name} was ended`);

  const askNow = async (asked: Asked): Promise<Answer> => {
    if (isOver) throw ended();
    running ??= begin();
    const thread = running;
    asking = Promise.withResolvers();
    const late =
      mostMs === undefined
        ? undefined
        : setTimeout(
            () => void giveUp(new TookTooLong(`The thread ${name} took longer than ${mostMs} ms`)),
            mostMs,
          );
    try {
      thread.ref();
      thread.postMessage(asked);
      const said = await asking.promise;
      if ('error' in said) throw said.error;
      return said.answer;
    } finally {
      clearTimeout(late);
      thread.unref();
      asking = undefined;
    }
  };

  return {
    ask: (asked) => {
      const answered = before.then(() => askNow(asked));
      before = answered.catch(() => undefined);
      return answered;
    },
    [Symbol.asyncDispose]: () => {
      isOver = true;
      return giveUp(ended());
    },
  };
};
