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
