import type { Store } from '#database/store.ts';

/** `mine`: nobody else handles it now. */
export type Claim = { kind: 'mine' } | { kind: 'handled' } | { kind: 'theirs'; by: string };

/**
 * Claims an act for a process. A claim of another one counts for `lastsMs` by the clock, and not at
 * all where that process is known to be `dead`.
 */
export const claimAct = async (
  { db, clock }: Store,
  key: string,
  by: string,
  { lastsMs, dead = '' }: { lastsMs: number; dead?: string | undefined },
): Promise<Claim> => {
  const now = clock();
  const mine = await db
    .insertInto('handled')
    .values({ key, at: now, claimed_by: by })
    .onConflict((on) =>
      on
        .column('key')
        .doUpdateSet({ at: now, claimed_by: by })
        .where((of) =>
          of.or([
            of('handled.claimed_by', 'in', [by, dead]),
            of.and([
              of('handled.claimed_by', 'is not', null),
              // A claim of the future is from before a clock was set back.
              of.or([of('handled.at', '<=', now - lastsMs), of('handled.at', '>', now)]),
            ]),
          ]),
        ),
    )
    .returning('key')
    .executeTakeFirst();
  if (mine !== undefined) return { kind: 'mine' };
  const other = await db
    .selectFrom('handled')
    .select('claimed_by')
    .where('key', '=', key)
    .executeTakeFirst();
  return other?.claimed_by == null ? { kind: 'handled' } : { kind: 'theirs', by: other.claimed_by };
};

/** It was not handled after all: whoever gets it next may. */
export const releaseAct = async ({ db }: Store, key: string, by: string): Promise<void> => {
  await db.deleteFrom('handled').where('key', '=', key).where('claimed_by', '=', by).execute();
};

export const markHandled = async ({ db, clock }: Store, key: string): Promise<void> => {
  await db
    .insertInto('handled')
    .values({ key, at: clock(), claimed_by: null })
    .onConflict((on) => on.column('key').doUpdateSet({ at: clock(), claimed_by: null }))
    .execute();
};

/** Deletes up to `limit` marks of handled events older than `before`; how many there were. */
export const forgetSights = async ({ db }: Store, before: number, limit: number) => {
  const { numDeletedRows } = await db
    .deleteFrom('handled')
    .where('key', 'in', (of) =>
      of.selectFrom('handled').select('key').where('at', '<', before).limit(limit),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
};
