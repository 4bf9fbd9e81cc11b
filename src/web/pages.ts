import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Eta } from 'eta';
import { keyOf, type Screen } from '#core/sign-in/link-screens.ts';

export const ASSETS = join(import.meta.dirname, 'assets');

/** Screens that change by themselves, so the page keeps looking; `refresh` also without script. */
const WATCHED = new Set<Screen['name']>(['pairing', 'working', 'code', 'ways']);
const REFRESHED = new Set<Screen['name']>(['pairing', 'working']);

export interface PageFrame {
  /** Path in front of every address, "" or "/some/path". */
  base: string;
  /** Of the link; absent on a page that belongs to none. */
  token?: string;
  proof?: string;
}

/** Draws a screen as a whole page. Templates escape everything they are given. */
export const createPages = () => {
  const eta = new Eta({ views: join(import.meta.dirname, 'pages'), cache: true });
  const version = versionOf(ASSETS);
  return (screen: Screen, frame: PageFrame): string =>
    eta.render(screen.name, {
      ...frame,
      action: `${frame.base}/link/${frame.token ?? ''}`,
      assets: `${frame.base}/link-assets`,
      version,
      screen,
      about: 'about' in screen ? screen.about : undefined,
      problems: 'problems' in screen ? screen.problems : [],
      key: keyOf(screen),
      watched: frame.token !== undefined && WATCHED.has(screen.name),
      refreshed: REFRESHED.has(screen.name),
    });
};

const versionOf = (folder: string): string => {
  const hash = createHash('sha256');
  for (const file of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, file)));
  return hash.digest('hex').slice(0, 10);
};
