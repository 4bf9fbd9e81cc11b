import { monotonicFactory } from 'ulid';
import type { Clock } from '#shared/clock.ts';

/** Ids that sort by the moment they were made, also within one millisecond. */
export const idMaker = (clock: Clock): (() => string) => {
  const next = monotonicFactory();
  return () => next(clock());
};
