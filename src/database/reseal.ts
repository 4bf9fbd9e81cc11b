import { SealingError } from './sealing.ts';
import type { Opener, Sealed, Sealer } from './sealed.ts';
import type { Store } from './store.ts';

export interface Resealed {
  /** Secrets that the newest key opens now. */
  moved: number;
  /** Secrets that no key here opens: whoever linked them links again. */
  lost: number;
}

const CHUNK = 100;

interface Row extends Sealed {
  ownerId: string;
  kind: string;
  sourceId: string;
}

/** How many secrets are sealed to another key than the newest. */
export const secretsToReseal = async ({ db }: Store, newest: string): Promise<number> => {
  const { n } = await db
    .selectFrom('sealed_secret')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('key_id', '!=', newest)
    .where('sealed', '!=', '')
    .executeTakeFirstOrThrow();
  return n;
};

/**
 * Seals every secret to the newest key, beside a bot and workers that run: one that was replaced or
 * deleted meanwhile stays as they made it.
 */
export const resealSecrets = async (
  { db }: Store,
  { opener, sealer, newest }: { opener: Opener; sealer: Sealer; newest: string },
  looked: (secrets: number) => void = () => undefined,
): Promise<Resealed> => {
  const done: Resealed = { moved: 0, lost: 0 };
  let seen = 0;
  let last = { ownerId: '', kind: '' };
  for (;;) {
    const rows: Row[] = await db
      .selectFrom('sealed_secret')
      .select(['owner_id as ownerId', 'kind', 'source_id as sourceId', 'key_id as keyId', 'sealed'])
      .where((of) =>
        of.or([
          of('owner_id', '>', last.ownerId),
          of.and([of('owner_id', '=', last.ownerId), of('kind', '>', last.kind)]),
        ]),
      )
      .where('key_id', '!=', newest)
      // What was used is emptied, and stays as a mark that it was there.
      .where('sealed', '!=', '')
      .orderBy('owner_id')
      .orderBy('kind')
      .limit(CHUNK)
      .execute();
    for (const row of rows) {
      looked((seen += 1));
      const fresh = await resealed(row, opener, sealer);
      if (fresh === undefined) {
        done.lost += 1;
        continue;
      }
      const { numUpdatedRows } = await db
        .updateTable('sealed_secret')
        .set({ key_id: fresh.keyId, sealed: fresh.sealed })
        .where('owner_id', '=', row.ownerId)
        .where('kind', '=', row.kind)
        .where('sealed', '=', row.sealed)
        .executeTakeFirst();
      done.moved += Number(numUpdatedRows);
    }
    const end = rows.at(-1);
    if (rows.length < CHUNK || end === undefined) return done;
    last = end;
  }
};

const resealed = async (row: Row, opener: Opener, sealer: Sealer): Promise<Sealed | undefined> => {
  try {
    return await sealer.seal(await opener.open(row, row.sourceId), row.sourceId);
  } catch (error) {
    if (error instanceof SealingError) return undefined;
    throw error;
  }
};
