import type { LateActs } from '#queue/late-acts.ts';
import { MINUTE } from '#shared/clock.ts';
import { atAfter } from './blocks.ts';
import type { SlackDeps } from './deps.ts';
import { isDirect } from './place.ts';
import { requestKeyOf } from './act-keys.ts';
import { SAID_WITHIN_MS } from './say-again.ts';
import { markAnswered, oweAct, owedBefore, requested } from './store/acts.ts';

const AT_A_TIME = 50;
/** Longer than a bot waits for its database: whoever acknowledged it has ended. */
const LATE_FOR_MS = MINUTE;

/**
 * Tells people whose answer was on its way when a bot ended, or found no way to them while Slack was in
 * trouble, once nobody says it any more: a request has its card, and what else they asked they would wait
 * for. It is told under the act's own name before the act counts as answered: once, whoever looks and
 * wherever they end.
 */
export const tellOwed = async ({
  store,
  clock,
  tell,
}: Pick<SlackDeps, 'store' | 'clock' | 'tell'>): Promise<void> => {
  const owed = await owedBefore(store, clock() - SAID_WITHIN_MS, AT_A_TIME);
  const stand = await requested(
    store,
    owed.map(({ key }) => requestKeyOf(key)),
  );
  for (const { key, to, at, in: channel } of owed) {
    const place = channel === null || isDirect(channel) ? '' : ` in <#${channel}>`;
    if (!stand.has(requestKeyOf(key)))
      await tell(to, {
        name: 'owed',
        once: key,
        title: 'Please ask again',
        text: `You may have no answer to what you ${atAfter('asked', at)}${place}. If nothing came, ask again.`,
      });
    await markAnswered(store, key);
  }
};

/** Acts that were acknowledged while the database took nothing, and of which it has heard nothing since. */
export const bringLate = async (
  { store, clock }: Pick<SlackDeps, 'store' | 'clock'>,
  late: LateActs,
): Promise<void> => {
  for (const act of await late.all()) {
    if (act.at >= clock() - LATE_FOR_MS) continue;
    await oweAct(store, act);
    await late.forget(act.key);
  }
};
