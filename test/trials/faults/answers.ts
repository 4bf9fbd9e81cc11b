import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultFirm } from './firm.ts';

const PATIENCE_MS = 120_000;

/** Requests of people that are not answered yet. */
export const openRequests = async ({ db }: FaultFirm): Promise<string[]> =>
  (
    await db
      .selectFrom('request')
      .select('id')
      .where((is) =>
        is.or([is('ended_at', 'is', null), is('shown_version', '<', is.ref('version'))]),
      )
      .execute()
  ).map(({ id }) => id);

/** How long until all that was open is answered, ms. */
export const untilAnswered = async (firm: FaultFirm, open: readonly string[]): Promise<number> => {
  const began = performance.now();
  for (;;) {
    const still = await openRequests(firm);
    const took = performance.now() - began;
    if (!open.some((id) => still.includes(id)) || took > PATIENCE_MS) return took;
    await sleep(50);
  }
};
