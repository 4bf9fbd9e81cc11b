import { may, type Actor } from '#shared/access.ts';
import { requestOwner } from '#core/sign-in/store/links.ts';
import { liftWait } from './store/clicks.ts';
import type { RequestDeps } from './request.ts';

/** Whoever was signed in at the portal is done: what waits for them in this request waits no more. */
export const runNow = async (
  { store, wake, show }: Pick<RequestDeps, 'store' | 'wake' | 'show'>,
  actor: Actor,
  requestId: string,
): Promise<'refused' | 'runs'> => {
  const owner = await requestOwner(store, requestId);
  if (!may(actor, 'request.run-now', { own: owner?.personId === actor.id })) return 'refused';
  for (const sourceId of await liftWait(store, requestId)) await wake(sourceId, 'force');
  await show(requestId);
  return 'runs';
};
