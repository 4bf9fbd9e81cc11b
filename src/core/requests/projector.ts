import { requestView } from './store/views.ts';
import { redirect, markShown } from '#slack/store.ts';
import type { Store } from '#database/store.ts';
import type { WebClient } from '@slack/web-api';
import type { RequestView } from './view.ts';
import { bringAllUp, isDirect, type Projected } from '#slack/deliver.ts';
import type { Budget } from '#slack/budget.ts';
import type { MessageSettings } from './messages/card.ts';
import { desiredMessages } from './messages/thread.ts';

export interface ProjectorDeps {
  store: Store;
  client: WebClient;
  budget: Budget;
  settings: { canLink: boolean; channelValues: 'shown' | 'hidden' };
  log: (problem: string, error?: unknown) => void;
}

export const privacyIn = (
  { settings }: Pick<ProjectorDeps, 'settings'>,
  channel: string,
): MessageSettings['privacy'] =>
  settings.channelValues === 'shown' || isDirect(channel) ? 'full' : 'masked';

/** A card of many lines moves often, so it counts as several: at most some eight updates in all. */
const weightOf = (view: RequestView): number => Math.max(1, view.items.length / 4);

/** Makes Slack equal to the database for one request; what it cannot do now it asks to do later. */
export const projectRequest = async (
  deps: ProjectorDeps,
  requestId: string,
): Promise<Projected> => {
  const { store, client, budget, log } = deps;
  const view = await requestView(store, requestId);
  if (view === undefined) return { kind: 'shown' };
  const { id, channel } = view;
  const projected = await bringAllUp(
    {
      store,
      client,
      budget,
      log,
      redirect: async () => {
        const note = `Here and not in <#${channel}>, because I cannot post there.`;
        await redirect(store, id, view.personSlackId, note);
        return 'elsewhere';
      },
    },
    { kind: 'request', id, channel, weight: weightOf(view) },
    desiredMessages(view, {
      canLink: deps.settings.canLink,
      privacy: privacyIn(deps, channel),
    }),
  );
  if (projected.kind === 'shown') await markShown(store, id, view.version);
  return projected;
};
