import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { lastLines, run, SetupError } from './programs.mjs';
import { projectFolder, toolEnv } from './tools.mjs';

const NODE_MAJOR = '26';
const modules = join(projectFolder, 'node_modules');
const stampFile = join(modules, '.installed');
export const bin = (name) =>
  join(modules, '.bin', process.platform === 'win32' ? `${name}.cmd` : name);

/**
 * Whether what package-lock.json names is installed for this platform: `ready` by our stamp, in a
 * millisecond; `unproven` by npm's own record, as after an `npm ci` by hand; else `missing`.
 */
export function packagesState({ dev }) {
  if (!existsSync(bin('node'))) return 'missing';
  if (read(stampFile) === stamp()) return 'ready';
  const installed = record(join(modules, '.package-lock.json'));
  const wanted = record(join(projectFolder, 'package-lock.json'));
  if (installed === undefined || wanted === undefined) return 'missing';
  const complete = Object.entries(wanted).every(
    ([path, { version, optional, dev: onlyDev }]) =>
      path === '' ||
      optional ||
      (onlyDev && !dev) ||
      (installed[path]?.version === version && existsSync(join(projectFolder, path))),
  );
  return complete ? 'unproven' : 'missing';
}

export async function installPackages() {
  // npm's own Node, because npm ci replaces the pinned one that may be running this.
  const node = process.env.npm_node_execpath ?? process.execPath;
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--loglevel=warn'];
  const npm = process.env.npm_execpath;
  // Asked to stop, npm would go on for half a minute; the next one clears up after it.
  const how = { cwd: projectFolder, stopWith: 'SIGKILL' };
  const install = () =>
    npm?.endsWith('.js') ? run(node, [npm, ...args], how) : run('npm', args, how);
  let { code, output } = await install();
  // An npm that was killed may have left half a folder, or still be leaving it.
  if (code !== 0 && output.includes('ENOTEMPTY')) ({ code, output } = await install());
  if (code !== 0) {
    const errors = output.split('\n').filter((line) => !line.startsWith('npm warn'));
    const cure = CURES.find(([sign]) => sign.test(output))?.[1];
    throw new SetupError(
      [`npm ci did not succeed:\n${lastLines(errors.join('\n'))}`, ...(cure ? [cure] : [])].join(
        '\n',
      ),
    );
  }
}

/** What npm says of the firm's network or disk, and what the person does. */
const CURES = [
  [
    /SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)/,
    'A proxy on the way signs with a certificate that npm does not know. Give npm the file of it, and start again: npm config set cafile /path/to/the-firm.pem',
  ],
  [
    /code (EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH)/,
    'npm does not reach its registry. Check the network, or give npm the proxy, and start again: npm config set https-proxy http://proxy.example.com:8080',
  ],
  [/code ENOSPC/, 'The disk is full. Free some space, about 1 GB, and start again.'],
];

/**
 * Sees that `node` in npm's scripts is the pinned one, and that it runs: where libatomic could only
 * be unpacked, Node is given it.
 */
export async function settleNode(atomic) {
  let answer = await nodeVersion();
  if (!isPinned(answer) && atomic?.patcher !== undefined) {
    await addLibrary(atomic);
    answer = await nodeVersion();
  }
  if (!isPinned(answer)) {
    throw new SetupError(
      `Node ${NODE_MAJOR} does not run on ${process.platform}-${process.arch} (${lastLines(answer, 1)}).`,
    );
  }
  tryWrite(stampFile, stamp());
}

const isPinned = (answer) => answer.startsWith(`v${NODE_MAJOR}.`);

async function nodeVersion() {
  const node = existsSync(bin('node')) ? bin('node') : 'node';
  return (await run(node, ['--version'])).output;
}

/**
 * Copies the library into Node's own package and writes into the program where it is: an
 * environment variable would be lost where a child gets an environment of its own.
 */
async function addLibrary(atomic) {
  const node = realpathSync(bin('node'));
  const libraries = join(dirname(node), '..', 'lib');
  mkdirSync(libraries, { recursive: true });
  copyFileSync(atomic.path, join(libraries, basename(atomic.path)));
  const { code, output } = await run(
    atomic.patcher,
    ['--set-rpath', '$ORIGIN/../lib', '--output', `${node}.new`, node],
    { env: toolEnv(atomic, process.env) },
  );
  if (code !== 0) throw new SetupError(`Node was not given its library:\n${lastLines(output)}`);
  renameSync(`${node}.new`, node);
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
