import { statSync } from 'node:fs';
import { join } from 'node:path';
import { loadCarriers } from '#portal/carriers.ts';
import type { Carrier } from '#portal/contract.ts';
import { ConfigError, type Config } from './config.ts';

const OWN_CARRIERS = join(import.meta.dirname, '../../carriers');

/**
 * The carriers that the settings name; demo carriers exist for the local workspace only. `more` are
 * addresses beside those of the settings, also of carriers that are not here. Throws ConfigError.
 */
export const configuredCarriers = async (
  {
    carriersPath,
    carrierAddresses = {},
    workerCarriers = [],
    mode,
  }: Pick<Config, 'carriersPath' | 'carrierAddresses' | 'mode'> &
    Partial<Pick<Config, 'workerCarriers'>>,
  more: Record<string, string> = {},
  log?: (line: { carrier: string; folder: string; sha256: string }) => void,
): Promise<Carrier[]> => {
  if (
    carriersPath !== undefined &&
    !statSync(carriersPath, { throwIfNoEntry: false })?.isDirectory()
  )
    throw new ConfigError(
      `CARRIERS_PATH "${carriersPath}" is no folder. Example: CARRIERS_PATH=/etc/swivel-sync/carriers`,
    );
  const carriers = await loadCarriers({
    folders: [OWN_CARRIERS, ...(carriersPath === undefined ? [] : [carriersPath])],
    addresses: { ...carrierAddresses, ...more },
    allowDemo: mode.kind === 'local',
    ...(log === undefined ? {} : { log }),
  });
  const ids = carriers.map(({ id }) => id);
  const expectKnown = (setting: string, named: readonly string[], example: string): void => {
    const stranger = named.find((id) => !ids.includes(id));
    if (stranger !== undefined)
      throw new ConfigError(
        `${setting} names "${stranger}", and there is no such carrier${ids.length > 0 ? `: there are ${ids.join(', ')}` : ''}. Example: ${setting}=${example}`,
      );
  };
  const addressed = Object.keys(carrierAddresses);
  expectKnown('CARRIER_ADDRESSES', addressed, `'{"northbridge-life":"http://127.0.0.1:4801"}'`);
  expectKnown('WORKER_CARRIERS', workerCarriers, 'northbridge-life,harbor-trust');
  return carriers;
};
