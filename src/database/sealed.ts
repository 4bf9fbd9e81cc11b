import type { Secret } from '#shared/secret.ts';

/**
 * What is sealed. Of a sign-in: `credentials` and `seed-typed` as typed; `submitted`, which was given
 * to the portal and is opened by nobody again; `code`. Of a source: `password` and `seed` by consent,
 * `session` while it is signed in, and `device`, what is left of a session that has ended. Of a
 * person: `calendar`, the address of theirs.
 */
export type SecretKind =
  | 'credentials'
  | 'seed-typed'
  | 'submitted'
  | 'code'
  | 'password'
  | 'seed'
  | 'session'
  | 'device'
  | 'calendar';

/** What the database holds of a secret; `keyId` names the key that opens it. */
export interface Sealed {
  keyId: string;
  /** base64 */
  sealed: string;
}

/** Seals to the worker's public key; whoever holds this cannot open anything. */
export interface Sealer {
  seal: (secret: Secret, sourceId: string) => Promise<Sealed>;
}

/** Only the worker has one. Throws when the secret was altered or belongs to another login source. */
export interface Opener {
  open: (sealed: Sealed, sourceId: string) => Promise<Secret>;
  /** Whether the key is here, also where it was brought a moment ago. */
  holds: (keyId: string) => boolean;
}

/** Whose secret it is that a person gave for themselves: it ends with their access. */
export const personalSecret = (what: 'calendar', personId: string): string => `${what}:${personId}`;
