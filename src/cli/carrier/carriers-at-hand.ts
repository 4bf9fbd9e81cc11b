import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { loadConfig } from '#app/config.ts';
import { browserLaunch, findChromium, projectFolder } from '#setup/tools.mjs';
import { createBrowser, type WorkerBrowser } from '#portal/browser.ts';
import { loadCarrier } from '#portal/carriers.ts';
import type { Carrier } from '#portal/contract.ts';
import { readPortals } from '#simulator/workspace/address.ts';
import { CommandError } from '../terminal.ts';

/** The carriers' folder of this repository. */
export const OWN_FOLDER = join(projectFolder, 'carriers');

/** Where a new carrier goes: as said, else the firm's own folder, else the repository's. */
export const folderOf = (given: string | undefined): string =>
  resolve(given ?? process.env['CARRIERS_PATH'] ?? OWN_FOLDER);

/** Inside the repository carriers are TypeScript; outside, the project's types are out of reach. */
export const isInside = (folder: string): boolean =>
  !relative(projectFolder, folder).startsWith('..');

/** The folder of a carrier by its name: in `folder`, else in CARRIERS_PATH, else in the repository. */
export const carrierFolder = (name: string, folder: string | undefined): string => {
  const places = folder === undefined ? [process.env['CARRIERS_PATH'], OWN_FOLDER] : [folder];
  const found = places
    .filter((place) => place !== undefined)
    .map((place) => resolve(place, name))
    .find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw new CommandError(
    `There is no carrier "${name}" in ${places.filter(Boolean).join(' or ')}. Make one: npm run sync -- carrier new ${name} --url https://...`,
  );
};

/** Where the portals are: as said, else as a local workspace of this folder runs them, which take any port. */
export const portalAddresses = (
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> => {
  const { mode, dataFolder, carrierAddresses } = loadConfig(environment);
  return { ...(mode.kind === 'local' ? readPortals(dataFolder) : {}), ...carrierAddresses };
};

/** A carrier as its folder has it now. Throws one clear line where it does not keep the contract. */
export const loadOne = (folder: string): Promise<Carrier> => loadCarrier(folder, portalAddresses());

/** The source texts of a carrier, which name what is layout on its pages. */
export const codeOf = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => /\.(ts|mjs|js)$/.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'));

/** Of some browsers only the part without a window is installed. */
export const hasWindows = (): boolean =>
  !/headless[-_]shell/.test(findChromium(process.env)?.path ?? '');

/** `inSight`: with a window, for a person. */
export const openBrowser = (origins: readonly string[], inSight = false): WorkerBrowser => {
  const found = findChromium(process.env);
  if (found === undefined)
    throw new CommandError(
      'No Chromium found. Install chromium-headless-shell (or Chrome), or name one in CHROMIUM.',
    );
  return createBrowser({ launch: browserLaunch(found, process.env), origins, inSight });
};
