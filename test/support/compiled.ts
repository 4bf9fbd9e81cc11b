import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The programs that tests start as processes compile the same code each time: in one run they share
 * what Node compiled. It goes with the run, since carriers made in a test are in it too.
 */
export const setup = async (): Promise<() => Promise<void>> => {
  const folder = await mkdtemp(join(tmpdir(), 'compiled-'));
  process.env['NODE_COMPILE_CACHE'] = folder;
  return () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
};
