import { statSync } from 'node:fs';
import type { Config } from '#app/config.ts';
import { isPublicAlone, publicKeyIds, readPrivateKeys, type KeyPlace } from '#database/keys.ts';
import { messageOf, type Finding } from './finding.ts';

const of = 'Keys';

/** The private key is read, each half beside the other: it is what all passwords hang on. */
export const examineKeys = ({ keyPlace }: Config): Finding => {
  const { privateFile: file, privateKeys } = keyPlace;
  if (privateKeys !== undefined) return tried(keyPlace, 'PRIVATE_KEYS');
  if (isPublicAlone(keyPlace))
    return {
      of,
      is: 'note',
      found: 'the public one alone, which a bot seals by',
      next: `Where a worker runs on this machine, bring its private key back to ${file}.`,
    };
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined)
    return { of, is: 'good', found: 'none yet; the worker makes them at its first start' };
  const mode = (stat.mode & 0o777).toString(8).padStart(4, '0');
  return (stat.mode & 0o077) === 0
    ? tried(keyPlace, `${file}, mode ${mode}`)
    : { of, is: 'bad', found: `${file} has mode ${mode}`, next: `chmod 600 ${file}` };
};

const tried = (place: KeyPlace, from: string): Finding => {
  const next = 'Bring the private key back from where you keep it.';
  try {
    const keys = readPrivateKeys(place);
    const ids = new Set(keys.map(({ id }) => id));
    // Bots seal to these: whatever they are sent today is for nobody else.
    const strange = publicKeyIds(place.folder).filter((id) => !ids.has(id));
    return strange.length === 0
      ? { of, is: 'good', found: from }
      : {
          of,
          is: 'bad',
          found: `${from} does not open what is sealed to ${strange.join(', ')} of the public file in ${place.folder}`,
          next,
        };
  } catch (error) {
    return { of, is: 'bad', found: messageOf(error), next };
  }
};
