import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Where a running local workspace is found from another terminal: a file in its data folder. */
const Address = z.object({ url: z.string(), pid: z.number() });

const fileIn = (folder: string): string => join(folder, 'workspace.json');

/** `portals`: addresses of the carriers' local sites, by carrier id. */
export const writeAddress = (
  folder: string,
  address: { url: string; portals?: Record<string, string> },
): void => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileIn(folder), JSON.stringify({ ...address, pid: process.pid }));
};

export const removeAddress = (folder: string): void => rmSync(fileIn(folder), { force: true });

/** The address of a workspace whose process lives; a file left behind by a dead one is passed over. */
export const readAddress = (folder: string): string | undefined => {
  try {
    const { url, pid } = Address.parse(JSON.parse(readFileSync(fileIn(folder), 'utf8')));
    process.kill(pid, 0);
    return url;
  } catch {
    return undefined;
  }
};
