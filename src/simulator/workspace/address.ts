import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Where a running local workspace is found from another terminal: a file in its data folder. */
const Address = z.object({
  url: z.string(),
  pid: z.number(),
  portals: z.record(z.string(), z.string()).default({}),
});

const fileIn = (folder: string): string => join(folder, 'workspace.json');

const read = (folder: string): z.output<typeof Address> | undefined => {
  try {
    return Address.parse(JSON.parse(readFileSync(fileIn(folder), 'utf8')));
  } catch {
    return undefined;
  }
};

/** `portals`: addresses of the carriers' local sites, by carrier id. */
export const writeAddress = (
  folder: string,
  address: { url: string; portals?: Record<string, string> },
): void => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileIn(folder), JSON.stringify({ ...address, pid: process.pid }));
};

/** Another process may have written its own since. */
export const removeAddress = (folder: string): void => {
  if (read(folder)?.pid === process.pid) rmSync(fileIn(folder), { force: true });
};

/** Of a workspace whose process lives; a file left behind by a dead one is passed over. */
export const readAddress = (folder: string): string | undefined => readLiving(folder)?.url;

/** Of its carriers' sites, by carrier id; none where no workspace lives. */
export const readPortals = (folder: string): Record<string, string> =>
  readLiving(folder)?.portals ?? {};

const readLiving = (folder: string): z.output<typeof Address> | undefined => {
  const address = read(folder);
  if (address === undefined) return undefined;
  try {
    process.kill(address.pid, 0);
    return address;
  } catch {
    return undefined;
  }
};
