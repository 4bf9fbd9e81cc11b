import { availableParallelism } from 'node:os';
import { openThread } from '#threads/thread.ts';
import type { Round, RoundEnd } from './fuzz/round.ts';
import { SLOW_MS, TARGETS } from './fuzz/targets.ts';
import { figuresOf, type Trial } from './trial.ts';

const INPUTS = 1_000_000;
const INPUTS_SHORT = 20_000;
/** Texts are made in rounds, so that a million of them is never held at once. */
const ROUND = 5000;
const MOST_SAID = 20;
const MOST_THREADS = 4;

const figure = figuresOf('fuzz');

const roundsOf = (total: number, seed: number): Round[] =>
  TARGETS.flatMap(({ share }, place) => {
    const wanted = Math.round(total * share);
    return Array.from({ length: Math.ceil(wanted / ROUND) }, (_, nth) => ({
      place,
      seed: seed + place * 1_000_003 + nth * ROUND,
      texts: Math.min(ROUND, wanted - nth * ROUND),
    }));
  });

export const fuzz: Trial = {
  name: 'fuzz',
  about: 'Hostile texts at every door where text of others comes in.',
  beside: 'lowest',
  run: async ({ seed, short, say }) => {
    const total = short ? INPUTS_SHORT : INPUTS;
    const rounds = roundsOf(total, seed);
    const ends: RoundEnd[] = [];
    const [left, put] = [new Map<number, number>(), new Map<number, number>()];
    for (const { place } of rounds) left.set(place, (left.get(place) ?? 0) + 1);
    let said = 0;
    const report = (lines: readonly string[]): void => {
      for (const line of lines) if ((said += 1) <= MOST_SAID) say(line);
    };
    const next = rounds.values();
    const work = async (): Promise<void> => {
      await using thread = openThread<Round, RoundEnd>(new URL('./fuzz/round.ts', import.meta.url));
      for (const round of next) {
        const end = await thread.ask(round);
        ends.push(end);
        report([...end.crashes, ...end.slow]);
        const { place, texts } = round;
        put.set(place, (put.get(place) ?? 0) + texts);
        left.set(place, (left.get(place) ?? 0) - 1);
        if (left.get(place) === 0) say(`${TARGETS[place]?.name}: ${put.get(place)} texts`);
      }
    };
    const threads = Math.min(MOST_THREADS, availableParallelism());
    await Promise.all(Array.from({ length: threads }, work));
    const inputs = [...put.values()].reduce((sum, texts) => sum + texts, 0);
    return [
      figure('inputs', inputs, 'texts', '>=', total),
      figure('crashes', ends.flatMap(({ crashes }) => crashes).length, 'texts', '=', 0),
      figure('over 50 ms of processor', ends.flatMap(({ slow }) => slow).length, 'texts', '=', 0),
      figure(
        'slowest that was looked at again',
        Math.round(Math.max(...ends.map(({ slowest }) => slowest))),
        'ms',
        '<=',
        SLOW_MS,
      ),
    ];
  },
};
