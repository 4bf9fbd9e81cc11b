import { codeSubject, type CodePromptStore } from '#core/sign-in/code-prompt.ts';
import { letterSubject } from '#features/notifications/notification.ts';
import type { LinkWarningStore } from '#features/link-reminders/remind.ts';
import type { Show } from '#core/requests/request.ts';

export interface SourceChangeStore {
  /**
   * Brings the syncs that wait for a login in line with it: linked, those that needed the link are
   * queued again; its link failed, the forced ones say why. The requests to show it to.
   */
  reflectSource: (sourceId: string) => Promise<readonly string[]>;
  /** Ends what a person asked for and nobody linked the login for in time. The requests to show it to. */
  endLinkWaits: (limit: number) => Promise<readonly string[]>;
}

/** Called after every step of a login's link, so that each card that waits for it tells the newest. */
export const sourceChanged = async (
  {
    store,
    show,
  }: {
    store: SourceChangeStore &
      Pick<CodePromptStore, 'codesBehind'> &
      Pick<LinkWarningStore, 'checkOff'>;
    show: Show;
  },
  sourceId: string,
): Promise<void> => {
  for (const signInId of await store.codesBehind(sourceId)) await show(codeSubject(signInId));
  for (const requestId of await store.reflectSource(sourceId)) await show(requestId);
  for (const letterId of await store.checkOff(sourceId)) await show(letterSubject(letterId));
};
