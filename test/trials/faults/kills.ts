import { setTimeout as sleep } from 'node:timers/promises';
import { figuresOf, randomOf, type Trial } from '../trial.ts';
import { accountOf } from './account.ts';
import { startFaultFirm, type FaultFirm } from './firm.ts';
import { startLoad } from './load.ts';

const VICTIMS = ['worker', 'bot', 'redis'] as const;
const LONGEST_LIFE_MS = 2500;
const LONGEST_AWAY_MS = 1000;
const SAY_EVERY = 10;

/** In an order of the seed, each as often as the others. */
const victimsOf = (kills: number, random: () => number): (typeof VICTIMS)[number][] => {
  const victims = Array.from({ length: kills }, (_, at) => VICTIMS[at % 3] ?? 'worker');
  for (let at = victims.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [victims[at], victims[other]] = [victims[other] ?? 'worker', victims[at] ?? 'worker'];
  }
  return victims;
};

/** When a worker was killed, and which. */
interface Killed {
  life: number;
  at: number;
}

/** From each kill to the next read at a portal, ms; one that was killed again before is not asked. */
const recoveriesOf = ({ portals }: FaultFirm, killed: readonly Killed[]): number[] =>
  killed.flatMap(({ life, at }, index) => {
    const read = portals.steps.find((step) => step.step === 'read' && step.life > life);
    const until = killed[index + 1]?.at ?? Infinity;
    return (read?.at ?? Infinity) < until ? [(read?.at ?? Infinity) - at] : [];
  });

export const kills: Trial = {
  name: 'kills',
  about: 'Worker, bot and Redis are killed at random moments, under load.',
  run: async ({ seed, short, say }) => {
    const figure = figuresOf('kills');
    const random = randomOf(seed);
    const count = short ? 6 : 200;
    await using firm = await startFaultFirm();
    await Promise.all([firm.start('bot'), firm.start('worker')]);
    const load = startLoad(firm, randomOf(seed + 1));
    const killed: Killed[] = [];
    for (const [at, victim] of victimsOf(count, random).entries()) {
      const [lives, away] = [random() * LONGEST_LIFE_MS, random() * LONGEST_AWAY_MS];
      await sleep(lives);
      if (victim === 'redis') {
        await firm.redis.kill();
        await sleep(away);
        await firm.redis.start();
      } else {
        const child = firm.children.get(victim);
        if (victim === 'worker') killed.push({ life: child?.life ?? 0, at: performance.now() });
        await child?.kill();
        await sleep(away);
        await firm.start(victim);
      }
      if ((at + 1) % SAY_EVERY === 0 || short)
        say(`${at + 1} of ${count} kills (${victim}), ${load.asked.length} commands so far`);
    }
    await load.stop();
    const times = recoveriesOf(firm, killed);
    say(`recoveries, ms: ${times.map(Math.round).join(' ')}`);
    const slowest = Math.max(...times) / 1000;
    return [
      figure('kills', count, 'kills', '=', count),
      figure('recoveries that were measured', times.length, 'recoveries', '>=', 1),
      figure('slowest recovery of a worker', Number(slowest.toFixed(1)), 's', '<=', 20),
      ...(await accountOf(firm, load, figure, say)),
    ];
  },
};
