import { randomUUID } from 'node:crypto';
import { Secret } from '#shared/secret.ts';
import type { CarrierFacts, Portals } from '#portal/portal.ts';
import type { AskedStep, ChildFirm, PortalStep } from './protocol.ts';

/** Portals whose ledger is kept by another process, so that it outlives a killed worker. */
export const remotePortals = (
  firm: Pick<ChildFirm, 'portals' | 'name' | 'life'>,
  facts: readonly CarrierFacts[],
): Portals => ({
  carrier: (id) => facts.find((carrier) => carrier.id === id),
  open: (source, kept, given) => {
    const session = randomUUID();
    let signal = given;
    const ask = async <T>(step: PortalStep, number?: string): Promise<T> => {
      signal.throwIfAborted();
      const asked: AskedStep = {
        step,
        session,
        worker: firm.name,
        life: firm.life,
        source,
        ...(kept === undefined ? {} : { kept: kept.reveal() }),
        ...(number === undefined ? {} : { number }),
      };
      const body = JSON.stringify(asked);
      const response = await fetch(firm.portals, { method: 'POST', body, signal });
      return (await response.json()) as T;
    };
    return Promise.resolve({
      resume: (mine) => {
        signal = mine ?? signal;
        return ask('resume');
      },
      signIn: async (_credentials, hooks) => {
        await hooks.beforeSubmit();
        return ask('sign-in');
      },
      read: (number) => ask('read', number),
      keep: async () => new Secret(await ask<string>('keep')),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  },
});
