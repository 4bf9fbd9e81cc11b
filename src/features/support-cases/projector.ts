import type { MessageLog } from '#slack/sent-messages.ts';
import type { CaseStore } from './support-case.ts';
import { bringAllUp, type Projected } from '#slack/deliver.ts';
import { caseMessage } from './messages.ts';
import { privacyIn, type ProjectorDeps } from '#core/requests/projector.ts';
import { caseSubject } from '#shared/subject.ts';

export interface CaseProjectorDeps extends Omit<ProjectorDeps, 'store'> {
  store: Pick<CaseStore, 'caseView' | 'markCaseShown' | 'redirectCase'> &
    Pick<ProjectorDeps['store'], keyof MessageLog | 'liveRequests'>;
  command: string;
}

/** Makes the support channel equal to the database for one case. */
export const projectCase = async (deps: CaseProjectorDeps, caseId: string): Promise<Projected> => {
  const { store, client, budget, log, command } = deps;
  const view = await store.caseView(caseId);
  if (view === undefined) return { kind: 'shown' };
  const projected = await bringAllUp(
    {
      messages: store,
      client,
      budget,
      log,
      liveRequests: store.liveRequests,
      redirect: async ({ channel }) => {
        const person = await store.redirectCase(caseId);
        log(
          `case ${view.number} cannot be posted in ${channel}, and goes to ${person ?? 'nobody'}: add the bot to SUPPORT_CHANNEL`,
        );
        return person === null ? 'nowhere' : 'elsewhere';
      },
    },
    { kind: 'case', id: caseSubject(caseId), channel: view.channel, weight: 1 },
    [caseMessage(view, privacyIn(deps, view.channel), command)],
  );
  if (projected.kind === 'shown') await store.markCaseShown(caseId, view.version);
  return projected;
};
