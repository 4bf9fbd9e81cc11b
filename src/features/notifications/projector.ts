import { letterById, redirectLetter, markLetterShown, supporters } from './store.ts';
import type { Store } from '#database/store.ts';
import type { WebClient } from '@slack/web-api';
import { bringAllUp, isDirect, type Projected } from '#slack/deliver.ts';
import { slackErrorOf } from '#slack/errors.ts';
import { letterMessages, type Drawings } from './messages.ts';
import { privacyIn, type ProjectorDeps } from '#core/requests/projector.ts';
import { letterSubject } from '#shared/subject.ts';

export interface LetterProjectorDeps extends Omit<ProjectorDeps, 'store'> {
  store: Store;
  command: string;
  drawings: Drawings;
}

/** Nobody of the firm is on Slack to be told instead: a person has to change something first. */
const NOWHERE_MS = 10 * 60_000;

/**
 * Whether people of another company read there: a channel of the firm may have been opened to them
 * since it was set. One that the bot may not look at is as its setting says.
 */
const placeOf = async (
  client: WebClient,
  channelId: string,
): Promise<'shared-outside' | 'our-own' | 'unknown'> => {
  if (isDirect(channelId)) return 'our-own';
  try {
    const { channel } = await client.conversations.info({ channel: channelId });
    return channel?.is_ext_shared === true || channel?.is_pending_ext_shared === true
      ? 'shared-outside'
      : 'our-own';
  } catch (error) {
    return slackErrorOf(error).code === undefined ? 'unknown' : 'our-own';
  }
};

/** Makes Slack equal to the database for one letter. */
export const projectLetter = async (
  deps: LetterProjectorDeps,
  letterId: string,
): Promise<Projected> => {
  const { store, client, budget, log, command } = deps;
  const letter = await letterById(store, letterId);
  if (letter === undefined) return { kind: 'shown' };
  /** What the firm must know is not lost to a channel that cannot have it. */
  const redirect = async (why: string): Promise<boolean> => {
    const first = (await supporters(store.db)).find(({ slackId }) => slackId !== null);
    if (first?.slackId != null) await redirectLetter(store, letterId, first.slackId);
    log(
      `a ${letter.kind} cannot be posted in ${letter.channel}, and goes to ${first?.name ?? 'nobody'}: ${why}`,
    );
    return first !== undefined;
  };
  const place = await placeOf(client, letter.channel);
  if (place === 'unknown') return { kind: 'later', ms: budget.retryMs };
  if (place === 'shared-outside')
    return (await redirect('it is shared with another company'))
      ? { kind: 'later', ms: 1 }
      : { kind: 'later', ms: NOWHERE_MS };
  const projected = await bringAllUp(
    {
      store,
      client,
      budget,
      log,
      redirect: async () =>
        (await redirect('add the bot to that channel')) ? 'elsewhere' : 'nowhere',
    },
    { kind: 'letter', id: letterSubject(letterId), channel: letter.channel, weight: 1 },
    letterMessages(deps.drawings, letter, {
      privacy: privacyIn(deps, letter.channel),
      canLink: deps.settings.canLink,
      command,
    }),
  );
  if (projected.kind === 'shown') await markLetterShown(store, letterId, letter.version);
  return projected;
};
