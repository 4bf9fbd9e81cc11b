import type { SlackDeps } from './deps.ts';
import type { View } from '@slack/types';
import type { Answer } from './answers.ts';
import type { Click, Refresh } from './listen.ts';
import { openModal } from './open-modal.ts';

/** The answer that a modal was opened from, so that it can follow; lost on a restart, as it may be. */
const behind = new Map<string, Refresh>();
const MOST_BEHIND = 1000;

/** Opens a modal from an answer, which `refreshBehind` can then bring up to date. */
export const openFrom = async (
  { client, triggerId, refresh }: Click,
  view: View,
): Promise<undefined> => {
  const opened = await openModal(client, triggerId, view);
  if (opened === undefined) return;
  behind.set(opened, refresh);
  const [oldest] = behind.keys();
  if (behind.size > MOST_BEHIND && oldest !== undefined) behind.delete(oldest);
};

export const refreshBehind = async (
  { log }: Pick<SlackDeps, 'log'>,
  viewId: string,
  answer: () => Promise<Answer> | Answer,
): Promise<void> => {
  const refresh = behind.get(viewId);
  behind.delete(viewId);
  try {
    await refresh?.(await answer());
  } catch (error) {
    log('an older answer could not be brought up to date', error);
  }
};
