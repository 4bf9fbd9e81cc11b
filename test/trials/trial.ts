import type { Where } from '#test/support/where.ts';

/** What a trial found out: right when every figure is what it should be. */
export interface Figure {
  trial: string;
  name: string;
  value: number;
  unit: string;
  /** "= 0", "<= 20": what is right. */
  target: string;
  ok: boolean;
}

export interface TrialRun {
  /** The same seed gives the same random choices. */
  seed: number;
  /** As `npm test` runs it: minutes become seconds, by fewer repetitions of the same. */
  short: boolean;
  /** Where its firms live; else each has a file, one bot and one worker. */
  where?: Where;
  /** A line of progress, for whoever waits. */
  say: (line: string) => void;
}

export const BESIDE = ['equal', 'lowest'] as const;
export type Beside = (typeof BESIDE)[number];

/** Something that the product is put through, with a figure for each promise it should keep. */
export interface Trial {
  name: string;
  /** One line of what happens in it. */
  about: string;
  /** It asks where its firms live. Another lives where it always does. */
  livesAnywhere?: true;
  /**
   * It measures no wait, so it runs beside the others in a process of its own: as an equal
   * where it mostly waits, at the lowest priority where it takes all the processor there is.
   */
  beside?: Beside;
  run: (run: TrialRun) => Promise<Figure[]>;
}

type Comparison = '=' | '<=' | '>=';

const holds = (value: number, how: Comparison, bound: number): boolean => {
  switch (how) {
    case '=':
      return value === bound;
    case '<=':
      return value <= bound;
    case '>=':
      return value >= bound;
  }
};

/** Makes the figures of one trial: `figure('lost', 0, 'requests', '=', 0)`. */
export const figuresOf =
  (trial: string) =>
  (name: string, value: number, unit: string, how: Comparison, bound: number): Figure => ({
    trial,
    name,
    value,
    unit,
    target: `${how} ${bound}`,
    ok: holds(value, how, bound),
  });

/** Random numbers of a seed (mulberry32): from 0 up to 1. */
export const randomOf = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};
