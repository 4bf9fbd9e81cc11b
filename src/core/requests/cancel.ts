import { may, type Actor } from '#shared/access.ts';
import type { Show } from '#queue/messages.ts';

export interface CancelStore {
  requestOwner: (requestId: string) => Promise<{ personId: string } | undefined>;
  /**
   * Takes this request off the syncs it waits for; a sync nobody else waits for ends as cancelled,
   * or goes back to the background it came from. False when nothing was waiting any more.
   */
  cancelRequest: (requestId: string) => Promise<boolean>;
}

export type Cancelled = 'cancelled' | 'too-late' | 'refused';

export const cancelRequest = async (
  { store, show }: { store: CancelStore; show: Show },
  actor: Actor,
  requestId: string,
): Promise<Cancelled> => {
  const owner = await store.requestOwner(requestId);
  if (owner === undefined) return 'refused';
  if (!may(actor, 'request.cancel', { own: owner.personId === actor.id })) return 'refused';
  const done = await store.cancelRequest(requestId);
  await show(requestId);
  return done ? 'cancelled' : 'too-late';
};
