import { setTimeout as sleep } from 'node:timers/promises';
import { holdersOf } from '#core/logins/store/access.ts';
import type { Store } from '#database/store.ts';
import type { Show } from '#queue/messages.ts';
import { type Clock, MINUTE } from '#shared/clock.ts';
import { accountSubject } from '#shared/subject.ts';

/** What Slack said of an account stands this long before a password is used on its word. */
const STANDS_MS = 2 * MINUTE;
const LOOK_MS = 200;
const MOST_LOOKS = 40;

/**
 * Whether whoever holds this login, and whoever agreed to what is kept of it, is still a full member of
 * the workspace: the bot asks Slack, and its answer is waited for. Those who are not have lost what was
 * kept by then. False where nobody answers.
 */
export const holdersAreHere = async (
  { store, clock, show }: { store: Store; clock: Clock; show: Show },
  sourceId: string,
  signal: AbortSignal,
): Promise<boolean> => {
  const unsure = async () =>
    (await holdersOf(store, sourceId)).filter(
      ({ checkedAt }) => Math.abs(clock() - checkedAt) >= STANDS_MS,
    );
  const people = await unsure();
  for (const { id } of people) await show(accountSubject(id));
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    if ((await unsure()).length === 0) return true;
    await sleep(LOOK_MS, undefined, { signal });
  }
  return false;
};
