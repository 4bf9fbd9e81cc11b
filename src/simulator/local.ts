import { mkdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ConfigError, type Config } from '#app/config.ts';
import type { Clock } from '#shared/clock.ts';
import { PORTAL_SEED } from './firm.ts';
import { outsideOf } from './outside.ts';
import { readPortalData } from './portals/data.ts';
import { startPortals, type Portals } from './portals/start.ts';
import { readAddress, removeAddress, writeAddress } from './workspace/address.ts';
import { startWorkspace, type LocalWorkspace } from './workspace/server.ts';

export interface Local extends AsyncDisposable {
  workspace: LocalWorkspace;
  portals: Portals;
}

/** The address people bookmark; another one is taken when it is in use. */
const USUAL_PORT = 4100;

/** Everything that stands in for the world outside: a Slack workspace and the carriers' sites. */
export const startLocal = async (
  dataFolder: string,
  clock: Clock,
  port = USUAL_PORT,
): Promise<Local> => {
  await refuseSecond(dataFolder);
  mkdirSync(dataFolder, { recursive: true });
  let codesChanged = (): void => undefined;
  const portals = await startPortals({
    data: readPortalData(PORTAL_SEED),
    clock,
    codesChanged: () => codesChanged(),
  });
  const workspace = await onPortOrAny(port, (given) =>
    startWorkspace({
      port: given,
      clock,
      stateFile: join(dataFolder, 'workspace-state.json'),
      outside: outsideOf(portals),
    }),
  );
  codesChanged = workspace.workspace.outsideChanged;
  writeAddress(dataFolder, { url: workspace.url, portals: portals.addresses });
  return {
    workspace,
    portals,
    [Symbol.asyncDispose]: async () => {
      removeAddress(dataFolder);
      await workspace.close();
      await portals.close();
    },
  };
};

/** Two of one folder would share a database, and the second would take the first one's `say`. */
const refuseSecond = async (dataFolder: string): Promise<void> => {
  const url = readAddress(dataFolder);
  // The process of that number may be another by now.
  const answers = url !== undefined && (await fetch(url).catch(() => undefined));
  if (answers)
    throw new Error(
      `The local workspace of ${dataFolder} runs already: ${url}. Stop that one first, or give this one a folder of its own: DATA_DIR=./other npm start`,
    );
};

/** What the local workspace keeps, and so what it forgets when it begins anew. */
const KEPT = ['workspace-state.json', 'workspace.json', 'keys', 'pictures', 'redis'];

/** Throws when a workspace runs there, or when there is none to begin anew. */
export const forgetLocal = async ({
  dataFolder,
  databaseFile,
  databaseUrl,
  mode,
}: Pick<Config, 'dataFolder' | 'databaseFile' | 'databaseUrl' | 'mode'>): Promise<void> => {
  if (mode.kind !== 'local')
    throw new ConfigError('--fresh is for the local workspace: beside tokens nothing is removed.');
  if (databaseUrl !== undefined)
    throw new ConfigError('--fresh empties no Postgres: name a new database in DATABASE_URL.');
  if (dirname(databaseFile) !== dataFolder)
    throw new ConfigError(`--fresh removes nothing outside ${dataFolder}: remove DATABASE_FILE.`);
  await refuseSecond(dataFolder);
  const databases = ['', '-wal', '-shm'].map((end) => `${basename(databaseFile)}${end}`);
  for (const name of [...KEPT, ...databases])
    rmSync(join(dataFolder, name), { recursive: true, force: true });
};

/** A port that is taken is no reason not to start. */
export const onPortOrAny = async <T>(
  port: number,
  start: (port: number) => Promise<T>,
): Promise<T> => {
  try {
    return await start(port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return start(0);
  }
};
