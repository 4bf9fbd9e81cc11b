import { spawn } from 'node:child_process';

/** What a person can act on; shown without a stack. */
export class SetupError extends Error {}

/**
 * Runs a program quietly. Resolves with its exit code (-1 when it could not be started) and all it
 * printed; never throws.
 */
export function run(command, args, { cwd, env = process.env } = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    // A set-up that is stopped leaves nobody behind who still changes the folder.
    const stop = () => child.kill();
    process.once('exit', stop);
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', (error) => done({ code: -1, output: error.message }));
    child.once('close', (code) => {
      process.off('exit', stop);
      done({ code: code ?? -1, output });
    });
  });
}

export function lastLines(output, count = 12) {
  return output.trim().split('\n').slice(-count).join('\n');
}

/** All that set-up says goes to stderr: what runs after it may print data on stdout. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Says what begins, and how long it took. */
export async function step(what, work) {
  const began = Date.now();
  say(`  ${what} ...`);
  const result = await work();
  say(`  ${what}: done in ${Math.ceil((Date.now() - began) / 1000)} s`);
  return result;
}
