import { setTimeout as sleep } from 'node:timers/promises';
import { Secret } from '#shared/secret.ts';
import type { CarrierFacts, Portals } from '#portal/portal.ts';
import { found } from '#test/support/scripted-portals.ts';

/** How long a portal takes to read one policy. */
export const READ_MS = 200;

/** Portals without a browser that take READ_MS for each policy; `begins` is told of each read. */
export const waitingPortals = (
  facts: readonly CarrierFacts[],
  begins: (number: string) => void,
): Portals => ({
  carrier: (id) => facts.find((carrier) => carrier.id === id),
  open: (_source, _kept, signal) =>
    Promise.resolve({
      resume: () => Promise.resolve({ kind: 'alive' }),
      signIn: async (_credentials, hooks) => {
        await hooks.beforeSubmit();
        return { kind: 'signed-in' };
      },
      read: async (number) => {
        begins(number);
        await sleep(READ_MS, undefined, { signal });
        return found(number, 41_281_200, '2026-11-17');
      },
      keep: () => Promise.resolve(new Secret('a session')),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
});
