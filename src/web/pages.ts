import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Eta } from 'eta';
import type { Cookies } from './cookies.ts';

/** The part of pino that the web uses. */
export interface Log {
  info: (fields: object, message: string) => void;
  error: (fields: object, message: string) => void;
}

/** What a page of ours is drawn and answered with. */
export interface Surface {
  base: string;
  draw: (screen: Screen, frame: PageFrame) => string;
  cookies: Cookies;
  log: Log;
}

export const ASSETS = join(import.meta.dirname, 'assets');

/** What a page shows; there is a template of its name under pages/. */
interface Screen {
  name: string;
  about?: unknown;
  problems?: readonly unknown[];
}

export interface PageFrame {
  /** Path in front of every address, "" or "/some/path". */
  base: string;
  /** Of the link; absent on a page that belongs to none. */
  token?: string;
  proof?: string;
  /** Changes with what is shown, so that a page that keeps looking knows. */
  key?: string;
  /** The page keeps looking for a change, with its script, or also without. */
  watched?: boolean;
  refreshed?: boolean;
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
      about: screen.about,
      problems: screen.problems ?? [],
      key: frame.key ?? screen.name,
      watched: frame.watched === true,
      refreshed: frame.refreshed === true,
    });
};

const versionOf = (folder: string): string => {
  const hash = createHash('sha256');
  for (const file of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, file)));
  return hash.digest('hex').slice(0, 10);
};
