import { caseView } from './store/views.ts';
import { redirectCase, markCaseShown } from './store/cases.ts';
import type { Store } from '#database/store.ts';
import { bringAllUp, type Projected } from '#slack/deliver.ts';
import { caseMessage } from './messages.ts';
import { privacyIn, type ProjectorDeps } from '#core/requests/projector.ts';
import { caseSubject } from '#shared/subject.ts';

export interface CaseProjectorDeps extends Omit<ProjectorDeps, 'store'> {
  store: Store;
  command: string;
}

/** Makes the support channel equal to the database for one case. */
export const projectCase = async (deps: CaseProjectorDeps, caseId: string): Promise<Projected> => {
  const { store, client, budget, log, command } = deps;
  const view = await caseView(store.db, caseId);
  if (view === undefined) return { kind: 'shown' };
  const projected = await bringAllUp(
    {
      store,
      client,
      budget,
      log,
      redirect: async ({ channel }) => {
        const person = await redirectCase(store, caseId);
        log(
          `case ${view.number} cannot be posted in ${channel}, and goes to ${person ?? 'nobody'}: add the bot to SUPPORT_CHANNEL`,
        );
        return person === null ? 'nowhere' : 'elsewhere';
      },
    },
    { kind: 'case', id: caseSubject(caseId), channel: view.channel, weight: 1 },
    [caseMessage(view, privacyIn(deps, view.channel), command)],
  );
  if (projected.kind === 'shown') await markCaseShown(store, caseId, view.version);
  return projected;
};
