/**
 * What can happen to a sync, as one table: under each status people know from the CRM we keep a
 * reason; the reason alone decides what is retried, who is to blame and what the person is offered.
 */
export type SyncStatus =
  | 'queued'
  | 'in-progress'
  | 'success'
  | 'not-found'
  | 'needs-link'
  | 'failed'
  | 'cancelled';

/** `site` is the carrier, `agent` our adapter; it decides who is told. */
type Blame = 'none' | 'user' | 'site' | 'agent';

/** `never` also means: no path may submit a credential again for this reason. */
type Retry = 'none' | 'never' | 'once' | 'backoff' | 'cool-down' | 'next-business-day' | 'hours';

export type Offer =
  | 'cancel'
  | 'enter-code'
  | 'guide'
  | 're-run'
  | 'update-status'
  | 'fix-number'
  | 'other-source'
  | 'link'
  | 'unlock-then-link'
  | 'open-portal'
  | 'run-when-done'
  | 'ask-support'
  | 'confirm-values';

interface Rule {
  status: SyncStatus;
  retry: Retry;
  blame: Blame;
  offer: readonly Offer[];
}

export const REASONS = {
  waiting: { status: 'queued', retry: 'none', blame: 'none', offer: ['cancel'] },
  'source-busy': { status: 'queued', retry: 'none', blame: 'none', offer: ['cancel'] },
  'waiting-for-link': { status: 'queued', retry: 'none', blame: 'user', offer: ['link', 'cancel'] },
  'on-hold': { status: 'queued', retry: 'none', blame: 'user', offer: ['cancel'] },
  'carrier-paused': { status: 'queued', retry: 'none', blame: 'agent', offer: ['cancel'] },

  'signing-in': { status: 'in-progress', retry: 'none', blame: 'none', offer: [] },
  'code-needed': { status: 'in-progress', retry: 'none', blame: 'user', offer: ['enter-code'] },
  reading: { status: 'in-progress', retry: 'none', blame: 'none', offer: [] },
  'searching-again': { status: 'in-progress', retry: 'none', blame: 'none', offer: [] },

  changed: { status: 'success', retry: 'none', blame: 'none', offer: [] },
  unchanged: { status: 'success', retry: 'none', blame: 'none', offer: [] },
  stale: {
    status: 'success',
    retry: 'next-business-day',
    blame: 'site',
    offer: ['guide', 're-run'],
  },
  'status-drift': {
    status: 'success',
    retry: 'none',
    blame: 'user',
    offer: ['update-status', 'guide', 're-run'],
  },
  partial: { status: 'success', retry: 'once', blame: 'site', offer: ['re-run'] },

  'number-mismatch': {
    status: 'not-found',
    retry: 'none',
    blame: 'user',
    offer: ['fix-number', 're-run'],
  },
  'other-login': { status: 'not-found', retry: 'none', blame: 'user', offer: ['other-source'] },
  gone: { status: 'not-found', retry: 'once', blame: 'user', offer: ['guide', 're-run'] },
  'never-seen': { status: 'not-found', retry: 'none', blame: 'user', offer: ['guide', 're-run'] },

  'bad-credentials': { status: 'needs-link', retry: 'never', blame: 'user', offer: ['link'] },
  'password-expired': { status: 'needs-link', retry: 'never', blame: 'user', offer: ['link'] },
  'session-ended': { status: 'needs-link', retry: 'never', blame: 'user', offer: ['link'] },
  'code-rejected': { status: 'needs-link', retry: 'never', blame: 'user', offer: ['link'] },
  'code-timed-out': { status: 'needs-link', retry: 'never', blame: 'user', offer: ['link'] },
  'code-asked': { status: 'needs-link', retry: 'never', blame: 'user', offer: ['link'] },
  // Nobody linked it in time. A link starts nothing then: the person may not want it any more.
  'not-linked': { status: 'needs-link', retry: 'never', blame: 'user', offer: ['re-run'] },
  'lockout-risk': {
    status: 'needs-link',
    retry: 'never',
    blame: 'user',
    offer: ['unlock-then-link'],
  },
  locked: { status: 'needs-link', retry: 'never', blame: 'user', offer: ['unlock-then-link'] },

  'action-needed': {
    status: 'failed',
    retry: 'never',
    blame: 'user',
    offer: ['open-portal', 're-run'],
  },
  'session-conflict': {
    status: 'failed',
    retry: 'cool-down',
    blame: 'user',
    offer: ['run-when-done', 're-run'],
  },
  'carrier-down': { status: 'failed', retry: 'backoff', blame: 'site', offer: ['re-run'] },
  blocked: { status: 'failed', retry: 'hours', blame: 'site', offer: [] },
  'portal-changed': {
    status: 'failed',
    retry: 'none',
    blame: 'agent',
    offer: ['re-run', 'ask-support'],
  },
  implausible: {
    status: 'failed',
    retry: 'none',
    blame: 'user',
    offer: ['confirm-values', 're-run', 'ask-support'],
  },

  cancelled: { status: 'cancelled', retry: 'none', blame: 'none', offer: ['re-run'] },
} as const satisfies Record<string, Rule>;

export type Reason = keyof typeof REASONS;

/** The reasons that stand beneath one status. */
export type ReasonOf<S extends SyncStatus> = {
  [R in Reason]: (typeof REASONS)[R]['status'] extends S ? R : never;
}[Reason];

export type EndedStatus = 'success' | 'not-found' | 'needs-link' | 'failed' | 'cancelled';

export const isEnded = (status: SyncStatus): status is EndedStatus =>
  status !== 'queued' && status !== 'in-progress';

export const statusOf = (reason: Reason): SyncStatus => REASONS[reason].status;
export const retryOf = (reason: Reason): Retry => REASONS[reason].retry;
export const offersOf = (reason: Reason): readonly Offer[] => REASONS[reason].offer;

/** Why a carrier is paused: our adapter does not understand it, it shuts us out, or a person said so. */
export type PauseReason = 'portal-changed' | 'blocked' | 'by-hand';
