import type { TaughtWords } from '#shared/status.ts';
import type { Portals } from './portal.ts';
import { factsOf, loadAnew } from './carriers.ts';
import type { Carrier } from './contract.ts';
import { isBrowserGone } from './failure.ts';
import { openPortal, type PortalDeps } from './portal-session.ts';

/** The portals of these carriers, in a real browser. `open` throws for a carrier it does not have. */
export const createPortals = (deps: PortalDeps & { carriers: readonly Carrier[] }): Portals => {
  const byId = new Map(deps.carriers.map((carrier) => [carrier.id, carrier]));
  const facts = new Map(deps.carriers.map((carrier) => [carrier.id, factsOf(carrier)]));
  /** What the folder did not hold when it was asked for; a deploy brings another process. */
  const notHere = new Set<string>();
  const taught = new Map<string, TaughtWords>();
  return {
    teach: (id, words) => void taught.set(id, words),
    carrier: (id) => facts.get(id),
    ready: deps.browser.ready,
    renew: async (id, hash) => {
      const carrier = byId.get(id);
      if (carrier === undefined || notHere.has(`${id} ${hash}`)) return false;
      const mended = await loadAnew(carrier, hash).catch(() => undefined);
      deps.log?.({ event: 'mended', carrier: id, sha256: hash, loaded: mended !== undefined });
      if (mended === undefined) {
        notHere.add(`${id} ${hash}`);
        return false;
      }
      byId.set(id, mended);
      facts.set(id, factsOf(mended));
      return true;
    },
    open: async (source, kept, signal) => {
      const carrier = byId.get(source.carrierId);
      if (!carrier) throw new Error(`No adapter for carrier ${source.carrierId}`);
      const told = { ...deps, taught: () => taught.get(source.carrierId) };
      try {
        return await openPortal(told, carrier, kept, signal);
      } catch (error) {
        // What another session reads may have ended the browser, and nothing was done in this one yet.
        if (signal.aborted || !isBrowserGone(error)) throw error;
        return openPortal(told, carrier, kept, signal);
      }
    },
  };
};
