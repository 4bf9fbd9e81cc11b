import type { CodePromptStore } from '#core/sign-in/code-prompt.ts';
import type { LinkWarningStore } from '#features/link-reminders/remind.ts';
import type { Show } from '#queue/messages.ts';
import type { SourceChangeStore } from '#core/logins/login-sources.ts';
import { codeSubject, letterSubject } from '#shared/subject.ts';

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
