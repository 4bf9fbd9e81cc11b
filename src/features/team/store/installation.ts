import { firmHas } from '#slack/store.ts';
import type { Store } from '#database/store.ts';

/** Which parts of an installation are there. */
export const partsOf = async (
  store: Store,
): Promise<{ people: boolean; matched: boolean; carriers: boolean }> => {
  return {
    people: await firmHas(store, 'people'),
    matched: await firmHas(store, 'people on Slack'),
    carriers: (await store.db.selectFrom('carrier').select('id').executeTakeFirst()) !== undefined,
  };
};
