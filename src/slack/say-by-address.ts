import type { WebClient } from '@slack/web-api';
import type { Answer } from './answers.ts';
import { slackErrorOf } from './errors.ts';
import { isClosed } from './place.ts';
import { hasEnded, sayAgain, type Saying } from './say-again.ts';

interface Asker {
  slackId: string;
  /** Where they asked; their id where that is no channel. */
  channel: string;
  thread?: string | undefined;
}

/** Says an answer where it was asked for; nobody else sees it. */
export const sayWhereAsked = (
  teller: WebClient,
  { slackId, channel, thread }: Asker,
  answer: Answer,
): Promise<void> =>
  sayAgain(teller, answer, (said) =>
    teller.chat.postEphemeral({
      channel,
      user: slackId,
      ...(thread === undefined ? {} : { thread_ts: thread }),
      ...said,
    }),
  );

/**
 * Says an answer by the address that an act came with. That address lives for half an hour: what comes
 * later stands in the same place by itself, and in the direct messages where the bot may not post.
 */
export const sayByAddress = async (
  teller: WebClient,
  { slackId, channel, thread }: Asker,
  answer: Answer,
  respond: (answer: Answer) => Promise<unknown>,
  saying?: Saying,
): Promise<void> => {
  try {
    await sayAgain(teller, answer, respond, saying);
    return;
  } catch (error) {
    if (!hasEnded(error)) throw error;
  }
  try {
    await sayWhereAsked(teller, { slackId, channel, thread }, answer);
  } catch (error) {
    if (!isClosed(slackErrorOf(error).code)) throw error;
    await sayAgain(teller, answer, (said) =>
      teller.chat.postMessage({ channel: slackId, ...said }),
    );
  }
};
