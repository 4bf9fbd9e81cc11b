import { createPortals } from '#portal/portals.ts';
import type { Secret } from '#shared/secret.ts';
import { memoryOf } from '#test/support/processes.ts';
import { openHouse } from '#test/support/portals.ts';
import { sandboxSession } from '#test/support/sandbox.ts';
import { atMost, type Figure } from './figure.ts';

const OPEN = 30;
/** Of each carrier: so many sessions are beside each other, and so are held at a look. */
const LANES = 3;
const LOOKS_EVERY = 20;
/** A page more of each session would only take time: a reading leaves no more behind than a first screen. */
const READS_EVERY = 5;
const CARRIERS = ['northbridge-life', 'meridian-annuity'] as const;

const never = new AbortController().signal;

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
  /** Each is in what one sign-in kept: a portal ends one session of a login for the next that signs in. */
  const follow = async (carrierId: string, state: Secret, reads: boolean): Promise<void> => {
    for (let own = 0; begun < ended; own += 1) {
      const nth = begun++;
      const source = { id: 'sandbox', carrierId, name: 'Sandbox' };
      await using session = await portals.open(source, state, never);
      const { kind } = await session.resume();
      if (kind !== 'alive') throw new Error(`A session at ${carrierId} was not resumed: ${kind}`);
      if (reads && own % READS_EVERY === 0) await session.read('SB-1001');
      if (nth % LOOKS_EVERY === 0) held.push(memoryOf(process.pid));
    }
  };
  const lanes: (() => Promise<void>)[] = [];
  for (const carrier of CARRIERS) {
    await using first = await open(carrier);
    const state = await first.keep();
    // Where one searches, another one of the same sign-in would find what that one sought.
    for (let lane = 0; lane < LANES; lane += 1)
      lanes.push(() => follow(carrier, state, lane === 0));
  }
  await Promise.all(lanes.map((lane) => lane()));
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
