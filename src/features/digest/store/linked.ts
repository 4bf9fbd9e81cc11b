import type { Store } from '#database/store.ts';
import type { Digest } from '../digest.ts';

/** Those of these logins that are linked now, whatever the digest of a day says of them. */
export const linkedAmong = async (
  { db }: Store,
  sourceIds: readonly string[],
): Promise<ReadonlySet<string>> => {
  if (sourceIds.length === 0) return new Set();
  const rows = await db
    .selectFrom('login_source')
    .select('id')
    .where('id', 'in', sourceIds)
    .where('linked', '=', 1)
    .execute();
  return new Set(rows.map(({ id }) => id));
};

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
