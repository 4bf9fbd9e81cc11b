import type { Reason } from '#shared/outcome.ts';
import type { ReportFilter } from '#core/policies/report-rules.ts';

export const count = (n: number): string => n.toLocaleString('en-US');

export const policies = (n: number): string => (n === 1 ? '1 policy' : `${count(n)} policies`);

export const FILTER_NAMES: Record<ReportFilter, string> = {
  all: 'All',
  success: 'Success',
  'not-found': 'Not Found',
  'not-synced': 'Not synced yet',
  'needs-link': 'Needs link',
  stale: 'Stale',
};

/** What a filter holds, beneath the buttons; `all` needs no words. */
export const FILTER_MEANINGS: Record<Exclude<ReportFilter, 'all'>, string> = {
  success: 'Success: the latest sync read the policy. Newest first.',
  'not-found': 'Not Found: the latest sync did not find the policy. Newest first.',
  'not-synced': 'Not synced yet: no success in the last 7 days. Never synced ones first.',
  'needs-link': 'Needs link: a sync waits until its login source is linked.',
  stale:
    'Stale: the newest value is older than this kind of product should show. Oldest value first.',
};

/** The reason in a few words beside the status; empty where the status says it all. */
export const SHORT_REASONS: Record<Reason, string> = {
  waiting: '',
  'source-busy': 'the login source is busy',
  'waiting-for-link': 'waits for a link',
  'on-hold': 'on hold',
  'carrier-paused': 'the carrier is paused',
  'signing-in': 'signing in',
  'code-needed': 'a code is needed',
  reading: 'reading',
  'searching-again': 'searching once more',
  changed: '',
  unchanged: 'nothing changed',
  stale: 'the carrier shows an old value',
  'status-drift': 'inactive at the carrier',
  partial: 'some values are missing',
  'number-mismatch': 'a close number exists',
  'other-login': 'another login may see it',
  gone: 'was there before',
  'never-seen': '',
  'bad-credentials': 'the password was refused',
  'password-expired': 'the password has expired',
  'session-ended': 'the carrier ended the link',
  'code-rejected': 'the code was refused',
  'code-timed-out': 'no code came in time',
  'code-asked': 'the carrier asks for a code',
  'not-linked': 'nobody linked it within a day',
  'lockout-risk': 'stopped to avoid a lockout',
  locked: 'the carrier locked the login',
  'action-needed': 'something to do in the portal first',
  'session-conflict': 'somebody is in the portal',
  'carrier-down': 'the carrier did not answer',
  blocked: 'the carrier is paused',
  'portal-changed': 'the portal has changed',
  implausible: 'values to confirm: sync it to decide',
  cancelled: '',
};

/** Why a login source is unlinked, after "unlinked"; unknown reasons say nothing. */
export const whyUnlinked = (reason: string | null): string => {
  if (reason === null) return '';
  if (reason === 'interrupted') return SHORT_REASONS['lockout-risk'];
  return reason in SHORT_REASONS ? SHORT_REASONS[reason as Reason] : '';
};
