import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { repairCarrier, type RepairOptions } from '#cli/carrier/repair/repair.ts';
import type { Terminal } from '#cli/terminal.ts';
import { Secret } from '#shared/secret.ts';
import { startPortals, type Portals } from '#simulator/portals/start.ts';
import { carrierCommand } from '#test/support/own-carriers.ts';

// Each part goes to the portal several times, and to mutants.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 120_000 });

const CARRIER = 'lakeside-benefit';
const made = mkdtempSync(join(tmpdir(), 'made-carriers-'));
let folder: string;
let portals: Portals;

/** A person at the keyboard, who answers as given and sees what is printed. */
const person = (answers: readonly string[] = []) => {
  const left = [...answers];
  const printed: string[] = [];
  const asked: string[] = [];
  const terminal: Terminal = {
    isThere: true,
    print: (line) => void printed.push(line),
    ask: (question) => {
      if (question.startsWith('Producer ID')) return Promise.resolve('sandbox');
      asked.push(question);
      return Promise.resolve(left.shift() ?? '');
    },
    askSecret: () => Promise.resolve(new Secret('sandbox')),
  };
  return { terminal, asked, out: () => printed.join('\n') };
};

const repair = (terminal: Terminal, options: Partial<RepairOptions> = {}): Promise<boolean> =>
  repairCarrier(terminal, CARRIER, {
    is: [],
    hide: [],
    keep: [],
    folder,
    number: 'SB-1001',
    ...options,
  });

const filesOf = (place: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(place, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file, readFileSync(file, 'utf8')]),
  );

const sync = (...args: string[]) => carrierCommand(args);

beforeAll(async () => {
  portals = await startPortals({ data: { logins: [], policies: [] }, only: [CARRIER] });
  const inFolder = ['--folder', made];
  await sync('new', CARRIER, '--url', `${portals.addresses[CARRIER]}/log-on`, ...inFolder);
  await sync('record', CARRIER, '--number', 'SB-1001', ...inFolder);
  const accepted = await sync('check', CARRIER, '--recording', '--accept', ...inFolder);
  if (accepted.code !== 0) throw new Error(accepted.out);
});
afterAll(async () => {
  await portals.close();
  rmSync(made, { recursive: true, force: true });
});
beforeEach(async () => {
  await portals.of(CARRIER).reset();
  folder = mkdtempSync(join(tmpdir(), 'own-carriers-'));
  cpSync(made, folder, { recursive: true });
});

it('takes what a person says of a name, and writes nothing without a yes', async () => {
  await portals.of(CARRIER).rename('Contract number', 'Reference');
  const before = filesOf(folder);
  const { terminal, asked, out } = person(['no']);
  expect(await repair(terminal, { is: ['Contract number=Reference'] })).toBe(false);
  expect(asked).toEqual([expect.stringContaining('let the pause end?')]);
  expect(out()).toContain("['Reference', 'Contract number']");
  expect(filesOf(folder)).toEqual(before);
});

it('writes nothing where a part of a page is another, and lays both side by side without a name', async () => {
  await portals.of(CARRIER).set('SB-1001', { changedPage: true });
  const before = filesOf(folder);
  const pictures = mkdtempSync(join(tmpdir(), 'beside-'));
  const { terminal, out } = person(['yes']);
  expect(await repair(terminal, { pictures })).toBe(false);
  expect(out()).toContain('Nothing was written');
  expect(filesOf(folder)).toEqual(before);
  const beside = readFileSync(join(pictures, 'repair-lakeside-benefit.html'), 'utf8');
  expect(beside).toContain('As it was recorded');
  expect(['SB-1001', 'Sandbox', '555-0147'].filter((name) => beside.includes(name))).toEqual([]);
});
