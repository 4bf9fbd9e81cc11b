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

/** How it is tried again within its day; never what only a person can mend. */
type Retry = 'backoff' | 'cool-down' | 'hours';

/** On which days the background reads the policy again, where that is not each day. */
type Days = 'business' | 'weekly-after-two';

/** What a person is needed for. */
export type Need =
  | 'link'
  | 'code'
  | 'run'
  | 'doubt'
  | 'status'
  | 'number'
  | 'search'
  | 'portal'
  | 'old';

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
  | 'release'
  | 'ask-support'
  | 'confirm-values';

interface Rule {
  status: SyncStatus;
  retry?: Retry;
  blame: Blame;
  offer: readonly Offer[];
  needs?: Need;
  days?: Days;
}

export const REASONS = {
  waiting: { status: 'queued', blame: 'none', offer: ['cancel'] },
  'source-busy': { status: 'queued', blame: 'none', offer: ['cancel'] },
  'waiting-for-link': { status: 'queued', blame: 'user', offer: ['link', 'cancel'], needs: 'link' },
  'on-hold': { status: 'queued', blame: 'user', offer: ['release', 'cancel'] },
  'carrier-paused': { status: 'queued', blame: 'agent', offer: ['cancel'] },

  'signing-in': { status: 'in-progress', blame: 'none', offer: [] },
  'code-needed': { status: 'in-progress', blame: 'user', offer: ['enter-code'], needs: 'code' },
  reading: { status: 'in-progress', blame: 'none', offer: [] },
  'searching-again': { status: 'in-progress', blame: 'none', offer: [] },

  changed: { status: 'success', blame: 'none', offer: [] },
  unchanged: { status: 'success', blame: 'none', offer: [] },
  stale: {
    status: 'success',
    blame: 'site',
    offer: ['guide', 're-run'],
    needs: 'old',
    days: 'business',
  },
  'status-drift': {
    status: 'success',
    blame: 'user',
    offer: ['update-status', 'guide', 're-run'],
    needs: 'status',
  },
  partial: { status: 'success', blame: 'site', offer: ['re-run'] },

  'number-mismatch': {
    status: 'not-found',
    blame: 'user',
    offer: ['fix-number', 're-run'],
    needs: 'number',
  },
  'other-login': { status: 'not-found', blame: 'user', offer: ['other-source'], needs: 'search' },
  gone: {
    status: 'not-found',
    blame: 'user',
    offer: ['guide', 're-run'],
    needs: 'search',
    days: 'weekly-after-two',
  },
  'never-seen': { status: 'not-found', blame: 'user', offer: ['guide', 're-run'], needs: 'search' },

  'bad-credentials': { status: 'needs-link', blame: 'user', offer: ['link'], needs: 'link' },
  'password-expired': { status: 'needs-link', blame: 'user', offer: ['link'], needs: 'link' },
  'session-ended': { status: 'needs-link', blame: 'user', offer: ['link'], needs: 'link' },
  'code-rejected': { status: 'needs-link', blame: 'user', offer: ['link'], needs: 'link' },
  'code-timed-out': { status: 'needs-link', blame: 'user', offer: ['link'], needs: 'link' },
  'code-asked': { status: 'needs-link', blame: 'user', offer: ['link'], needs: 'link' },
  // Nobody linked it in time. A link starts nothing then: the person may not want it any more.
  'not-linked': { status: 'needs-link', blame: 'user', offer: ['re-run'], needs: 'link' },
  'lockout-risk': {
    status: 'needs-link',
    blame: 'user',
    offer: ['unlock-then-link'],
    needs: 'link',
  },
  locked: { status: 'needs-link', blame: 'user', offer: ['unlock-then-link'], needs: 'link' },

  'action-needed': {
    status: 'failed',
    blame: 'user',
    offer: ['open-portal', 're-run'],
    needs: 'portal',
  },
  'session-conflict': {
    status: 'failed',
    retry: 'cool-down',
    blame: 'user',
    offer: ['run-when-done', 're-run'],
    needs: 'run',
  },
  'carrier-down': { status: 'failed', retry: 'backoff', blame: 'site', offer: ['re-run'] },
  blocked: { status: 'failed', retry: 'hours', blame: 'site', offer: [] },
  'portal-changed': { status: 'failed', blame: 'agent', offer: ['re-run', 'ask-support'] },
  implausible: {
    status: 'failed',
    blame: 'user',
    offer: ['confirm-values', 're-run', 'ask-support'],
    needs: 'doubt',
  },

  cancelled: { status: 'cancelled', blame: 'none', offer: ['re-run'] },
} as const satisfies Record<string, Rule>;

export type Reason = keyof typeof REASONS;

/** The reasons that stand beneath one status. */
export type ReasonOf<S extends SyncStatus> = {
  [R in Reason]: (typeof REASONS)[R]['status'] extends S ? R : never;
}[Reason];

export type EndedStatus = 'success' | 'not-found' | 'needs-link' | 'failed' | 'cancelled';

export const isEnded = (status: SyncStatus): status is EndedStatus =>
  status !== 'queued' && status !== 'in-progress';

const ruleOf = (reason: Reason): Rule => REASONS[reason];

export const statusOf = (reason: Reason): SyncStatus => REASONS[reason].status;
export const retryOf = (reason: Reason): Retry | undefined => ruleOf(reason).retry;
/** What a person is needed for; of several, whoever acts says which of them it can tell of. */
export const needOf = (reason: Reason): Need | undefined => ruleOf(reason).needs;
export const daysOf = (reason: Reason): Days | undefined => ruleOf(reason).days;
export const offersOf = (reason: Reason): readonly Offer[] => REASONS[reason].offer;

/** Why a carrier is paused: our adapter does not understand it, it shuts us out, or a person said so. */
export type PauseReason = 'portal-changed' | 'blocked' | 'by-hand';
