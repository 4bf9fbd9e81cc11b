import type { PortalFailure, FailureReason } from './portal.ts';

/** The page is not the one the adapter was written for. The message must hold nothing personal. */
export class PortalChanged extends Error {
  override name = 'PortalChanged';
}

/** The portal answered a call of its own page with an HTTP status that refuses it. */
export class AnswerRefused extends Error {
  override name = 'AnswerRefused';
  readonly status: number;

  constructor(status: number) {
    super(`The portal answered with status ${status}`);
    this.status = status;
  }
}

/** No browser starts on this machine: nothing of a carrier or a login. Its message says what to do. */
export class NoBrowser extends Error {
  override name = 'NoBrowser';
}

/** Ends a step from outside, with what was seen. */
export class StepEnded extends Error {
  override name = 'StepEnded';
  readonly failure: PortalFailure;

  constructor(failure: PortalFailure) {
    super(failure.reason);
    this.failure = failure;
  }
}

export const failure = (reason: FailureReason, detail?: string): PortalFailure => ({
  kind: 'failure',
  reason,
  ...(detail === undefined ? {} : { detail }),
});

/** What a status alone says of a refused answer; undefined when it says nothing. */
export const failureOfStatus = (status: number): PortalFailure | undefined => {
  if (status === 401) return failure('session-ended');
  if (status === 429) return failure('blocked', 'The portal asks to come less often');
  if (status >= 500) return failure('carrier-down', `The portal answered with status ${status}`);
  return undefined;
};

/** Digits become 9, so that a message can tell the form of a text without its content. */
export const scrubbed = (message: string): string =>
  message
    .replaceAll(/\S+@\S+/g, 'an address')
    .replaceAll(/\d/g, '9')
    .slice(0, 200);

/** The page, its context or the whole browser went away under a call. */
export const isBrowserGone = (error: unknown): boolean =>
  error instanceof Error &&
  /has been closed|Target crashed|browser has disconnected/i.test(error.message);

/**
 * An error of a step as trouble. `portalSilent` tells that the portal owed an answer, or failed one,
 * when it came: then a missing element is the carrier's fault, not the adapter's.
 */
export const failureOf = (error: unknown, portalSilent: boolean): PortalFailure => {
  if (error instanceof StepEnded) return error.failure;
  if (error instanceof PortalChanged) {
    return portalSilent
      ? failure('carrier-down', 'The portal did not answer in time')
      : failure('portal-changed', scrubbed(error.message));
  }
  if (error instanceof AnswerRefused) {
    return failureOfStatus(error.status) ?? failure('portal-changed', error.message);
  }
  const message = error instanceof Error ? error.message : String(error);
  if (/TOO_MANY_REDIRECTS/.test(message))
    return failure('carrier-down', 'The portal redirects without end');
  if (/net::ERR_|NS_ERROR/.test(message))
    return failure('carrier-down', 'The portal could not be reached');
  if (isBrowserGone(error)) return failure('carrier-down', 'The browser ended during the step');
  // Playwright's messages hold addresses and searched texts; only the name of the call is told.
  const call = /^(?:\w+: )?([a-z]+\.\w+)/i.exec(message)?.[1] ?? 'the step';
  const navigation =
    /^page\.(goto|reload|waitFor(URL|LoadState|Response|Request|Navigation|Event))/;
  if (portalSilent || (/Timeout \d+ms/.test(message) && navigation.test(call)))
    return failure('carrier-down', 'The portal did not answer in time');
  return failure('portal-changed', `The page did not have what ${call} needs`);
};
