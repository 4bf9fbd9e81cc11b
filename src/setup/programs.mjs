import { spawn } from 'node:child_process';

/** What a person can act on; shown without a stack. */
export class SetupError extends Error {}

const running = new Set();
let stopping = false;

/**
 * Runs a program quietly. Resolves with its exit code (-1 when it could not be started) and all it
 * printed; never throws, and never resolves once `stopPrograms` was called.
 */
export function run(command, args, { cwd, env = process.env, stopWith = 'SIGTERM' } = {}) {
  return new Promise((done) => {
    if (stopping) return;
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise((close) => child.once('close', close));
    const program = { stop: () => child.kill(stopWith), ended };
    running.add(program);
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', (error) => stopping || done({ code: -1, output: error.message }));
    child.once('close', (code) => {
      running.delete(program);
      if (!stopping) done({ code: code ?? -1, output });
    });
  });
}

/** Ends what runs, waits for it, and lets nothing follow. */
export async function stopPrograms() {
  stopping = true;
  for (const { stop } of running) stop();
  await Promise.all([...running].map(({ ended }) => ended));
}

export function lastLines(output, count = 12) {
  return output.trim().split('\n').slice(-count).join('\n');
}

/** All that set-up says goes to stderr: what runs after it may print data on stdout. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Says what begins, and how long it took; work that came to nothing throws or resolves with false. */
export async function step(what, work) {
  const began = Date.now();
  say(`  ${what} ...`);
  let succeeded = false;
  try {
    succeeded = (await work()) !== false;
  } finally {
    const seconds = Math.ceil((Date.now() - began) / 1000);
    say(`  ${what}: ${succeeded ? 'done' : 'without success'} in ${seconds} s`);
  }
}
