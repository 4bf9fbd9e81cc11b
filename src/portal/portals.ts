import type { Portals } from './portal.ts';
import { factsOf } from './carriers.ts';
import type { Carrier } from './contract.ts';
import { openPortal, type PortalDeps } from './portal-session.ts';

/** The portals of these carriers, in a real browser. `open` throws for a carrier it does not have. */
export const createPortals = (deps: PortalDeps & { carriers: readonly Carrier[] }): Portals => {
  const byId = new Map(deps.carriers.map((carrier) => [carrier.id, carrier]));
  const facts = new Map(deps.carriers.map((carrier) => [carrier.id, factsOf(carrier)]));
  return {
    carrier: (id) => facts.get(id),
    open: async (source, kept, signal) => {
      const carrier = byId.get(source.carrierId);
      if (!carrier) throw new Error(`No adapter for carrier ${source.carrierId}`);
      return openPortal(deps, carrier, kept, signal);
    },
  };
};
