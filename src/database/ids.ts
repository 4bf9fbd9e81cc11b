import { monotonicFactory } from 'ulid';
import type { Clock } from '#shared/clock.ts';

/** A process has one clock; its tests have many. */
const makers = new WeakMap<Clock, (at: number) => string>();

/** An id that sorts by the moment it was made, also within one millisecond. */
export const nextId = (clock: Clock): string => {
  const make = makers.get(clock) ?? monotonicFactory();
  makers.set(clock, make);
  return make(clock());
};

export const idMaker =
  (clock: Clock): (() => string) =>
  () =>
    nextId(clock);
