import { letterSubject, type LetterStore } from '#sync/letter.ts';
import type { MessageLog } from '#sync/messages.ts';
import { bringAllUp, type Projected } from './bring-up.ts';
import { letterMessages } from './messages/letters.ts';
import { privacyIn, type ProjectorDeps } from './projector.ts';

export interface LetterProjectorDeps extends Omit<ProjectorDeps, 'store'> {
  store: Pick<LetterStore, 'letter' | 'markLetterShown' | 'redirectLetter'> & {
    /** Support first, else managers and owners. */
    supporters: () => Promise<{ name: string; slackId: string | null }[]>;
  } & Pick<ProjectorDeps['store'], keyof MessageLog | 'liveRequests'>;
  command: string;
}

/** Makes Slack equal to the database for one letter. */
export const projectLetter = async (
  deps: LetterProjectorDeps,
  letterId: string,
): Promise<Projected> => {
  const { store, client, budget, log, command } = deps;
  const letter = await store.letter(letterId);
  if (letter === undefined) return { kind: 'shown' };
  const projected = await bringAllUp(
    {
      messages: store,
      client,
      budget,
      log,
      liveRequests: store.liveRequests,
      // What the firm must know is not lost to a channel that the bot is not in.
      redirect: async ({ channel }) => {
        const [first] = (await store.supporters()).filter(({ slackId }) => slackId !== null);
        if (first?.slackId != null) await store.redirectLetter(letterId, first.slackId);
        log(
          `a ${letter.kind} cannot be posted in ${channel}, and goes to ${first?.name ?? 'nobody'}: add the bot to that channel`,
        );
      },
    },
    { kind: 'letter', id: letterSubject(letterId), channel: letter.channel, weight: 1 },
    letterMessages(letter, {
      privacy: privacyIn(deps, letter.channel),
      canLink: deps.settings.canLink,
      command,
    }),
  );
  if (projected.kind === 'shown') await store.markLetterShown(letterId, letter.version);
  return projected;
};
