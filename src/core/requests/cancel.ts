import { cancelSyncsOf } from './store/cancels.ts';
import type { Store } from '#database/store.ts';
import { may, type Actor } from '#shared/access.ts';
import type { Show } from '#queue/messages.ts';
import { requestOwner } from '#core/sign-in/store/links.ts';

export type Cancelled = 'cancelled' | 'too-late' | 'refused';

export const cancelRequest = async (
  { store, show }: { store: Store; show: Show },
  actor: Actor,
  requestId: string,
): Promise<Cancelled> => {
  const owner = await requestOwner(store, requestId);
  if (owner === undefined) return 'refused';
  if (!may(actor, 'request.cancel', { own: owner.personId === actor.id })) return 'refused';
  const done = await cancelSyncsOf(store, requestId, actor.id);
  await show(requestId);
  return done ? 'cancelled' : 'too-late';
};

/**
 * Another login takes over one sync of a card: what waited for the first one waits no more, and what else
 * the card holds stays. On somebody else's card all stays: they asked for it, and did not choose this.
 */
export const takeOver = async (
  { store, show }: { store: Store; show: Show },
  actor: Actor,
  { request, sync }: { request: string; sync: string },
): Promise<void> => {
  const owner = await requestOwner(store, request);
  if (owner?.personId !== actor.id) return;
  if (await cancelSyncsOf(store, request, actor.id, sync)) await show(request);
};
