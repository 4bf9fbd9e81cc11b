import { forgetRequests, forgetRuns, forgetSyncs } from '#core/requests/store/retention.ts';
import { forgetLinks, forgetSignIns, forgetTries } from '#core/sign-in/store/retention.ts';
import type { Looked } from '#database/old-rows.ts';
import { forgetNamed } from '#core/policies/store/named.ts';
import { forgetAudit } from '#database/audit-lines.ts';
import { forgetDays } from '#database/task-runs.ts';
import { forgetNotifications } from '#features/notifications/store.ts';
import { forgetEvents } from '#features/webhooks/store.ts';
import { breathe, type Clock, DAY } from '#shared/clock.ts';
import { forgetSights } from '#slack/store/acts.ts';
import type { Store } from '#database/store.ts';

/** Slack sends an event again for some hours at most. */
const SIGHTS_KEPT_MS = 3 * DAY;
/** How long each class of data is kept, days; values and the newest sync of a policy stay for good. */
export interface Kept {
  syncs: number;
  events: number;
  audit: number;
}

const CHUNK = 100;

/** Deletes what is of no more use, in small steps that keep the event loop free. */
export const tidy = async (
  { store, clock }: { store: Store; clock: Clock },
  kept: Kept,
): Promise<void> => {
  const now = clock();
  const old = now - kept.syncs * DAY;
  await inChunks(() => forgetSights(store, now - SIGHTS_KEPT_MS, CHUNK));
  await inChunks(() => forgetEvents(store, now - kept.events * DAY, CHUNK));
  await inChunks(() => forgetAudit(store, now - kept.audit * DAY, CHUNK));
  await forgetNamed(store, now);
  await inChunks(() => forgetNotifications(store, old, CHUNK));
  const oldDay = new Date(old).toISOString().slice(0, 10);
  await forgetDays(store, oldDay);
  await inChunks(() => forgetRuns(store, oldDay, CHUNK));
  for (const forget of [forgetRequests, forgetSyncs, forgetSignIns, forgetLinks, forgetTries])
    await inSteps((after) => forget(store, { before: old, after, limit: CHUNK }));
};

const inChunks = async (forget: () => Promise<number>): Promise<void> => {
  while ((await forget()) === CHUNK) await breathe();
};

const inSteps = async (forget: (after: string) => Promise<Looked>): Promise<void> => {
  for (let after: string | undefined = ''; after !== undefined; await breathe())
    after = (await forget(after)).last;
};
