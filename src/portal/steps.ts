import type { Page, Request, Response } from 'playwright';
import { StepEnded, failure, failureOfStatus } from './failure.ts';

/** Rejects with the signal's reason once it aborts; call `stop` when nobody waits any more. */
const aborted = (signal: AbortSignal): { promise: Promise<never>; stop: () => void } => {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason as Error);
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort);
  promise.catch(() => {});
  return { promise, stop: () => signal.removeEventListener('abort', onAbort) };
};

/** A signal that follows another, and may be told to follow a third instead. */
export const followSignal = (first: AbortSignal) => {
  const own = new AbortController();
  let followed = first;
  const onAbort = (): void => own.abort(followed.reason);
  const follow = (signal: AbortSignal): void => {
    followed.removeEventListener('abort', onAbort);
    followed = signal;
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort);
  };
  follow(first);
  return {
    signal: own.signal,
    follow,
    stop: (): void => followed.removeEventListener('abort', onAbort),
  };
};

/** Rejects when the time is up; may be stopped and started again, each time with all of it. */
export const deadline = (ms: number) => {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  const up = (): void => reject(new StepEnded(failure('carrier-down', 'The portal took too long')));
  let timer = setTimeout(up, ms);
  return {
    promise,
    stop: (): void => clearTimeout(timer),
    start: (): void => {
      clearTimeout(timer);
      timer = setTimeout(up, ms);
    },
  };
};

/**
 * The work, unless the signal aborts, the time is up or one of `ends` rejects before. Work that lost
 * goes on unobserved: its page must not be used again.
 */
export const step = async <T>(
  options: { signal: AbortSignal; limitMs?: number; ends?: readonly Promise<never>[] },
  work: () => Promise<T>,
): Promise<T> => {
  const { signal, limitMs, ends = [] } = options;
  signal.throwIfAborted();
  const abort = aborted(signal);
  const late = limitMs === undefined ? undefined : deadline(limitMs);
  const running = work();
  running.catch(() => {});
  try {
    return await Promise.race([running, abort.promise, ...(late ? [late.promise] : []), ...ends]);
  } catch (error) {
    // Closing the context makes the work fail by itself, perhaps before the race hears of the abort.
    signal.throwIfAborted();
    throw error;
  } finally {
    late?.stop();
    abort.stop();
  }
};

/** The work or the time, whichever ends first, and whether it was the work, whose error is swallowed. */
export const withinTime = async (
  work: Promise<unknown> | undefined,
  ms: number,
): Promise<boolean> => {
  const timer = Promise.withResolvers<boolean>();
  const end = setTimeout(() => timer.resolve(false), ms);
  const done = (async (): Promise<boolean> => {
    await work?.catch(() => {});
    return true;
  })();
  const ended = await Promise.race([done, timer.promise]);
  clearTimeout(end);
  return ended;
};

/**
 * Rejects as soon as the page turns into something that ends a read: an error page, or what `judge`
 * finds on a new page, in a frame or in a window that it opened. So a read does not wait out its time
 * for an element that cannot come.
 */
export const watchPage = (
  page: Page,
  judge: () => Promise<StepEnded | undefined>,
): { seen: Promise<never>; stop: () => void } => {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  let stopped = false;
  let status = 0;
  const answered = (response: Response): void => {
    if (isMainDocument(page, response.request())) status = response.status();
  };
  const ending = async (): Promise<StepEnded | undefined> => {
    const found = await judge();
    const refused = failureOfStatus(status);
    return found ?? (refused && new StepEnded(refused));
  };
  const onNavigated = async (): Promise<void> => {
    try {
      // A single page may flash its sign-in while it starts: what is true stays.
      for (let looks = 0; looks < 2; looks += 1) {
        await new Promise((resolve) => setTimeout(resolve, 150));
        const found = stopped ? undefined : await ending();
        if (!found) return;
        if (looks === 1) reject(found);
      }
    } catch {
      // The page went away meanwhile: the step itself fails then.
    }
  };
  const navigated = (): void => void onNavigated();
  const opened = (popup: Page): void => void popup.on('framenavigated', navigated);
  const failed = (request: Request): void => {
    if (!isMainDocument(page, request)) return;
    if (/ERR_ABORTED|BLOCKED_BY_CLIENT|TOO_MANY_REDIRECTS/.test(request.failure()?.errorText ?? ''))
      return;
    reject(new StepEnded(failure('carrier-down', 'The portal could not be reached')));
  };
  page.on('response', answered);
  page.on('framenavigated', navigated);
  page.on('popup', opened);
  page.on('requestfailed', failed);
  return {
    seen: promise,
    stop: () => {
      stopped = true;
      page.off('response', answered);
      page.off('framenavigated', navigated);
      page.off('popup', opened);
      page.off('requestfailed', failed);
    },
  };
};

const isMainDocument = (page: Page, request: Request): boolean =>
  request.isNavigationRequest() && request.frame() === page.mainFrame();
