import { setTimeout as sleep } from 'node:timers/promises';
import { figuresOf, randomOf, type Trial } from '../trial.ts';
import { accountOf } from './account.ts';
import { startFaultFirm, type FaultFirm } from './firm.ts';
import { startLoad } from './load.ts';

const LONGEST_LIFE_MS = 2500;
const LONGEST_AWAY_MS = 1000;
/** A worker that has not recovered until then may be killed again; its time goes on. */
const PATIENCE_MS = 60_000;
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

/** When a worker was killed, and the policies that it was reading. */
interface Killed {
  at: number;
  reading: readonly string[];
}

const readingOf = (
  { portals }: FaultFirm,
  { name, life }: { name: string; life: number | undefined },
): string[] =>
  portals.steps
    .filter((step) => step.step === 'read' && step.worker === name && step.life === life)
    .filter(({ endedAt }) => endedAt === undefined)
    .map(({ number }) => number ?? '');

/** Of these, those that were under way at the death before too: their login rests for a minute first. */
const doubtedOf = async ({ db }: FaultFirm, numbers: readonly string[]): Promise<string[]> =>
  (
    await db
      .selectFrom('sync as s')
      .innerJoin('policy as p', 'p.id', 's.policy_id')
      .select('p.number')
      .where('s.status', '=', 'in-progress')
      .where('s.detail', 'like', '{"deaths":%')
      .where('p.number', 'in', numbers)
      .execute()
  ).map(({ number }) => number);

/**
 * From a kill to the next read of each policy that was being read, ms, `Infinity` where there is none; of
 * a worker that was reading none, to the first read of any. Where others are, nobody misses that one.
 */
const recoveriesOf = ({ portals, workers }: FaultFirm, { at, reading }: Killed): number[] => {
  const after = portals.steps.filter((step) => step.step === 'read' && step.at > at);
  const again = reading.map((number) => after.find((step) => step.number === number));
  if (reading.length === 0 && workers.length === 1) again.push(after[0]);
  return again.map((read) => (read?.at ?? Infinity) - at);
};

const untilRecovered = async (firm: FaultFirm, killed: Killed): Promise<void> => {
  const deadline = performance.now() + PATIENCE_MS;
  while (recoveriesOf(firm, killed).includes(Infinity) && performance.now() < deadline)
    await sleep(20);
};

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
    /** Each second death of a worker: it has all its time until the next one, the others have what comes. */
    const measured: Killed[] = [];
    let deaths = 0;
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
        const isWorker = firm.workers.includes(victim);
        const last = measured.at(-1);
        if (isWorker && last !== undefined) await untilRecovered(firm, last);
        const child = firm.children.get(victim);
        const reading = readingOf(firm, { name: victim, life: child?.life });
        const killedAt = performance.now();
        await child?.kill();
        if (isWorker && (deaths += 1) % 2 === 1) {
          const again = await doubtedOf(firm, reading);
          const first = reading.filter((number) => !again.includes(number));
          if (first.length > 0 || reading.length === 0)
            measured.push({ reading: first, at: killedAt });
        }
        await sleep(away);
        await firm.start(victim);
      }
      if ((at + 1) % SAY_EVERY === 0 || short)
        say(`${at + 1} of ${count} kills (${victim}), ${load.asked.length} commands so far`);
    }
    await load.stop();
    const times = measured.flatMap((killed) => recoveriesOf(firm, killed));
    say(`recoveries, ms: ${times.map(Math.round).join(' ')}`);
    const slowest = Math.max(0, ...times.filter(Number.isFinite)) / 1000;
    return [
      figure('kills', count, 'kills', '=', count),
      figure(
        'recoveries that were measured',
        times.length,
        'recoveries',
        '>=',
        // Of three workers and three kills, none may have been reading.
        firm.workers.length === 1 ? measured.length : short ? 0 : 1,
      ),
      figure(
        'policies under way at a kill that nobody read again',
        times.filter((time) => !Number.isFinite(time)).length,
        'policies',
        '=',
        0,
      ),
      figure('slowest recovery of a policy under way', Number(slowest.toFixed(1)), 's', '<=', 20),
      ...(await accountOf(firm, load, figure, say)),
    ];
  },
};
