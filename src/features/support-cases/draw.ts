import { privacyIn, type Draw } from '#slack/project.ts';
import { becauseOf } from '#features/notifications/draw.ts';
import { hasLeft } from '#features/notifications/store.ts';
import type { Lost } from '#slack/place.ts';
import { answersBack, caseMessage } from './messages.ts';
import { markCaseShown, redirectCase } from './store/cases.ts';
import { caseView } from './store/views.ts';

/** A case in the support channel. */
export const drawCase: Draw = async (deps, caseId) => {
  const { store, log } = deps;
  const view = await caseView(store.db, caseId);
  if (view === undefined) return undefined;
  const { channel, number, version } = view;
  const redirect = async (why: Lost) => {
    const person = await redirectCase(store, caseId, channel);
    log(
      `case ${number} cannot be posted in ${channel}, and goes to ${person ?? 'nobody'}: ${becauseOf(why, 'SUPPORT_CHANNEL')}`,
    );
    return person === null ? 'nowhere' : 'elsewhere';
  };
  if ((await hasLeft(store, channel)) && (await redirect('left')) === 'elsewhere')
    return { kind: 'later', ms: 1 };
  return {
    channel,
    messages: [caseMessage(view, privacyIn(deps, channel)), ...answersBack(view)],
    redirect,
    shown: () => markCaseShown(store, caseId, version),
  };
};
