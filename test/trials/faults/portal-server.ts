import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Secret } from '#shared/secret.ts';
import type { CarrierFacts, PortalSession } from '#portal/portal.ts';
import { found, scriptPortals } from '#test/support/scripted-portals.ts';
import type { AskedStep } from './protocol.ts';

const READ_MS = 150;
const SIGN_IN_MS = 300;
const FIRST_AMOUNT = 10_000_000;

/** A step that a worker took at a login; `endedAt` is when it was answered, or the worker died. */
export interface TakenStep extends Pick<AskedStep, 'step' | 'worker' | 'life' | 'number'> {
  source: string;
  at: number;
  endedAt?: number;
}

export interface PortalServer extends AsyncDisposable {
  url: string;
  steps: readonly TakenStep[];
  /** The most steps that were under way at one login at the same moment. */
  mostAtOnce: () => number;
}

/** The carriers' sites, with one ledger for all workers that there ever are. */
export const servePortals = async (
  facts: readonly CarrierFacts[],
  readMs = READ_MS,
): Promise<PortalServer> => {
  const scripted = scriptPortals(facts);
  const sessions = new Map<string, Promise<PortalSession>>();
  const steps: TakenStep[] = [];
  const atWork = new Map<string, number>();
  let most = 0;

  const sessionOf = ({ session, source, kept }: AskedStep): Promise<PortalSession> => {
    const state = kept === undefined ? undefined : new Secret(kept);
    const opened =
      sessions.get(session) ?? scripted.portals.open(source, state, new AbortController().signal);
    sessions.set(session, opened);
    return opened;
  };

  const take = async (asked: AskedStep): Promise<unknown> => {
    const session = await sessionOf(asked);
    switch (asked.step) {
      case 'resume':
        return session.resume();
      case 'keep':
        return (await session.keep()).reveal();
      case 'sign-in': {
        const result = await session.signIn(
          {},
          { beforeSubmit: () => Promise.resolve(), code: () => Promise.resolve(undefined) },
        );
        await sleep(SIGN_IN_MS);
        return result;
      }
      case 'read': {
        const number = asked.number ?? '';
        // Each reading is worth a row of its own, so that one written twice is seen.
        scripted.answer(number, found(number, FIRST_AMOUNT + steps.length));
        const reading = await session.read(number);
        await sleep(readMs);
        return reading;
      }
    }
  };

  const server = createServer((request, response) => {
    void (async () => {
      const asked = JSON.parse(await text(request)) as AskedStep;
      const { step, worker, life, number, source } = asked;
      const taken: TakenStep = { step, worker, life, source: source.id, at: performance.now() };
      if (number !== undefined) taken.number = number;
      steps.push(taken);
      const count = (atWork.get(source.id) ?? 0) + 1;
      atWork.set(source.id, count);
      most = Math.max(most, count);
      response.once('close', () => {
        taken.endedAt = performance.now();
        atWork.set(source.id, (atWork.get(source.id) ?? 1) - 1);
      });
      response.end(JSON.stringify(await take(asked)));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    steps,
    mostAtOnce: () => most,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
