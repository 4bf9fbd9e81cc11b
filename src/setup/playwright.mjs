import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Where Playwright keeps the browsers it downloads. */
export function browsersFolder(env) {
  if (env.PLAYWRIGHT_BROWSERS_PATH) return env.PLAYWRIGHT_BROWSERS_PATH;
  const home = env.HOME ?? env.USERPROFILE ?? '';
  if (process.platform === 'darwin') return join(home, 'Library/Caches/ms-playwright');
  if (process.platform === 'win32') return join(env.LOCALAPPDATA ?? home, 'ms-playwright');
  return join(env.XDG_CACHE_HOME ?? join(home, '.cache'), 'ms-playwright');
}

/**
 * Where its own browsers would be, the lighter first. Read from the registry in playwright-core
 * rather than asked of Playwright, which takes a quarter of a second to load.
 */
export function browserPaths(env) {
  const revisions = readRevisions();
  const system = { linux: 'linux', darwin: 'mac', win32: 'win' }[process.platform];
  if (revisions === undefined || system === undefined) return [];
  const arm = process.arch === 'arm64';
  const suffix = { linux: arm ? '-arm64' : '64', mac: arm ? '-arm64' : '-x64', win: '64' }[system];
  const exe = system === 'win' ? '.exe' : '';
  const mac = 'Google Chrome for Testing';
  const chrome = system === 'mac' ? join(`${mac}.app`, 'Contents', 'MacOS', mac) : `chrome${exe}`;
  const folder = browsersFolder(env);
  return [
    join(
      folder,
      `chromium_headless_shell-${revisions['chromium-headless-shell']}`,
      `chrome-headless-shell-${system}${suffix}`,
      `chrome-headless-shell${exe}`,
    ),
    join(folder, `chromium-${revisions.chromium}`, `chrome-${system}${suffix}`, chrome),
  ];
}

function readRevisions() {
  try {
    const require = createRequire(import.meta.url);
    const file = require.resolve('playwright-core/browsers.json');
    const { browsers } = JSON.parse(readFileSync(file, 'utf8'));
    return Object.fromEntries(browsers.map(({ name, revision }) => [name, revision]));
  } catch {
    return undefined;
  }
}
