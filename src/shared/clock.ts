/** The event loop's other work goes first: acks of Slack, renewals of leases and locks. */
export const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
/** Epoch milliseconds. Handed in, so that tests own the time. */
export type Clock = () => number;
