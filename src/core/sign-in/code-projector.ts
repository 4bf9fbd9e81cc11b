import type { MessageLog } from '#slack/sent-messages.ts';
import type { CodePromptStore } from './code-prompt.ts';
import type { CarrierFacts } from '#portal/portal.ts';
import { bringAllUp, type Projected } from '#slack/deliver.ts';
import { codeMessage } from './code-messages.ts';
import type { ProjectorDeps } from '#core/requests/projector.ts';
import { codeSubject } from '#shared/subject.ts';

export interface CodeProjectorDeps extends Omit<ProjectorDeps, 'store'> {
  store: CodePromptStore & Pick<ProjectorDeps['store'], keyof MessageLog | 'liveRequests'>;
  carrier: (id: string) => CarrierFacts | undefined;
}

/** Asks for the code of one sign-in by direct message, and says there how it went on. */
export const projectCode = async (
  deps: CodeProjectorDeps,
  signInId: string,
): Promise<Projected> => {
  const { store, client, budget, log } = deps;
  const prompt = await store.codePrompt(signInId);
  if (prompt === undefined) return { kind: 'shown' };
  if (!prompt.ended) await store.beginPrompt(signInId);
  const projected = await bringAllUp(
    {
      messages: store,
      client,
      budget,
      log,
      liveRequests: store.liveRequests,
      // A direct message is nowhere else; the link page takes the code all the same.
      redirect: () => Promise.resolve('nowhere'),
    },
    { kind: 'code', id: codeSubject(signInId), channel: prompt.slackId, weight: 1 },
    [codeMessage(prompt, deps.carrier(prompt.carrierId)?.sendsCodeAgain === true)],
  );
  if (projected.kind === 'shown') await store.markPromptShown(signInId, prompt.step, prompt.ended);
  return projected;
};
