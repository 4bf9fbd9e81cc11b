import * as fc from 'fast-check';
import { answerEach } from '#threads/answer-each.ts';
import { SLOW_MS, TARGETS, type Target } from './targets.ts';

/** So many texts of one target, of these random choices. */
export interface Round {
  place: number;
  seed: number;
  texts: number;
}

export interface RoundEnd {
  crashes: string[];
  slow: string[];
  /** Of those that were looked at again, ms of the processor. */
  slowest: number;
}

/** Milliseconds of processor; the first tries of a pattern also compile it. */
const costOf = async ({ put }: Target, text: string): Promise<number> => {
  const before = process.threadCpuUsage();
  await put(text);
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
};

/** The least of some tries: what the input costs, and not the machine or the collector of garbage. */
const costAlone = async (target: Target, text: string): Promise<number> => {
  let least = Infinity;
  for (let time = 0; time < 3; time += 1) least = Math.min(least, await costOf(target, text));
  return least;
};

const shown = (text: string): string =>
  `${JSON.stringify(text.slice(0, 80))} (${text.length} characters)`;

/** Runs in a thread of its own. */
answerEach(async ({ place, seed, texts }: Round): Promise<RoundEnd> => {
  const target = TARGETS[place];
  if (target === undefined) throw new Error(`There is no target ${place}.`);
  const end: RoundEnd = { crashes: [], slow: [], slowest: 0 };
  for (const text of fc.sample(target.texts, { seed, numRuns: texts })) {
    const began = performance.now();
    try {
      await target.put(text);
      if (performance.now() - began <= SLOW_MS) continue;
      const cost = await costAlone(target, text);
      end.slowest = Math.max(end.slowest, cost);
      if (cost > SLOW_MS)
        end.slow.push(`${target.name} took ${Math.round(cost)} ms over ${shown(text)}`);
    } catch (error) {
      end.crashes.push(`${target.name} threw ${String(error)} at ${shown(text)}`);
    }
  }
  return end;
});
