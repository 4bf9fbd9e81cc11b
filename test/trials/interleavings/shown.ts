import { card } from '#core/requests/messages/card.ts';
import { requestView } from '#core/requests/store/views.ts';
import type { Store } from '#database/store.ts';

/**
 * What the cards of open requests keep from whom they are for: a sync that waits at an unlinked login, and
 * is not said to wait for that, or has no Link. A sign-in under way is the link that is awaited.
 */
export const linklessOf = async (
  store: Store,
  requests: readonly string[],
): Promise<{ waiting: number; faults: string[] }> => {
  const faults: string[] = [];
  let waiting = 0;
  for (const id of requests) {
    const view = await requestView(store, id);
    for (const item of view?.items ?? []) {
      const awaited = item.reason === 'signing-in' || item.reason === 'code-needed';
      if (view === undefined || item.status !== 'queued' || item.source.linked || awaited) continue;
      waiting += 1;
      const { blocks } = card({ ...view, items: [item] }, { privacy: 'full', canLink: true });
      if (
        item.reason !== 'waiting-for-link' ||
        !JSON.stringify(blocks).includes('"action_id":"link"')
      )
        faults.push(`a sync without a Link step at an unlinked login, as ${item.reason}`);
    }
  }
  return { waiting, faults };
};
