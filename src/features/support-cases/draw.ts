import { privacyIn, type Draw } from '#slack/project.ts';
import { answersBack, caseMessage } from './messages.ts';
import { markCaseShown, redirectCase } from './store/cases.ts';
import { caseView } from './store/views.ts';

/** A case in the support channel. */
export const drawCase: Draw = async (deps, caseId) => {
  const { store, log } = deps;
  const view = await caseView(store.db, caseId);
  if (view === undefined) return undefined;
  const { channel, number, version } = view;
  return {
    channel,
    messages: [caseMessage(view, privacyIn(deps, channel)), ...answersBack(view)],
    redirect: async (why) => {
      const person = await redirectCase(store, caseId);
      const because =
        why === 'shared-outside'
          ? 'it is shared with another company'
          : 'add the bot to SUPPORT_CHANNEL';
      log(
        `case ${number} cannot be posted in ${channel}, and goes to ${person ?? 'nobody'}: ${because}`,
      );
      return person === null ? 'nowhere' : 'elsewhere';
    },
    shown: () => markCaseShown(store, caseId, version),
  };
};
