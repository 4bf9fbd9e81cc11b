import { codesBehind } from '#core/sign-in/store/code-prompts.ts';
import { reflectSource } from '#core/logins/store/source-changes.ts';
import { digestsOffering } from '#features/digest/store/linked.ts';
import { checkOff } from '#features/link-reminders/store.ts';
import type { Store } from '#database/store.ts';
import type { Show } from '#queue/messages.ts';
import { codeSubject, notificationSubject } from '#shared/subject.ts';

/** Called after every step of a login's link, so that each card that waits for it tells the newest. */
export const sourceChanged = async (
  {
    store,
    show,
  }: {
    store: Store;
    show: Show;
  },
  sourceId: string,
): Promise<void> => {
  for (const signInId of await codesBehind(store, sourceId)) await show(codeSubject(signInId));
  for (const requestId of await reflectSource(store, sourceId)) await show(requestId);
  for (const notificationId of [
    ...(await checkOff(store, sourceId)),
    ...(await digestsOffering(store, sourceId)),
  ])
    await show(notificationSubject(notificationId));
};
