/** Something that runs every so often; its end waits for the round under way. */
export interface Loop extends AsyncDisposable {
  /** A whole round that begins after this call, and its end. */
  now: () => Promise<void>;
}

/**
 * One round at a time: a round that is still under way is not joined by another. A failed round is
 * told and followed by the next. The signal aborts when the loop ends.
 */
export const every = (
  ms: number,
  round: (signal: AbortSignal) => Promise<void>,
  onError: (error: unknown) => void,
): Loop => {
  const ended = new AbortController();
  let last = Promise.resolve();
  let waiting = 0;
  const run = async (): Promise<void> => {
    try {
      if (!ended.signal.aborted) await round(ended.signal);
    } catch (error) {
      // A round that the end broke off rejects with the end itself; whatever else failed is told.
      if (error !== ended.signal.reason) onError(error);
    } finally {
      waiting -= 1;
    }
  };
  const next = (): Promise<void> => {
    waiting += 1;
    last = last.then(run);
    return last;
  };
  const timer = setInterval(() => {
    if (waiting === 0) void next();
  }, ms);
  return {
    now: next,
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      ended.abort(new Error('it stops'));
      await last;
    },
  };
};

export interface Step {
  name: string;
  run: () => Promise<void>;
}

/**
 * Each step for itself: one that fails is told by its name, and never stops the next. An aborted
 * signal ends the round between two steps. The next one waits for what `onError` gives.
 */
export const runSteps = async (
  steps: readonly Step[],
  onError: (step: string, error: unknown) => unknown,
  signal?: AbortSignal,
): Promise<void> => {
  for (const { name, run } of steps) {
    if (signal?.aborted === true) return;
    try {
      await run();
    } catch (error) {
      await onError(name, error);
    }
  }
};
