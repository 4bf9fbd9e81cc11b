import type { Clock } from '#shared/clock.ts';

/** Rounds that a process must come to the end of again and again, each within so many ms. */
export interface Pulse<Round extends string> {
  /** A round has ended. */
  beat: (round: Round) => void;
  /** Runs one. One that failed has ended as well: what failed it is told, and a start anew mends none of it. */
  round: (round: Round, run: () => Promise<void>) => Promise<void>;
  /** What did not end when it should have, in words; nothing while all is well. */
  late: () => string[];
  /** How long ago each ended, ms. */
  ages: () => Readonly<Record<Round, number>>;
}

/**
 * That a process is alive is what it does, not that it answers: a sweep that hangs leaves a server that
 * says "ok". A start counts as a round.
 */
export const createPulse = <Round extends string>(
  clock: Clock,
  within: Readonly<Record<Round, number>>,
): Pulse<Round> => {
  const names = Object.keys(within) as Round[];
  const ended = new Map(names.map((name) => [name, clock()]));
  const age = (name: Round): number => Math.max(0, clock() - (ended.get(name) ?? 0));
  const beat = (name: Round): void => void ended.set(name, clock());
  return {
    beat,
    round: (name, run) => run().finally(() => beat(name)),
    late: () =>
      names
        .filter((name) => age(name) > within[name])
        .map(
          (name) =>
            `the ${name} has not ended for ${Math.round(age(name) / 1000)} seconds: start this process again`,
        ),
    ages: () => Object.fromEntries(names.map((name) => [name, age(name)])) as Record<Round, number>,
  };
};
