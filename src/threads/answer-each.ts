import { parentPort } from 'node:worker_threads';
import type { Said } from './thread.ts';

/** In a thread: answers each question, and hands back what went wrong with one. */
export const answerEach = (answer: (asked: never) => unknown): void => {
  const say = (said: Said<unknown>): void => parentPort?.postMessage(said);
  const hear = async (asked: unknown): Promise<void> => {
    try {
      say({ answer: await answer(asked as never) });
    } catch (error) {
      say({ error });
    }
  };
  parentPort?.on('message', (asked: unknown) => void hear(asked));
};
