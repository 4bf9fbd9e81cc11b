import { afterEach, beforeEach, expect, it } from 'vitest';
import { openThread, TookTooLong, type Thread } from '#threads/thread.ts';

interface Answer {
  /** How many questions this thread has had. */
  asked: number;
  env: string[];
}

const FILE = new URL('./answers.ts', import.meta.url);
let thread: Thread<string, Answer>;

beforeEach(() => {
  thread = openThread(FILE);
});

afterEach(() => thread[Symbol.asyncDispose]());

it('keeps one thread, which answers one question after the other and has nothing of our environment', async () => {
  const answers = await Promise.all(['one', 'two', 'three'].map((each) => thread.ask(each)));
  expect(answers).toEqual([1, 2, 3].map((asked) => ({ asked, env: [] })));
});

it('hands back what went wrong with one question, and answers the next', async () => {
  await expect(thread.ask('fail')).rejects.toThrow('no such table');
  expect(await thread.ask('next')).toMatchObject({ asked: 2 });
});

it.each([
  ['exit', 'The thread answers.ts ended with code 3'],
  ['throw apart', 'thrown apart'],
])('has a new thread for the next question after "%s"', async (what, why) => {
  const [failed, next] = await Promise.allSettled([thread.ask(what), thread.ask('next')]);
  expect(failed).toMatchObject({ reason: { message: why } });
  expect(next).toMatchObject({ value: { asked: 1 } });
});

it('gives up a question that takes too long, and the thread with it', async () => {
  await using impatient = openThread<string, Answer>(FILE, { mostMs: 100 });
  await expect(impatient.ask('hang')).rejects.toThrow(TookTooLong);
});

it('lets nobody wait who asks as it ends, and begins none after that', async () => {
  const asked = Promise.allSettled([thread.ask('hang'), thread.ask('next')]);
  await thread[Symbol.asyncDispose]();
  await expect(thread.ask('later')).rejects.toThrow('The thread answers.ts was ended');
  for (const each of await asked)
    expect(each).toMatchObject({ reason: { message: 'The thread answers.ts was ended' } });
});
