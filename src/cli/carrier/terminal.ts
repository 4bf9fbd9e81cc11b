import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Secret } from '#shared/secret.ts';

/** The person at the keyboard, if there is one. Questions go to standard error, results to standard output. */
export interface Terminal {
  isThere: boolean;
  print: (line: string) => void;
  ask: (question: string, usual?: string) => Promise<string>;
  askSecret: (question: string) => Promise<Secret>;
}

const asking = async (question: string, echo: boolean): Promise<string> => {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  if (!echo) process.stderr.write(question);
  // A terminal that readline drives echoes through its output alone, so none hides what is typed.
  const lines = createInterface({
    input: process.stdin,
    output: echo ? process.stderr : silent,
    terminal: process.stdin.isTTY,
  });
  try {
    return (await lines.question(echo ? question : '')).trim();
  } finally {
    lines.close();
    if (!echo) process.stderr.write('\n');
  }
};

export const openTerminal = (): Terminal => ({
  isThere: process.stdin.isTTY,
  print: (line) => console.log(line),
  ask: async (question, usual) => {
    const shown = usual === undefined || usual === '' ? '' : ` [${usual}]`;
    return (await asking(`${question}${shown} `, true)) || (usual ?? '');
  },
  askSecret: async (question) => new Secret(await asking(`${question} (not shown) `, false)),
});

/** Something a person must put right; one line that says what and how. */
export class CommandError extends Error {
  override name = 'CommandError';
}
