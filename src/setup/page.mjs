import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { bin } from './packages.mjs';
import { lastLines, run, SetupError } from './programs.mjs';
import { cacheFolder, projectFolder } from './tools.mjs';

const source = join(projectFolder, 'src/simulator/page');
/** What the page has in common with the link page. */
const look = join(projectFolder, 'src/web/assets/look.css');
const built = join(cacheFolder, 'page');
const stampFile = join(cacheFolder, 'page.sha256');

/** Built once for each content, so that a warm start does not wait for it. */
export function pageReady() {
  if (!existsSync(join(source, 'index.html'))) return true;
  return existsSync(join(built, 'index.html')) && readStamp() === contentHash();
}

/** A production install has no Vite, and no need of the page. */
export const canBuildPage = () => existsSync(bin('vite'));

export async function buildPage() {
  const hash = contentHash();
  const { code, output } = await run(
    bin('node'),
    [
      join(projectFolder, 'node_modules/vite/bin/vite.js'),
      'build',
      source,
      '--outDir',
      built,
      '--emptyOutDir',
    ],
    // Whatever the caller is set to: people get React without its checks.
    { cwd: projectFolder, env: { ...process.env, NODE_ENV: 'production' } },
  );
  if (code !== 0) throw new SetupError(`The page was not built:\n${lastLines(output, 30)}`);
  mkdirSync(cacheFolder, { recursive: true });
  writeFileSync(stampFile, hash);
}

function contentHash() {
  const hash = createHash('sha256');
  hash.update(readFileSync(join(projectFolder, 'package-lock.json')));
  const files = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
  for (const file of [look, ...files])
    hash.update(`${relative(projectFolder, file)}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

function readStamp() {
  try {
    return readFileSync(stampFile, 'utf8');
  } catch {
    return undefined;
  }
}
