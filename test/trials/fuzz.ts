import * as fc from 'fast-check';
import { TARGETS, type Target } from './fuzz/targets.ts';
import { figuresOf, type Trial } from './trial.ts';

const INPUTS = 1_000_000;
const INPUTS_SHORT = 20_000;
const SLOW_MS = 50;
/** Texts are made in rounds, so that a million of them is never held at once. */
const ROUND = 5000;
const MOST_SAID = 20;

const figure = figuresOf('fuzz');

/** Milliseconds of processor; the first tries of a pattern also compile it. */
const costOf = async ({ put }: Target, text: string): Promise<number> => {
  const before = process.cpuUsage();
  await put(text);
  const { user, system } = process.cpuUsage(before);
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

export const fuzz: Trial = {
  name: 'fuzz',
  about: 'Hostile texts at every door where text of others comes in.',
  run: async ({ seed, short, say }) => {
    const total = short ? INPUTS_SHORT : INPUTS;
    let inputs = 0;
    let crashes = 0;
    let slow = 0;
    let slowest = 0;
    const report = (line: string): void => {
      if (crashes + slow <= MOST_SAID) say(line);
    };
    for (const [place, target] of TARGETS.entries()) {
      const wanted = Math.round(total * target.share);
      for (let done = 0; done < wanted; done += ROUND) {
        const texts = fc.sample(target.texts, {
          seed: seed + place * 1_000_003 + done,
          numRuns: Math.min(ROUND, wanted - done),
        });
        for (const text of texts) {
          inputs += 1;
          const began = performance.now();
          try {
            await target.put(text);
            if (performance.now() - began <= SLOW_MS) continue;
            const cost = await costAlone(target, text);
            slowest = Math.max(slowest, cost);
            if (cost <= SLOW_MS) continue;
            slow += 1;
            report(`${target.name} took ${Math.round(cost)} ms over ${shown(text)}`);
          } catch (error) {
            crashes += 1;
            report(`${target.name} threw ${String(error)} at ${shown(text)}`);
          }
        }
      }
      say(`${target.name}: ${wanted} texts`);
    }
    return [
      figure('inputs', inputs, 'texts', '>=', total),
      figure('crashes', crashes, 'texts', '=', 0),
      figure('over 50 ms of processor', slow, 'texts', '=', 0),
      figure('slowest that was looked at again', Math.round(slowest), 'ms', '<=', SLOW_MS),
    ];
  },
};
