import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { Secret } from '#shared/secret.ts';
import type { Opener, Sealed, Sealer } from './sealed.ts';
import { Unusable } from './unusable.ts';

/** A raw X25519 public key, base64; the id is taken from the key itself. */
export interface PublicKey {
  id: string;
  publicKey: string;
}

export interface PrivateKey extends PublicKey {
  privateKey: Secret;
}

export class SealingError extends Unusable {
  override name = 'SealingError';
  readonly reason: 'unknown-key' | 'not-opened' | 'bad-key';

  constructor(reason: SealingError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** The keys of the firm are not on this machine: nothing of a login or a carrier, and another may have them. */
export class KeysAway extends Error {
  override name = 'KeysAway';
}

/** HPKE (RFC 9180), base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. */
const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

const INFO = bytes('swivel-sync sealed secret 1');
/** Length of the encapsulated X25519 key, which goes before the ciphertext. */
const ENCAPSULATED = 32;

export const generateKey = async (): Promise<PrivateKey> => {
  const pair = await suite.kem.generateKeyPair();
  const publicKey = base64(await suite.kem.serializePublicKey(pair.publicKey));
  const privateKey = base64(await suite.kem.serializePrivateKey(pair.privateKey));
  return { id: keyId(publicKey), publicKey, privateKey: new Secret(privateKey) };
};

/** Seals to the newest key, the last of the list as it is then. Throws SealingError when there is none. */
export const createSealer = (keys: readonly PublicKey[] | (() => readonly PublicKey[])): Sealer => {
  const newestKey = (): PublicKey => {
    const newest = (typeof keys === 'function' ? keys() : keys).at(-1);
    if (newest !== undefined) return newest;
    throw new SealingError('bad-key', 'There is no public key to seal to.');
  };
  newestKey();
  return {
    seal: async (secret, sourceId): Promise<Sealed> => {
      const newest = newestKey();
      const { enc, ct } = await suite.seal(
        { recipientPublicKey: await publicKeyOf(newest), info: INFO },
        bytes(secret.reveal()),
        bytes(sourceId),
      );
      return {
        keyId: newest.id,
        sealed: base64(Buffer.concat([Buffer.from(enc), Buffer.from(ct)])),
      };
    },
  };
};

/**
 * Opens what any of these keys was sealed for, so that a rotated key still opens what is old. `reload`
 * gives the keys as they are now, where one is missing: they may have been rotated meanwhile.
 */
export const createOpener = (
  keys: readonly PrivateKey[],
  reload: () => readonly PrivateKey[] = () => [],
): Opener => {
  const byId = new Map(keys.map((key) => [key.id, key]));
  const keyOf = (id: string): PrivateKey | undefined => {
    if (!byId.has(id)) for (const key of reload()) byId.set(key.id, key);
    return byId.get(id);
  };
  return {
    holds: (id) => keyOf(id) !== undefined,
    open: async ({ keyId, sealed }, sourceId): Promise<Secret> => {
      const key = keyOf(keyId);
      if (key === undefined)
        throw new SealingError('unknown-key', `No private key ${keyId} here opens this secret.`);
      const recipientKey = await privateKeyOf(key);
      const whole = Buffer.from(sealed, 'base64');
      try {
        const plain = await suite.open(
          { recipientKey, enc: bytes(whole.subarray(0, ENCAPSULATED)), info: INFO },
          bytes(whole.subarray(ENCAPSULATED)),
          bytes(sourceId),
        );
        return new Secret(Buffer.from(plain).toString('utf8'));
      } catch {
        // The cause is left out on purpose: nothing of a secret may travel in an error.
        throw new SealingError(
          'not-opened',
          'The sealed secret was altered, or it belongs to another login source.',
        );
      }
    },
  };
};

/** What is opened; undefined where its key is not here. Whoever asks goes on as if nothing was kept. */
export const openedIfHere = async (
  opener: Opener,
  sealed: Sealed,
  sourceId: string,
): Promise<Secret | undefined> => {
  try {
    return await opener.open(sealed, sourceId);
  } catch (error) {
    if (error instanceof SealingError && error.reason === 'unknown-key') return undefined;
    throw error;
  }
};

/** A short name for a key, the same wherever the key is. */
export const keyId = (publicKey: string): string =>
  createHash('sha256').update(publicKey).digest('hex').slice(0, 16);

/** What goes before the 32 bytes of a private X25519 key in PKCS #8 (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** Whether both halves are keys of this kind, and of each other. */
export const isPair = ({ publicKey, privateKey }: Record<'publicKey' | 'privateKey', string>) => {
  try {
    const key = Buffer.concat([PKCS8, Buffer.from(privateKey, 'base64')]);
    const half = createPublicKey(createPrivateKey({ key, format: 'der', type: 'pkcs8' }));
    const { x = '' } = half.export({ format: 'jwk' });
    return Buffer.from(x, 'base64url').equals(Buffer.from(publicKey, 'base64'));
  } catch {
    return false;
  }
};

const publicKeyOf = (key: PublicKey): Promise<CryptoKey> =>
  importKey(key, () =>
    suite.kem.importKey('raw', bytes(Buffer.from(key.publicKey, 'base64')), true),
  );

const privateKeyOf = (key: PrivateKey): Promise<CryptoKey> =>
  importKey(key, () =>
    suite.kem.importKey('raw', bytes(Buffer.from(key.privateKey.reveal(), 'base64')), false),
  );

const importKey = async (key: PublicKey, run: () => Promise<CryptoKey>): Promise<CryptoKey> => {
  try {
    return await run();
  } catch {
    throw new SealingError('bad-key', `The key ${key.id} is not a key of this kind.`);
  }
};

function bytes(from: string | ArrayBuffer | Uint8Array): ArrayBuffer {
  const view = typeof from === 'string' ? Buffer.from(from, 'utf8') : new Uint8Array(from);
  return new Uint8Array(view).buffer;
}

function base64(from: ArrayBuffer | Uint8Array): string {
  return Buffer.from(new Uint8Array(from)).toString('base64');
}
