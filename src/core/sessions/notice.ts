import type { EndedStatus, Reason } from '#shared/outcome.ts';

interface OfSync {
  syncId: string;
  carrierId: string;
  forced: boolean;
  /** Whose cards show it. */
  requests: readonly string[];
}

/** What a session did, for the log and the metrics: ids and reasons, nothing of a policy or a person. */
export type Notice =
  /**
   * `waitedMs`: since it could run first, of one that a person asked for. `deaths`: of the sessions in
   * a row that ended with their process at it.
   */
  | ({ kind: 'sync-began'; waitedMs?: number; deaths?: number } & OfSync)
  | ({ kind: 'sync-ended'; status: EndedStatus | 'needs-link'; reason: Reason } & OfSync)
  | ({ kind: 'sync-put-off'; reason: Reason } & OfSync)
  | {
      kind: 'sign-in';
      carrierId: string;
      by: 'itself' | 'person';
      outcome: 'signed-in' | Reason;
    };

export type OnNotice = (notice: Notice) => void;

export const ofSync = (sync: {
  id: string;
  policy: { carrierId: string };
  forced: boolean;
  requests: readonly string[];
}): OfSync => ({
  syncId: sync.id,
  carrierId: sync.policy.carrierId,
  forced: sync.forced,
  requests: sync.requests,
});
