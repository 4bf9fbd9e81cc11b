import { viewableOf, type LookUpDeps } from '#core/policies/look-up.ts';
import { recordValuesShown } from '#core/policies/store/history.ts';
import type { Actor } from '#shared/access.ts';
import { requestView } from './store/views.ts';
import type { ItemView } from './view.ts';

/** Of a card, the policies that this person may see now, and how many more it has; recorded in the audit. */
export const seeValues = async (
  deps: LookUpDeps,
  actor: Actor,
  requestId: string,
): Promise<{ items: ItemView[]; hidden: number } | undefined> => {
  const { store } = deps;
  const view = await requestView(store, requestId);
  if (view === undefined) return undefined;
  const policies = view.items.map(({ policy }) => policy);
  const viewable = await viewableOf(deps, actor, policies);
  const items = view.items.filter(({ policy }) => viewable.has(policy.id));
  if (items.length === 0) return undefined;
  await recordValuesShown(
    store,
    actor.id,
    items.map(({ policy }) => policy.id),
  );
  return { items, hidden: view.items.length - items.length };
};
