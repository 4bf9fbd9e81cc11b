import type { WebClient } from '@slack/web-api';
import type { MessageStore } from '#slack/sent-messages.ts';
import type { RequestView, ViewStore } from './view.ts';
import { bringAllUp, isDirect, type Projected } from '#slack/deliver.ts';
import type { Budget } from '#slack/budget.ts';
import type { MessageSettings } from './messages/card.ts';
import { desiredMessages } from './messages/thread.ts';

export type ProjectorStore = ViewStore & Omit<MessageStore, 'firstSight'>;

export interface ProjectorDeps {
  store: ProjectorStore;
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
  const view = await store.requestView(requestId);
  if (view === undefined) return { kind: 'shown' };
  const { id, channel } = view;
  const projected = await bringAllUp(
    {
      messages: store,
      client,
      budget,
      log,
      liveRequests: store.liveRequests,
      redirect: async () => {
        const note = `Here and not in <#${channel}>, because I cannot post there.`;
        await store.redirect(id, view.personSlackId, note);
        return 'elsewhere';
      },
    },
    { kind: 'request', id, channel, weight: weightOf(view) },
    desiredMessages(view, {
      canLink: deps.settings.canLink,
      privacy: privacyIn(deps, channel),
    }),
  );
  if (projected.kind === 'shown') await store.markShown(id, view.version);
  return projected;
};
