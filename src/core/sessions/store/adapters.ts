import type { Store } from '#database/store.ts';

/** Of the adapter that a person mended last; it may be of another machine, or of an earlier day. */
export const mendedHash = async ({ db }: Store, carrierId: string): Promise<string | undefined> => {
  const carrier = await db
    .selectFrom('carrier')
    .select('mended_hash')
    .where('id', '=', carrierId)
    .executeTakeFirst();
  return carrier?.mended_hash ?? undefined;
};
