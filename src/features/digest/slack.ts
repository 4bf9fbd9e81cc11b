import type { Actor } from '#shared/access.ts';
import { isQuiet } from './rules.ts';
import { readDigest } from './digest.ts';
import * as answers from '#slack/answers.ts';
import type { Answer } from '#slack/answers.ts';
import { section } from '#slack/blocks.ts';
import { click, noValue, type ClickAct } from '#slack/listen.ts';
import { isSharedOutside } from '#slack/origin.ts';
import type { SlackDeps, SlackClient } from '#slack/deps.ts';
import { carrierTable, digestCard, unreadLines } from './messages.ts';
import { withPictures } from '#slack/picture-upload.ts';
import { spoken } from '#slack/spoken.ts';

/** An answer has no thread, so more of it stands on the card. */
const MOST_NEEDS = 10;

/** `/sync digest`: the day so far, for this person's eyes. */
export const digestAnswer = async (
  deps: SlackDeps,
  client: SlackClient,
  actor: Actor,
): Promise<Answer> => {
  const { settings } = deps;
  const digest = await readDigest(deps, actor);
  if (digest === undefined) return answers.notYours();
  const { command, publicUrl } = settings;
  const card = digestCard(
    digest,
    { privacy: 'full', canLink: publicUrl !== undefined, command },
    {
      most: MOST_NEEDS,
      rest: `in the report: \`${command} report\` opens it.`,
      end: `Everything else is in the report, in my Home tab: \`${command} report\` opens it.`,
    },
  );
  const why = unreadLines(digest);
  const blocks = [
    ...card.blocks.slice(0, -1),
    ...(why.length === 0 ? [] : [section(['*Could not be synced, and why*', ...why].join('\n'))]),
    ...(isQuiet(digest) || digest.carriers.length < 2 ? [] : [carrierTable(digest)]),
    ...card.blocks.slice(-1),
  ];
  return spoken(await withPictures({ ...deps, client }, blocks, card.pictures ?? []));
};

/** What a channel's digest keeps to itself, to this person alone. */
const showDigest: ClickAct<true> = async (deps, { actor, client, channel }) =>
  (await isSharedOutside(deps, client, channel))
    ? answers.notInSharedChannel()
    : digestAnswer(deps, client, actor);

export const DIGEST_CLICKS = [click('show-digest', noValue, showDigest)];
