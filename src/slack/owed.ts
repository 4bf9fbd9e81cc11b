import { MINUTE } from '#shared/clock.ts';
import { atAfter } from './blocks.ts';
import type { SlackDeps } from './deps.ts';
import { isDirect } from './place.ts';
import { takeOwed } from './store/acts.ts';

/** Longer than any answer is said again: whoever owed it then has ended, or Slack did not take it. */
const OWED_FOR_MS = 5 * MINUTE;
const AT_A_TIME = 50;

/**
 * Tells people whose answer was on its way when a bot ended, or found no way to them while Slack was in
 * trouble: a request has its card, and what else they asked they would wait for.
 */
export const tellOwed = async ({
  store,
  clock,
  tell,
}: Pick<SlackDeps, 'store' | 'clock' | 'tell'>): Promise<void> => {
  for (const { to, at, in: channel } of await takeOwed(store, clock() - OWED_FOR_MS, AT_A_TIME)) {
    const place = channel === null || isDirect(channel) ? '' : ` in <#${channel}>`;
    await tell(to, {
      name: 'owed',
      title: 'Please ask again',
      text: `You may have no answer to what you ${atAfter('asked', at)}${place}. If nothing came, ask again.`,
    });
  }
};
