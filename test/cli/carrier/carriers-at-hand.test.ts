import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { portalAddresses } from '#cli/carrier/carriers-at-hand.ts';
import { removeAddress, writeAddress } from '#simulator/workspace/address.ts';

const portals = {
  'northbridge-life': 'http://127.0.0.1:41001',
  'granite-mutual': 'http://127.0.0.1:41002',
};
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'at-hand-'));
  writeAddress(join(folder, 'local'), { url: 'http://127.0.0.1:41000', portals });
});
afterEach(() => rmSync(folder, { recursive: true }));

it('finds the portals of a local workspace that runs, and those that are named before them', () => {
  expect(portalAddresses({ DATA_DIR: folder })).toEqual(portals);
  const named = { 'granite-mutual': 'http://127.0.0.1:42000' };
  expect(portalAddresses({ DATA_DIR: folder, CARRIER_ADDRESSES: JSON.stringify(named) })).toEqual({
    ...portals,
    ...named,
  });
});

it('knows none where none runs, and none beside the tokens of a real workspace', () => {
  const tokens = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' };
  expect(portalAddresses({ DATA_DIR: folder, ...tokens })).toEqual({});
  removeAddress(join(folder, 'local'));
  expect(portalAddresses({ DATA_DIR: folder })).toEqual({});
});
