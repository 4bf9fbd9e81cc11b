import { loadConfig } from '#app/config.ts';
import { keptBy } from '#app/tidy.ts';
import type { LinkFirm } from './link-firm.ts';

/** As the settings have it where nobody sets them. */
export const KEPT = keptBy(loadConfig({}));

const DAY = 86_400_000;

export const daysAgo = (firm: LinkFirm, days: number): number => firm.time.now - days * DAY;

/** A sync of Dana's policy that ended so many days ago, with a request that shows it, or without. */
export const addEnded = async (firm: LinkFirm, id: string, days: number, shown = true) => {
  const at = daysAgo(firm, days);
  await firm.db
    .insertInto('sync')
    .values({
      id,
      policy_id: 'policy',
      source_id: 'source',
      priority: 1,
      status: 'success',
      reason: 'unchanged',
      created_at: at,
      finished_at: at,
    })
    .execute();
  if (!shown) return;
  await firm.db
    .insertInto('request')
    .values({
      id: `r-${id}`,
      person_id: 'dana',
      kind: 'policy',
      policy_id: 'policy',
      asked_in: 'C1',
      channel: 'C1',
      created_at: at,
      ended_at: at,
    })
    .execute();
  await firm.db
    .insertInto('request_sync')
    .values({ request_id: `r-${id}`, sync_id: id })
    .execute();
};
