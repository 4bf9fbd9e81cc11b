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
    .values({ key, at: now, claimed_by: by, owed_to: null, owed_in: null })
    .onConflict((on) =>
      on
        .column('key')
        .doUpdateSet({ at: now, claimed_by: by })
        .where((of) =>
          of.or([
            of('handled.claimed_by', 'in', [by, dead]),
            of.and([
              of('handled.claimed_by', 'is not', null),
              // One of the far future is from before a clock was set back. A near one is of a process
              // whose clock is ahead, or that claimed while this statement waited for it.
              of.or([of('handled.at', '<=', now - lastsMs), of('handled.at', '>', now + lastsMs)]),
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

/** Who waits for the answer of an act, and where they asked. */
export interface Owed {
  to: string;
  in: string | null;
}

/**
 * It is acknowledged, at this time; from now on an answer is owed, where there is somebody. False where
 * another process has taken it over meanwhile, or handled it. `again`: whether an earlier try with the
 * same time was committed is not known.
 */
export const markHandled = async (
  { db }: Pick<Store, 'db'>,
  key: string,
  {
    by,
    at,
    owed,
    again = false,
  }: { by: string; at: number; owed?: Owed | undefined; again?: boolean },
): Promise<boolean> => {
  const handled = {
    at,
    claimed_by: null,
    owed_to: owed?.to ?? null,
    owed_in: owed?.in ?? null,
  };
  const marked = await db
    .insertInto('handled')
    .values({ key, ...handled })
    .onConflict((on) =>
      on
        .column('key')
        .doUpdateSet(handled)
        .where((of) =>
          of.or([
            of('handled.claimed_by', '=', by),
            ...(again
              ? [of.and([of('handled.claimed_by', 'is', null), of('handled.at', '=', at)])]
              : []),
          ]),
        ),
    )
    .returning('key')
    .executeTakeFirst();
  return marked !== undefined;
};

/** Its answer is owed, unless it was handled since; a claim of it is of a process that has ended. */
export const oweAct = async (
  { db }: Pick<Store, 'db'>,
  { key, at, to, in: channel }: Owed & { key: string; at: number },
): Promise<void> => {
  const owed = { at, claimed_by: null, owed_to: to, owed_in: channel };
  await db
    .insertInto('handled')
    .values({ key, ...owed })
    .onConflict((on) =>
      on.column('key').doUpdateSet(owed).where('handled.claimed_by', 'is not', null),
    )
    .execute();
};

/** Whatever there was to say of it has been said; false where nothing was owed any more. */
export const markAnswered = async ({ db }: Pick<Store, 'db'>, key: string): Promise<boolean> => {
  const { numUpdatedRows } = await db
    .updateTable('handled')
    .set({ owed_to: null, owed_in: null })
    .where('key', '=', key)
    .where('owed_to', 'is not', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
};

/** Acts before `before` whose answer is owed, oldest first. */
export const owedBefore = async (
  { db }: Pick<Store, 'db'>,
  before: number,
  limit: number,
): Promise<(Owed & { key: string; at: number })[]> => {
  const rows = await db
    .selectFrom('handled')
    .select(['key', 'at', 'owed_to as to', 'owed_in as in'])
    .where('owed_to', 'is not', null)
    .where('at', '<', before)
    .orderBy('at')
    .limit(limit)
    .execute();
  return rows.flatMap(({ to, ...row }) => (to === null ? [] : [{ ...row, to }]));
};

/** Which of these have made a request: its card is their answer. */
export const requested = async (
  { db }: Pick<Store, 'db'>,
  dedupeKeys: readonly string[],
): Promise<ReadonlySet<string>> => {
  if (dedupeKeys.length === 0) return new Set();
  const rows = await db
    .selectFrom('request')
    .select('dedupe_key as key')
    .where('dedupe_key', 'in', dedupeKeys)
    .execute();
  return new Set(rows.flatMap(({ key }) => key ?? []));
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
