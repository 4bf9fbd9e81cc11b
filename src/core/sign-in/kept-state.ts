import type { Secret } from '#shared/secret.ts';
import type { Lease } from '#core/logins/lease.ts';

/** Cookies and storage of a session, sealed between sessions. */
export interface KeptStateStore {
  /** `signedIn`: of a session that has not ended yet, as far as is known. */
  keptState: (sourceId: string) => Promise<{ state: Secret; signedIn: boolean } | undefined>;
  keepState: (lease: Lease, state: Secret) => Promise<void>;
  /**
   * The session has ended. What makes the portal remember the device stays, while it does and while
   * somebody agrees to what is kept.
   */
  endState: (sourceId: string) => Promise<void>;
  /** The remembered device, for who agreed to keep it; epoch ms until which it is remembered. */
  deviceOf: (
    sourceId: string,
    personId: string,
  ) => Promise<{ state: Secret; trustedUntil: number } | undefined>;
}
