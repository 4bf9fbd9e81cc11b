import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { Secret } from '#shared/secret.ts';

/** The person at the keyboard, if there is one. Questions go to standard error, results to standard output. */
export interface Terminal {
  isThere: boolean;
  print: (line: string) => void;
  /** Never answered once it is withdrawn. */
  ask: (question: string, usual?: string, withdrawn?: AbortSignal) => Promise<string>;
  askSecret: (question: string) => Promise<Secret>;
}

/**
 * The keyboard, held from the first question on: what is typed ahead is kept for the next question,
 * and nothing is echoed but the answer to one that may be seen.
 */
const holdKeyboard = (input: Keyboard, shown: NodeJS.WritableStream) => {
  let echoes = false;
  const echo = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (echoes) shown.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input, output: echo, terminal: true, historySize: 0 });
  const typed: string[] = [];
  let wanted: ((line: string) => void) | undefined;
  lines.on('line', (line) => {
    // At once: the next sign of the same paste may be the first of a password.
    echoes = false;
    const answer = wanted;
    wanted = undefined;
    if (answer) answer(line);
    else typed.push(line);
  });
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  return async (question: string, isSecret: boolean, withdrawn?: AbortSignal): Promise<string> => {
    input.ref?.();
    const { promise, resolve } = Promise.withResolvers<string>();
    const ahead = typed.shift();
    if (ahead !== undefined || isSecret) shown.write(`${question} `);
    if (ahead !== undefined) resolve(ahead);
    else {
      wanted = resolve;
      echoes = !isSecret;
      lines.setPrompt(isSecret ? '' : `${question} `);
      lines.prompt(true);
    }
    const withdraw = (): void => {
      wanted = undefined;
      echoes = false;
      shown.write('\n');
      input.unref?.();
    };
    withdrawn?.addEventListener('abort', withdraw, { once: true });
    const line = await promise;
    withdrawn?.removeEventListener('abort', withdraw);
    // The program ends when its work does; the keyboard is given back then.
    input.unref?.();
    if (ahead !== undefined || isSecret) shown.write('\n');
    return line.trim();
  };
};

interface Keyboard extends NodeJS.ReadableStream {
  isTTY?: boolean;
  ref?: () => unknown;
  unref?: () => unknown;
}

export const openTerminal = (
  input: Keyboard = process.stdin,
  shown: NodeJS.WritableStream = process.stderr,
): Terminal => {
  let held: ReturnType<typeof holdKeyboard> | undefined;
  const asking = (
    question: string,
    isSecret: boolean,
    withdrawn?: AbortSignal,
  ): Promise<string> => {
    held ??= holdKeyboard(input, shown);
    return held(question, isSecret, withdrawn);
  };
  return {
    isThere: input.isTTY === true,
    print: (line) => console.log(line),
    ask: async (question, usual, withdrawn) => {
      const offered = usual === undefined || usual === '' ? '' : ` [${usual}]`;
      return (await asking(`${question}${offered}`, false, withdrawn)) || (usual ?? '');
    },
    askSecret: async (question) => new Secret(await asking(`${question} (not shown)`, true)),
  };
};

/** Something a person must put right; one line that says what and how. */
export class CommandError extends Error {
  override name = 'CommandError';
}

/** Yes or no; where nobody is there to ask, no. */
export const agrees = async (
  terminal: Terminal,
  question: string,
  usually: 'yes' | 'no' = 'no',
): Promise<boolean> =>
  terminal.isThere && /^y(es)?$/i.test(await terminal.ask(`${question} (yes or no)`, usually));
