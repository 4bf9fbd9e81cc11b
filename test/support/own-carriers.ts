import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, vi } from 'vitest';
import { projectFolder } from '#setup/tools.mjs';
import { startPortals } from '#simulator/portals/start.ts';

export interface Said {
  code: number;
  out: string;
}

/** `carrier ...` as a person types it: a process of its own, with the carrier as it is then. */
export const carrierCommand = (
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Said> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [join(projectFolder, 'src/cli/main.ts'), 'carrier', ...args],
      { env: { ...process.env, CARRIER_USER: 'sandbox', CARRIER_PASSWORD: 'sandbox', ...env } },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? 1, out: `${stdout}${stderr}` }),
    );
    child.stdin?.end();
  });

/** Local portals of these carriers, and an empty folder where a person makes carriers of their own. */
export const startOwnCarriers = async (...sites: string[]) => {
  const folder = mkdtempSync(join(tmpdir(), 'own-carriers-'));
  const portals = await startPortals({ data: { logins: [], policies: [] }, only: sites });
  const sync = (args: readonly string[], user = 'sandbox'): Promise<Said> =>
    carrierCommand(args, { CARRIERS_PATH: folder, CARRIER_USER: user });
  return {
    folder,
    portals,
    sync,
    addressOf: (site: string): string => portals.addresses[site] ?? '',
    codeOf: (carrier: string, file: string): string =>
      readFileSync(join(folder, carrier, file), 'utf8'),
    /** What `check` says of these at the portal, and whether it was right in all. */
    readLive: async (
      carrier: string,
      ...numbers: string[]
    ): Promise<{ code: number; lines: string[] }> => {
      const { code, out } = await sync([
        'check',
        carrier,
        ...numbers.flatMap((number) => (number === '--book' ? [number] : ['--number', number])),
      ]);
      return { code, lines: out.split('\n').map((line) => line.trim().replaceAll(/ {2,}/g, '  ')) };
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      await portals.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

export type OwnCarriers = Awaited<ReturnType<typeof startOwnCarriers>>;

/** The same for the tests of a file, as soon as they run; their commands are processes with browsers. */
export const useOwnCarriers = (...sites: string[]): { own: OwnCarriers } => {
  const house = {} as { own: OwnCarriers };
  vi.setConfig({ testTimeout: 240_000 });
  beforeAll(async () => {
    house.own = await startOwnCarriers(...sites);
  });
  afterAll(() => house.own[Symbol.asyncDispose]());
  return house;
};

/** The amounts that the sandbox's policy SB-1001 has at every local portal. */
export const AMOUNTS = ['$41,250.75', '−$120.00', '$250,000.00'] as const;
