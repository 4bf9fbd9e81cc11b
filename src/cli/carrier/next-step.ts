import type { FailureReason } from '#portal/portal.ts';

/** What to do about each outcome, told to the author of the carrier. */
const STEPS: Record<FailureReason, string> = {
  'bad-credentials':
    'Check user name and password by hand at the portal before you try again: most lock a login after a few bad tries.',
  'password-expired': 'Choose a new password at the portal, then run this again.',
  'session-ended':
    'The portal showed its sign-in form again: check openHome and readPolicy, or sessionMinutes.',
  'code-rejected': 'Run this again and type the newest code.',
  'code-timed-out': 'Run this again, or set CARRIER_CODE.',
  'code-asked':
    'The portal asked for a code where none was expected: declare signIn.code, and codes.',
  'lockout-risk': 'Unlock the login at the portal first.',
  locked: "The login is locked. Unlock it as the carrier's unlockSteps say, then run this again.",
  'action-needed':
    'Sign in by hand, do what the portal asks for (accept terms, choose a second factor), then run this again.',
  'session-conflict': 'Somebody is signed in with this login: sign out there, then run this again.',
  'carrier-down':
    'Try again later. If the portal is up in a browser, check the origins of the carrier: what is outside them is refused.',
  blocked:
    'The portal wants to see a person, or fewer visits. Wait some hours; do not try again at once.',
  'portal-changed':
    'The page is not as the carrier expects. Look at it (--pictures DIR, --trace FILE), mend index, way or parse, and check again.',
};

export const nextStep = (reason: FailureReason): string => STEPS[reason];
