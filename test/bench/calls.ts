import { SLACK_BUDGET } from '#slack/budget.ts';
import { syncForty } from '#test/support/forty-policies.ts';
import type { Where } from '#test/support/where.ts';
import { atMost, type Figure } from './figure.ts';

/** Its modal, a look at who reads the channel, its card and its closing reply; the card then moves on. */
const NEEDED: Readonly<Record<string, number>> = {
  'views.open': 1,
  'conversations.info': 1,
  'chat.postMessage': 2,
  'chat.update': Infinity,
};

/** What Slack is asked for as a contact of forty policies is synced, at Slack's own pace. */
export const measureCalls = async (say: (figure: Figure) => void, where?: Where): Promise<void> => {
  const { calls } = await syncForty({}, SLACK_BUDGET, where);
  say(atMost('calls to Slack of a sync of 40 policies', calls.length, 'calls', 12));
  // Accounts are listed to one bot; each other asks for whoever first acts there.
  const needed: typeof NEEDED = { ...NEEDED, 'users.info': (where?.bots ?? 1) - 1 };
  const needless = Object.entries(Object.groupBy(calls, ({ method }) => method)).map(
    ([method, of = []]) => Math.max(0, of.length - (needed[method] ?? 0)),
  );
  say(
    atMost(
      'of these none of modal, look at the channel, card, change of the card and reply',
      needless.reduce((all, each) => all + each, 0),
      'calls',
      0,
    ),
  );
};
