import { randomUUID } from 'node:crypto';
import type { View } from '@slack/types';
import { say, type Asked } from './answers.ts';
import { actions, type ButtonSpec } from './blocks.ts';
import type { SlackClient, SlackDeps } from './deps.ts';
import { slackErrorOf } from './errors.ts';

/** Slack's names for a modal that is open: by a first try of ours, whose answer was lost. */
const IS_OPEN = new Set(['exchanged_trigger_id', 'duplicate_external_id']);

/**
 * Opens a modal, or puts it on top of the open one; its id. A trigger opens one modal, so a call
 * that is repeated after a lost answer is refused: the modal is then found by the name we gave it.
 */
export const openModal = async (
  client: SlackClient,
  triggerId: string,
  view: View,
  where: 'open' | 'push' = 'open',
): Promise<string | undefined> => {
  const external_id = randomUUID();
  const named = { ...view, external_id };
  try {
    return (await client.views[where]({ trigger_id: triggerId, view: named })).view?.id;
  } catch (error) {
    const { code } = slackErrorOf(error);
    const isOpen = code !== undefined && IS_OPEN.has(code);
    if (code !== undefined && !isOpen) throw error;
    const found = await client.views.update({ external_id, view: named }).catch(() => undefined);
    // One that is open and cannot be found is one that the person has gone on from.
    if (found === undefined && !isOpen) throw error;
    return found?.view?.id;
  }
};

/** What stands in a modal now. One that its person has closed meanwhile needs nothing any more. */
export const fillModal = async (client: SlackClient, viewId: string, view: View): Promise<void> => {
  await client.views.update({ view_id: viewId, view }).catch((error: unknown) => {
    if (slackErrorOf(error).code !== 'not_found') throw error;
  });
};

/**
 * The modal; where Slack does not open it in time, the button that leads to it again. For a message
 * none can open: the question stands beside that button.
 */
export const openOrOffer = async (
  { log }: Pick<SlackDeps, 'log'>,
  { client, triggerId }: { client: SlackClient; triggerId: string | undefined },
  view: View,
  button: ButtonSpec,
  question: string,
): Promise<Asked> => {
  if (triggerId === undefined) return say(question, ...actions('open', [button]));
  try {
    await openModal(client, triggerId, view);
    return 'modal';
  } catch (error) {
    log('a modal was not opened; a button that opens it is shown', error);
    return say(
      `Slack did not open the window. Press *${button.text}* to open it.`,
      ...actions('open-again', [button]),
    );
  }
};
