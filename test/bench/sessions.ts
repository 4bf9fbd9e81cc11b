import { createPortals } from '#portal/portals.ts';
import { memoryOf } from '#test/support/processes.ts';
import { openHouse } from '#test/support/portals.ts';
import { sandboxSession } from '#test/support/sandbox.ts';
import { atMost, type Figure } from './figure.ts';

const OPEN = 30;
const CARRIERS = ['northbridge-life', 'meridian-annuity'] as const;

const least = (values: readonly number[]): number => Math.min(...values);

/** What a worker's open sessions hold, and what is left of those that ended; browser and worker together. */
export const measureSessions = async (
  ended: number,
  say: (figure: Figure) => void,
): Promise<void> => {
  await using house = await openHouse();
  const portals = createPortals({
    browser: house.browser,
    carriers: house.carriers,
    clock: () => house.time.now,
  });
  const open = async (carrier: string) => {
    const session = await sandboxSession(portals, carrier, 'sandbox');
    await session.read('SB-1001');
    return session;
  };
  const kept = [await open(CARRIERS[0])];
  const alone = memoryOf(process.pid);
  for (let nth = 1; nth <= OPEN; nth += 1) kept.push(await open(CARRIERS[nth % 2] ?? CARRIERS[0]));
  say(
    atMost(
      `memory of an open session, of ${OPEN} beside each other`,
      (memoryOf(process.pid) - alone) / OPEN,
      'MB',
      40,
    ),
  );
  for (const session of kept) await session[Symbol.asyncDispose]();

  const held: number[] = [];
  let begun = 0;
  /** A login's sessions follow each other: a portal may end one for the next. */
  const follow = async (carrier: string): Promise<void> => {
    while (begun < ended) {
      const nth = begun++;
      await (await open(carrier))[Symbol.asyncDispose]();
      if (nth % 20 === 0) held.push(memoryOf(process.pid));
    }
  };
  await Promise.all(CARRIERS.map(follow));
  const part = Math.ceil(held.length / 5);
  say(
    atMost(
      `memory after ${ended} sessions, of that after a fifth of them`,
      least(held.slice(-part)) / least(held.slice(part, 2 * part)),
      'times',
      1.2,
    ),
  );
};
