import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastLines, run, SetupError } from './programs.mjs';
import { projectFolder } from './tools.mjs';

const NODE_MAJOR = '26';
const modules = join(projectFolder, 'node_modules');
const stampFile = join(modules, '.installed');
export const bin = (name) =>
  join(modules, '.bin', process.platform === 'win32' ? `${name}.cmd` : name);

/**
 * Whether what package-lock.json names is installed for this platform. Our stamp answers in a
 * millisecond; without one, npm's own record of what it installed is compared.
 */
export function packagesReady({ dev }) {
  if (!existsSync(bin('node'))) return false;
  if (read(stampFile) === stamp()) return true;
  const installed = record(join(modules, '.package-lock.json'));
  const wanted = record(join(projectFolder, 'package-lock.json'));
  if (installed === undefined || wanted === undefined) return false;
  const complete = Object.entries(wanted).every(
    ([path, { version, optional, dev: onlyDev }]) =>
      path === '' || optional || (onlyDev && !dev) || installed[path]?.version === version,
  );
  if (complete && dev) tryWrite(stampFile, stamp());
  return complete;
}

export async function installPackages() {
  // npm's own Node, because npm ci replaces the pinned one that may be running this.
  const node = process.env.npm_node_execpath ?? process.execPath;
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional'];
  const npm = process.env.npm_execpath;
  const { code, output } = npm?.endsWith('.js')
    ? await run(node, [npm, ...args], { cwd: projectFolder })
    : await run('npm', args, { cwd: projectFolder });
  if (code !== 0) throw new SetupError(`npm ci did not succeed:\n${lastLines(output)}`);
  await checkNode();
  writeFileSync(stampFile, stamp());
}

async function checkNode() {
  const pinned = existsSync(bin('node'));
  const { output } = pinned ? await run(bin('node'), ['--version']) : { output: process.version };
  if (output.startsWith(`v${NODE_MAJOR}.`)) return;
  throw new SetupError(
    `No Node ${NODE_MAJOR} package runs on ${process.platform}-${process.arch} (got "${lastLines(output, 1)}"): install Node ${NODE_MAJOR} and start again.`,
  );
}

function stamp() {
  const lock = read(join(projectFolder, 'package-lock.json')) ?? '';
  const hash = createHash('sha256').update(lock).digest('hex');
  return `${hash} ${process.platform}-${process.arch}\n`;
}

function record(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function tryWrite(file, text) {
  try {
    writeFileSync(file, text);
  } catch {
    // A read-only installation answers a little more slowly, that is all.
  }
}
