import * as requestAnswers from '#core/requests/answers.ts';
import type { View } from '@slack/types';
import type { Actor } from '#shared/access.ts';
import { isSyncable } from '#shared/status.ts';
import { readHistory } from './history.ts';
import { lookUpPolicy } from '#core/policies/look-up.ts';
import * as answers from '#slack/answers.ts';
import type { Answer } from '#slack/answers.ts';
import { actions, button, type KnownBlock } from '#slack/blocks.ts';
import { parsePolicy } from '#slack/click-values.ts';
import { readings } from '#slack/command-text.ts';
import { beforeMeeting, meetingAtEnd } from '#core/requests/meeting-words.ts';
import type { SlackDeps, SlackClient } from '#slack/deps.ts';
import { historyChart } from './chart.ts';
import { historyModal, loadingHistory, noHistory } from './modal.ts';
import { chartPicture, pictureBlock } from '#slack/picture.ts';
import { notOutside } from '#slack/origin.ts';
import { withPictures, type PictureDeps } from '#slack/picture-upload.ts';
import { click, type ClickAct } from '#slack/listen.ts';
import type { PolicyHistory } from '#core/policies/history.ts';
import { spoken } from '#slack/spoken.ts';

/** With the values as a picture, where Slack takes it. */
export const historyView = async (deps: PictureDeps, history: PolicyHistory): Promise<View> => {
  const chart = historyChart(history);
  if (chart === undefined) return historyModal(history);
  const picture = chartPicture(chart);
  const view = historyModal(history, pictureBlock(picture));
  return { ...view, blocks: await withPictures(deps, view.blocks as KnownBlock[], [picture]) };
};

const shown = async (deps: PictureDeps, history: PolicyHistory): Promise<Answer> =>
  spoken([
    ...((await historyView(deps, history)).blocks as KnownBlock[]),
    ...actions('history', [
      ...(isSyncable(history.policy.indicator)
        ? [
            {
              text: 'Sync it now',
              action: 'sync-policy',
              value: JSON.stringify({ policy: history.policy.id }),
              style: 'primary' as const,
            },
          ]
        : []),
      {
        text: 'Export as CSV',
        action: 'history-export',
        value: JSON.stringify({ policy: history.policy.id }),
      },
    ]),
  ]);

const historyAnswer = async (
  deps: SlackDeps,
  client: SlackClient,
  actor: Actor,
  policyId: string,
): Promise<Answer> => {
  const history = await readHistory(deps, actor, policyId);
  return history === undefined ? answers.notYours() : shown({ ...deps, client }, history);
};

/** Two numbers, of four digits and more each. */
const LISTED = /\d{4}.*[\s,;&/].*\d{4}/;

/** `/sync history 00123-4567`: what was tried and the values over time, for this person's eyes. */
export const historyCommand = async (
  deps: SlackDeps,
  client: SlackClient,
  actor: Actor,
  query: string,
): Promise<Answer> => {
  if (query === '') return answers.historyOfWhat(deps.settings.command);
  let found = await lookUpPolicy(deps, actor, query);
  for (const bare of readings(query).slice(1))
    if (found.kind === 'none') found = await lookUpPolicy(deps, actor, bare);
  if (found.kind === 'none') {
    const meeting = beforeMeeting(query) ?? meetingAtEnd(deps, query);
    if (meeting !== undefined && meeting.query !== '')
      return answers.after(
        answers.leftOut(
          query.slice(query.indexOf(meeting.query) + meeting.query.length).trim(),
          `${deps.settings.command} history`,
          'shows what is kept, of every day.',
        ),
        await historyCommand(deps, client, actor, meeting.query),
      );
  }
  if (found.kind === 'none' && LISTED.test(query))
    return answers.say(
      `I show the history of one policy at a time. Type \`${deps.settings.command} history\` and one number.`,
    );
  switch (found.kind) {
    case 'refused':
      return answers.notYours();
    case 'none':
      return requestAnswers.noMatch(query, found.close, deps.settings.command);
    case 'one':
      return historyAnswer(deps, client, actor, found.policy.id);
    case 'several':
      return requestAnswers.severalMatches(query, found.policies, found.more, (policy, index) =>
        button({
          text: `History ${policy.number}`,
          action: `history-of:${index}`,
          value: JSON.stringify({ policy: policy.id }),
          says: `History of ${policy.number}`,
        }),
      );
  }
};

/** From Home: a modal opens at once, and fills when the rows are read. */
const showHistory: ClickAct<{ policy: string }> = async (deps, { actor, client }, { policy }) => {
  const history = await readHistory(deps, actor, policy);
  return history === undefined
    ? noHistory(answers.notYours().text)
    : historyView({ ...deps, client }, history);
};

export const HISTORY_CLICKS = [
  click(
    /^history-of:\d+$/,
    parsePolicy,
    notOutside((deps, { actor, client }, { policy }) => historyAnswer(deps, client, actor, policy)),
    'in-place',
  ),
  click('home-history', parsePolicy, showHistory, loadingHistory()),
];
