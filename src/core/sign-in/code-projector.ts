import { codePrompt, beginPrompt, markPromptShown } from './store/code-prompts.ts';
import type { Store } from '#database/store.ts';
import type { CarrierFacts } from '#portal/portal.ts';
import { bringAllUp, type Projected } from '#slack/deliver.ts';
import { codeMessage } from './code-messages.ts';
import type { ProjectorDeps } from '#core/requests/projector.ts';
import { codeSubject } from '#shared/subject.ts';

export interface CodeProjectorDeps extends Omit<ProjectorDeps, 'store'> {
  store: Store;
  carrier: (id: string) => CarrierFacts | undefined;
}

/** Asks for the code of one sign-in by direct message, and says there how it went on. */
export const projectCode = async (
  deps: CodeProjectorDeps,
  signInId: string,
): Promise<Projected> => {
  const { store, client, budget, log } = deps;
  const prompt = await codePrompt(store, signInId);
  if (prompt === undefined) return { kind: 'shown' };
  if (!prompt.ended) await beginPrompt(store, signInId);
  const projected = await bringAllUp(
    {
      store,
      client,
      budget,
      log,
      // A direct message is nowhere else; the link page takes the code all the same.
      redirect: () => Promise.resolve('nowhere'),
    },
    { kind: 'code', id: codeSubject(signInId), channel: prompt.slackId, weight: 1 },
    [codeMessage(prompt, deps.carrier(prompt.carrierId)?.sendsCodeAgain === true)],
  );
  if (projected.kind === 'shown') await markPromptShown(store, signInId, prompt.step, prompt.ended);
  return projected;
};
