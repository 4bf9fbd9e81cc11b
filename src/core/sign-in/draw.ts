import type { Draw } from '#slack/project.ts';
import { codeMessage } from './code-messages.ts';
import { beginPrompt, codePrompt, markPromptShown } from './store/code-prompts.ts';

/** Asks for the code of one sign-in by direct message, and says there how it went on. */
export const drawCode: Draw = async ({ store, carrier }, signInId) => {
  const prompt = await codePrompt(store, signInId);
  if (prompt === undefined) return undefined;
  if (!prompt.ended) await beginPrompt(store, signInId);
  return {
    channel: prompt.slackId,
    messages: [codeMessage(prompt, carrier(prompt.carrierId)?.sendsCodeAgain === true)],
    // A direct message is nowhere else; the link page takes the code all the same.
    redirect: () => Promise.resolve('nowhere'),
    shown: () => markPromptShown(store, signInId, prompt.step, prompt.ended),
  };
};
