import type { CarrierFacts } from '#portal/portal.ts';
import type { SignInFailure } from '#core/logins/standing.ts';

/** A sign-in that did not work, as a person reads it. */
export interface FailureWords {
  title: string;
  what: string;
  next: string;
  /** `now`: the fields are shown at once. `later`: something else comes first. */
  again: 'now' | 'later';
  /** Whether the next step is at the carrier's own portal. */
  atPortal: boolean;
}

/** On the link page and in Slack, where what was typed cannot be a code. */
export const NOT_A_CODE = 'Enter the code as you received it, nothing else.';

/** `submitted`: the password has left for the carrier. */
export const failureWords = (
  reason: SignInFailure,
  carrier: CarrierFacts,
  submitted: boolean,
): FailureWords => {
  const { name } = carrier;
  switch (reason) {
    case 'bad-credentials':
      return now(
        submitted ? `${name} refused the user ID or password` : `${name} refused the user ID`,
        submitted
          ? 'They were sent once, and the password is deleted here.'
          : 'It stopped before the password, which was not sent and is deleted here.',
        'Check both below. If you are not sure, sign in at the portal yourself first.',
      );
    case 'code-rejected':
      return now(
        `${name} did not accept the code`,
        'The sign-in has ended. What you typed is deleted here.',
        'Sign in again for a new code, and use the newest one you receive.',
      );
    case 'code-timed-out':
      return now(
        'No code came in time',
        `${name} waits only a few minutes for a code. The sign-in has ended.`,
        'Sign in again when you have the phone or mailbox that gets the code beside you.',
      );
    case 'code-asked':
      return now(
        `${name} asks for a code`,
        'Only a person can give it, so the sign-in has ended.',
        'Sign in again, and enter the code here when it is asked for.',
      );
    case 'not-started':
      return now(
        'The sign-in did not start',
        `Nothing was sent to ${name}, and what you typed is deleted here.`,
        'Try again. If this comes back, tell your support.',
      );
    case 'session-ended':
      return now(
        `${name} ended the session`,
        'The portal closed the sign-in before it was done.',
        'Try once more.',
      );
    case 'interrupted':
      return later(
        'The sign-in was interrupted',
        `We do not know whether ${name} got your password. It is deleted here, and nothing will be sent again unless you do it.`,
        'You can sign in again now.',
      );
    case 'password-expired':
      return atPortal(
        `Your password at ${name} has expired`,
        'The portal asks for a new one before it lets anybody in.',
        'Choose a new password at the portal, then sign in here with it.',
      );
    case 'lockout-risk':
      return atPortal(
        `We stopped before ${name} locks this login`,
        'Too few tries are left there, so nothing was sent. What you typed is deleted here.',
        carrier.unlockSteps,
      );
    case 'locked':
      return atPortal(
        `${name} has locked this login`,
        'Nothing more is sent until you sign in again here.',
        carrier.unlockSteps,
      );
    case 'action-needed':
      return atPortal(
        `${name} wants something from you first`,
        'The portal shows a page that only you can answer, such as new terms or setting up a code.',
        'Sign in at the portal, do what it asks, and come back.',
      );
    case 'session-conflict':
      return atPortal(
        `This login is in use at ${name}`,
        'The portal allows one session at a time, and there is one already.',
        'Sign out at the portal, wait a few minutes, then sign in here again.',
      );
    case 'carrier-down':
      return later(
        `${name} is not answering`,
        'The portal is down or too slow at the moment. Nothing is wrong with your login.',
        'Try again in a while.',
      );
    case 'blocked':
      return later(
        `${name} turned our visit away`,
        'This is between the carrier and us, and nothing you did. Our operators see it.',
        'Try again tomorrow, or ask your support.',
      );
    case 'portal-changed':
      return later(
        `We can't read ${name}'s page`,
        'The portal looks different from what we know. We are the ones to fix that.',
        'Try again later. Until it is fixed, the portal itself shows your values.',
      );
  }
};

type Words = (title: string, what: string, next: string) => FailureWords;

const now: Words = (title, what, next) => ({ title, what, next, again: 'now', atPortal: false });
const later: Words = (title, what, next) => ({
  title,
  what,
  next,
  again: 'later',
  atPortal: false,
});
const atPortal: Words = (title, what, next) => ({
  title,
  what,
  next,
  again: 'later',
  atPortal: true,
});
