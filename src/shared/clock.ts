const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** A turn of the event loop in which nobody did anything is shorter. */
const IDLE_MS = 1;
const MOST_MS = 25;

/**
 * The event loop's other work goes first: acks of Slack, renewals of leases and locks. One turn is not
 * enough: an ack is a dozen of them, each of which would wait for a step of whoever breathes.
 */
export const breathe = async (): Promise<void> => {
  const began = performance.now();
  for (let before = began; ;) {
    await turn();
    const now = performance.now();
    if (now - before < IDLE_MS || now - began > MOST_MS) return;
    before = now;
  }
};

/** Epoch milliseconds. Handed in, so that tests own the time. */
export type Clock = () => number;

/** In milliseconds. A day of a calendar may be an hour longer, or shorter. */
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/**
 * Right clocks differ by less. What is written down further ahead of now than this comes from a clock
 * that has been set back since.
 */
export const SKEW = 60 * MINUTE;

/** Asks anew at most every `ms`, and shares what it is told until then; a failure is shared by nobody. */
export const askedEvery = <Told>(
  ms: number,
  clock: Clock,
  ask: () => Promise<Told>,
): (() => Promise<Told>) => {
  let last: { at: number; told: Promise<Told> } | undefined;
  return () => {
    const now = clock();
    if (last !== undefined && last.at <= now && now < last.at + ms) return last.told;
    const asked = { at: now, told: ask() };
    last = asked;
    asked.told.catch(() => {
      if (last === asked) last = undefined;
    });
    return asked.told;
  };
};
