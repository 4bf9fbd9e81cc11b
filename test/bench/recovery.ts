import { setTimeout as sleep } from 'node:timers/promises';
import { startFaultFirm } from '#test/trials/faults/firm.ts';
import { startLoad } from '#test/trials/faults/load.ts';
import { randomOf } from '#test/trials/trial.ts';
import { atMost, percentile, type Figure } from './figure.ts';

const KILLS = 5;
/** Each has room for all logins of the load: what is waited for is the death, not a slot. */
const SLOTS = 4;
const READ_MS = 300;
/** A read that is nearly over may be written down before its worker is dead. */
const YOUNG_MS = READ_MS / 2;
const LOOK_EVERY_MS = 20;
/** Longer than any lock and lease: who has not come by then does not come. */
const LONGEST_MS = 120_000;

const until = async <T>(what: string, look: () => T | undefined): Promise<T> => {
  const began = performance.now();
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (performance.now() - began > LONGEST_MS) throw new Error(`${what} did not come.`);
    await sleep(LOOK_EVERY_MS);
  }
};

/** From the death of one of two workers to when the other reads the policy that it was reading. */
export const measureRecovery = async (say: (figure: Figure) => void): Promise<void> => {
  await using firm = await startFaultFirm({
    where: { bots: 1, workers: 2 },
    slots: SLOTS,
    readMs: READ_MS,
  });
  await firm.startAll();
  const load = startLoad(firm, randomOf(1));
  const { steps } = firm.portals;
  const seconds: number[] = [];
  for (let nth = 0; nth < KILLS; nth += 1) {
    const { worker: victim, number } = await until('A read', () =>
      steps.findLast(
        ({ step, at, endedAt }) =>
          step === 'read' && endedAt === undefined && performance.now() - at < YOUNG_MS,
      ),
    );
    const killedAt = performance.now();
    await firm.children.get(victim)?.kill();
    const again = await until(`The next read of ${number}`, () =>
      steps.findLast(
        (read) =>
          read.step === 'read' &&
          read.at > killedAt &&
          read.worker !== victim &&
          read.number === number,
      ),
    );
    seconds.push((again.at - killedAt) / 1000);
    await firm.start(victim);
  }
  await load.stop();
  const what = `from the death of a worker to the read of its policy by another, of ${KILLS}`;
  say(atMost(`${what}: p50`, percentile(seconds, 0.5), 's', 20));
  say(atMost(`${what}: the slowest`, Math.max(...seconds), 's', 20));
};
