import { setTimeout as sleep } from 'node:timers/promises';
import { figuresOf, randomOf, type Trial } from '../trial.ts';
import { accountOf } from './account.ts';
import { startFaultFirm, type FaultFirm } from './firm.ts';
import { startLoad } from './load.ts';

const LONGEST_LIFE_MS = 2500;
const LONGEST_AWAY_MS = 1000;
const SAY_EVERY = 10;

/** In an order of the seed, each as often as the others. */
const victimsOf = (all: readonly string[], kills: number, random: () => number): string[] => {
  const victims = Array.from({ length: kills }, (_, at) => all[at % all.length] ?? '');
  for (let at = victims.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [victims[at], victims[other]] = [victims[other] ?? '', victims[at] ?? ''];
  }
  return victims;
};

/** When a worker was killed, which, and the logins that it was reading. */
interface Killed {
  name: string;
  life: number;
  at: number;
  reading: readonly string[];
}

const readingOf = ({ portals }: FaultFirm, { name, life }: Pick<Killed, 'name' | 'life'>) =>
  portals.steps
    .filter((step) => step.step === 'read' && step.worker === name && step.life === life)
    .filter(({ endedAt }) => endedAt === undefined)
    .map(({ source }) => source);

/**
 * From each kill to the next read by its successor, or of what it was reading, ms; one that was killed
 * again before is not asked. Where others are, nobody need miss one that was reading nothing.
 */
const recoveriesOf = ({ portals, workers }: FaultFirm, killed: readonly Killed[]): number[] =>
  killed.flatMap(({ name, life, at, reading }, index) => {
    if (workers.length > 1 && reading.length === 0) return [];
    const read = portals.steps.find(
      (step) =>
        step.step === 'read' &&
        step.at > at &&
        (step.worker === name ? step.life > life : reading.includes(step.source)),
    );
    const until = killed.slice(index + 1).find((other) => other.name === name)?.at ?? Infinity;
    return (read?.at ?? Infinity) < until ? [(read?.at ?? Infinity) - at] : [];
  });

export const kills: Trial = {
  name: 'kills',
  about: 'Worker, bot and Redis are killed at random moments, under load.',
  livesAnywhere: true,
  run: async ({ seed, short, say, where }) => {
    const figure = figuresOf('kills');
    const random = randomOf(seed);
    const count = short ? 6 : 200;
    await using firm = await startFaultFirm({ where });
    await firm.startAll();
    const load = startLoad(firm, randomOf(seed + 1));
    const killed: Killed[] = [];
    for (const [at, victim] of victimsOf(
      [...firm.workers, ...firm.bots, 'redis'],
      count,
      random,
    ).entries()) {
      const [lives, away] = [random() * LONGEST_LIFE_MS, random() * LONGEST_AWAY_MS];
      await sleep(lives);
      if (victim === 'redis') {
        await firm.redis.kill();
        await sleep(away);
        await firm.redis.start();
      } else {
        const child = firm.children.get(victim);
        const dying = { name: victim, life: child?.life ?? 0 };
        if (firm.workers.includes(victim))
          killed.push({ ...dying, reading: readingOf(firm, dying), at: performance.now() });
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
    const slowest = Math.max(0, ...times) / 1000;
    return [
      figure('kills', count, 'kills', '=', count),
      figure(
        'recoveries that were measured',
        times.length,
        'recoveries',
        '>=',
        // Of three workers and three kills, none may have been reading.
        short && firm.workers.length > 1 ? 0 : 1,
      ),
      figure('slowest recovery of a worker', Number(slowest.toFixed(1)), 's', '<=', 20),
      ...(await accountOf(firm, load, figure, say)),
    ];
  },
};
