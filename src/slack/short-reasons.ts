import type { Reason } from '#shared/outcome.ts';

/** The reason in a few words beside the status; empty where the status says it all. */
export const SHORT_REASONS: Record<Reason, string> = {
  waiting: '',
  'source-busy': 'the login source is busy',
  'waiting-for-link': 'not linked yet',
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
  'other-login': 'another login might see it',
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
  'session-conflict': 'someone is in the portal',
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
