import { answerEach } from '#threads/answer-each.ts';

/** Runs in a thread: does what it is told, for the test beside it. */
let asked = 0;

answerEach((what: string): { asked: number; env: readonly string[] } | Promise<never> => {
  asked += 1;
  switch (what) {
    case 'fail':
      throw new Error('no such table');
    case 'exit':
      return process.exit(3);
    case 'hang':
      return new Promise(() => undefined);
    case 'throw apart':
      setImmediate(() => {
        throw new Error('thrown apart');
      });
      return new Promise(() => undefined);
    default:
      return { asked, env: Object.keys(process.env) };
  }
});
