import {
  carriersWaitingForWords,
  decideByAdapter,
  taughtWords,
} from '#core/policies/store/status-words.ts';
import type { Store } from '#database/store.ts';
import type { CarrierFacts, PolicySnapshot, Portals } from '#portal/portal.ts';
import { standingOf, type CarrierStanding } from '#shared/status.ts';

export interface TaughtDeps {
  store: Store;
  portals: Pick<Portals, 'carrier'>;
}

/** With what its status means, where the carrier's adapter or the firm has taught the word. */
export const withStanding = async (
  { store, portals }: TaughtDeps,
  carrierId: string,
  snapshot: PolicySnapshot,
): Promise<PolicySnapshot & { standing?: CarrierStanding }> => {
  const taught = await taughtWords(store.db, carrierId, portals.carrier(carrierId)?.statusWords);
  const standing = standingOf(snapshot.status, taught);
  return standing === standingOf(snapshot.status) ? snapshot : { ...snapshot, standing };
};

/** The portal judges by the firm's words, too, which pages may show no values. */
export const useTaught = async (
  { store, portals }: { store: Store; portals: Pick<Portals, 'teach'> },
  carrierId: string,
): Promise<void> => portals.teach?.(carrierId, await taughtWords(store.db, carrierId, undefined));

/** At the start of a worker: words that an adapter knows now decide what waited for them. */
export const decideByAdapters = async (
  store: Store,
  carrier: (id: string) => CarrierFacts | undefined,
): Promise<readonly string[]> => {
  const shown: string[] = [];
  for (const id of await carriersWaitingForWords(store)) {
    const words = carrier(id)?.statusWords;
    if (words !== undefined) shown.push(...(await decideByAdapter(store, id, words)));
  }
  return shown;
};
