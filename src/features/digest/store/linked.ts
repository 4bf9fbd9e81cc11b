import type { Store } from '#database/store.ts';
import type { Digest } from '../digest.ts';

/** Older ones are history: nobody links from them. */
const MOST_SHOWN = 2;

/** The newest digests that offer to link this login, to be shown anew. */
export const digestsOffering = async (
  { db }: Store,
  sourceId: string,
): Promise<readonly string[]> => {
  const newest = await db
    .selectFrom('notification')
    .select(['id', 'about'])
    .where('kind', '=', 'digest')
    .orderBy('name', 'desc')
    .limit(MOST_SHOWN)
    .execute();
  const ids = newest
    .filter(({ about }) =>
      (JSON.parse(about) as Digest).needs.some(
        (need) => need.kind === 'link' && need.sourceId === sourceId,
      ),
    )
    .map(({ id }) => id);
  if (ids.length > 0)
    await db
      .updateTable('notification')
      .set((of) => ({ version: of('version', '+', 1) }))
      .where('id', 'in', ids)
      .execute();
  return ids;
};
