import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { Secret } from '#shared/secret.ts';
import { makePrivateFolder } from './private-files.ts';
import type { Opener, Sealer } from './sealed.ts';
import {
  createOpener,
  createSealer,
  generateKey,
  isPair,
  keyId,
  SealingError,
  type PrivateKey,
  type PublicKey,
} from './sealing.ts';

const PRIVATE = 'sealing-private.json';
const PUBLIC = 'sealing-public.json';

const publicFile = z.object({ keys: z.array(z.object({ publicKey: z.string() })).min(1) });
const privateFile = z.object({
  keys: z.array(z.object({ publicKey: z.string(), privateKey: z.string() })).min(1),
});

/** Where the keys are. Only a worker may read the private file, so it may lie elsewhere. */
export interface KeyPlace {
  /** Folder of the public file, for bot and worker. */
  folder: string;
  privateFile: string;
  /** The private keys themselves, as by an environment; no file is read or made then. */
  privateKeys?: Secret;
}

export const keyPlaceIn = (folder: string): KeyPlace => ({
  folder,
  privateFile: join(folder, PRIVATE),
});

/** Of a machine that has a bot alone; or the private key was lost. */
export const isPublicAlone = ({ folder, privateFile, privateKeys }: KeyPlace): boolean =>
  // In this order: who makes them places the private one first.
  privateKeys === undefined && exists(join(folder, PUBLIC)) && !exists(privateFile);

/**
 * The worker's keys, made at the first start: the private file with mode 0600, and the public file,
 * which is all that the bot and the web read. Two first starts at once agree on one key. Throws
 * where the public file says that there was a private key: a new one would open nothing of before.
 */
export const loadOrCreateKeys = async (place: string | KeyPlace): Promise<PrivateKey[]> => {
  const { folder, privateFile, privateKeys } = placeOf(place);
  if (isPublicAlone(placeOf(place)))
    throw new SealingError(
      'bad-key',
      `The private key is not at ${privateFile}, and ${join(folder, PUBLIC)} says that there is one. Bring it back from where you keep it. If it is lost for good, remove that public file, and say so: swivel-sync rotate-key --lost makes a new key, and holders link again.`,
    );
  makePrivateFolder(folder);
  if (privateKeys === undefined && !exists(privateFile)) {
    makePrivateFolder(dirname(privateFile));
    placeNew(privateFile, serializePrivate([await generateKey()]));
  }
  const keys = readPrivateKeys(place);
  publish(folder, keys);
  return keys;
};

export const readPrivateKeys = (place: string | KeyPlace): PrivateKey[] => {
  const { privateFile, privateKeys } = placeOf(place);
  return privateKeys === undefined
    ? readPrivateFile(privateFile)
    : parsePrivateKeys(privateKeys.reveal());
};

/** Seals to the newest key of the public file, read again each time: a rotation reaches who runs. */
export const sealerOf = ({ folder }: KeyPlace): Sealer =>
  createSealer(() => loadPublicKeys(folder));

/** Opens by these keys, and by those that a rotation has added since. */
export const openerOf = (place: KeyPlace, keys: readonly PrivateKey[]): Opener =>
  createOpener(keys, () => readPrivateKeys(place));

const placeOf = (place: string | KeyPlace): KeyPlace =>
  typeof place === 'string' ? keyPlaceIn(place) : place;

/** The public part alone; never looks at the private file. Throws when the worker never started. */
export const loadPublicKeys = (dir: string): PublicKey[] => {
  const file = join(dir, PUBLIC);
  if (!exists(file))
    throw new SealingError('bad-key', `There is no public key at ${file}; the worker makes it.`);
  return parse(publicFile, readFileSync(file, 'utf8'), file).keys.map(({ publicKey }) => ({
    id: keyId(publicKey),
    publicKey,
  }));
};

/** Their ids; none where the worker never started, or the file is not one. */
export const publicKeyIds = (dir: string): string[] => {
  try {
    return loadPublicKeys(dir).map(({ id }) => id);
  } catch (error) {
    if (error instanceof SealingError) return [];
    throw error;
  }
};

/** Private keys handed over as text (the content of the private file), as by an environment. */
export const parsePrivateKeys = (text: string, from = 'PRIVATE_KEYS'): PrivateKey[] => {
  const problem = problemOfKeys(text);
  if (problem !== undefined) throw new SealingError('bad-key', `${from} ${problem}.`);
  return parse(privateFile, text, from).keys.map(({ publicKey, privateKey }) => ({
    id: keyId(publicKey),
    publicKey,
    privateKey: new Secret(privateKey),
  }));
};

/** Why a text is not the content of a private file, without a word of it; undefined where it is. */
export const problemOfKeys = (text: string): string | undefined => {
  const content = jsonOf(text);
  const read = privateFile.safeParse(content);
  if (!read.success)
    return publicFile.safeParse(content).success
      ? `lacks a private key: it is ${PUBLIC}, or a part of it, and ${PRIVATE} is wanted`
      : `is not the content of ${PRIVATE}`;
  const bad = read.data.keys.find((key) => !isPair(key));
  return bad === undefined
    ? undefined
    : `holds the key ${keyId(bad.publicKey)}, whose private half is not its own`;
};

/** Adds a key that new secrets are sealed to; the older ones stay, to open what they sealed. */
export const rotateKeys = async (place: string | KeyPlace): Promise<PrivateKey[]> =>
  replaceKeys(place, [...(await loadOrCreateKeys(place)), await generateKey()]);

/** Forgets every key but the newest: what they sealed is opened by nobody again. */
export const retireKeys = (place: string | KeyPlace): PrivateKey[] =>
  replaceKeys(place, readPrivateKeys(place).slice(-1));

const replaceKeys = (place: string | KeyPlace, keys: PrivateKey[]): PrivateKey[] => {
  const { folder, privateFile, privateKeys } = placeOf(place);
  if (privateKeys !== undefined)
    throw new SealingError(
      'bad-key',
      'PRIVATE_KEYS holds the keys, and no program changes an environment. Put them into a file and name it in PRIVATE_KEY_FILE.',
    );
  // A worker that meets the new key must find it, so it is never published first.
  replace(privateFile, serializePrivate(keys), 0o600);
  publish(folder, keys);
  return keys;
};

const readPrivateFile = (file: string): PrivateKey[] => {
  const mode = statSync(file).mode & 0o077;
  if (mode !== 0 && process.platform !== 'win32')
    throw new SealingError('bad-key', `${file} can be read by others; set its mode to 0600.`);
  return parsePrivateKeys(readFileSync(file, 'utf8'), file);
};

const publish = (dir: string, keys: readonly PrivateKey[]): void => {
  const text = write({ keys: keys.map(({ id, publicKey }) => ({ id, publicKey })) });
  const file = join(dir, PUBLIC);
  if (!exists(file) || readFileSync(file, 'utf8') !== text) replace(file, text, 0o644);
};

const serializePrivate = (keys: readonly PrivateKey[]): string =>
  write({
    keys: keys.map(({ id, publicKey, privateKey }) => ({
      id,
      publicKey,
      privateKey: privateKey.reveal(),
    })),
  });

const write = (content: unknown): string => `${JSON.stringify(content, undefined, 2)}\n`;

const parse = <T>(schema: z.ZodType<T>, text: string, file: string): T => {
  const read = schema.safeParse(jsonOf(text));
  if (read.success) return read.data;
  throw new SealingError('bad-key', `${file} is not a key file.`);
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message may quote the key.
    return undefined;
  }
};

const exists = (file: string): boolean => statSync(file, { throwIfNoEntry: false }) !== undefined;

/** A hard link appears whole and fails when the name is taken, so the first of two wins. */
const placeNew = (file: string, text: string): void => {
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!exists(file)) throw error;
  } finally {
    rmSync(draft);
  }
};

const replace = (file: string, text: string, mode: number): void => {
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, text, { mode, flag: 'wx' });
  renameSync(draft, file);
};
