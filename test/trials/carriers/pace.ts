import type { PortalSession } from '#portal/portal.ts';
import type { Carrier } from '#portal/contract.ts';
import { sandboxSession, screensOf } from '#test/support/sandbox.ts';
import type { Bench } from './bench.ts';

/** How many policies a minute one session reads, on this machine and against a portal on it. */
export interface Pace {
  carrier: string;
  way: 'single read' | 'JSON' | 'book pass';
  policiesPerMinute: number;
}

const POLICIES = 30;

const timed = async (read: () => Promise<number>): Promise<number> => {
  const began = performance.now();
  const policies = await read();
  return Math.round(policies / ((performance.now() - began) / 60_000));
};

const singly = (session: PortalSession) => async (): Promise<number> => {
  for (let index = 0; index < POLICIES; index += 1) {
    const reading = await session.read(`SB-${1001 + index}`);
    if (reading.kind !== 'found') throw new Error(`SB-${1001 + index} is ${reading.kind}`);
  }
  return POLICIES;
};

const asBook = (session: PortalSession) => async (): Promise<number> => {
  const screens = await screensOf(session);
  return screens.flatMap((screen) => (screen.kind === 'page' ? screen.entries : [])).length;
};

/** The sign-in is not counted: a session signs in once, and reads for as long as it lasts. */
export const paceOf = async (bench: Bench, carrier: Carrier): Promise<Pace[]> => {
  const paces: Pace[] = [];
  const add = async (
    way: Pace['way'],
    portals: ReturnType<Bench['byPages']>,
    reader: (session: PortalSession) => () => Promise<number>,
  ): Promise<void> => {
    await using session = await sandboxSession(portals, carrier.id, 'sandbox');
    paces.push({ carrier: carrier.id, way, policiesPerMinute: await timed(reader(session)) });
  };
  await add('single read', bench.byPages(carrier), singly);
  if (carrier.readJson)
    await add(
      'JSON',
      bench.asDeclared(carrier, () => {}),
      singly,
    );
  if (carrier.readBook) await add('book pass', bench.byPages(carrier), asBook);
  return paces;
};
