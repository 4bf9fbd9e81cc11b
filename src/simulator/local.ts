import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '#shared/clock.ts';
import { PORTAL_SEED } from './firm.ts';
import { readPortalData } from './portals/data.ts';
import { startPortals, type Portals } from './portals/start.ts';
import { removeAddress, writeAddress } from './workspace/address.ts';
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
  mkdirSync(dataFolder, { recursive: true });
  const portals = await startPortals({ data: readPortalData(PORTAL_SEED), clock });
  const workspace = await onPortOrAny(port, (given) =>
    startWorkspace({ port: given, clock, stateFile: join(dataFolder, 'workspace-state.json') }),
  );
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
