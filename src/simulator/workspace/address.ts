import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** Where a running local workspace is found from another terminal. */
const Address = z.object({ url: z.string(), pid: z.number() });

const fileIn = (dataFolder: string): string => join(dataFolder, 'local', 'workspace.json');

export const writeAddress = (dataFolder: string, url: string): void => {
  const file = fileIn(dataFolder);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ url, pid: process.pid }));
};

export const removeAddress = (dataFolder: string): void =>
  rmSync(fileIn(dataFolder), { force: true });

/** The address of a workspace whose process lives; a file left behind by a dead one is passed over. */
export const readAddress = (dataFolder: string): string | undefined => {
  try {
    const { url, pid } = Address.parse(JSON.parse(readFileSync(fileIn(dataFolder), 'utf8')));
    process.kill(pid, 0);
    return url;
  } catch {
    return undefined;
  }
};
