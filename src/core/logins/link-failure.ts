import type { TroubleReason } from '#portal/portal.ts';

/** `not-started`: no worker took it in time. `interrupted`: the worker stopped in the middle. */
export type SignInFailure = TroubleReason | 'not-started' | 'interrupted';
