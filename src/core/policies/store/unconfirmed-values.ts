import type { Database } from '#database/connection.ts';
import type { UnconfirmedValue, UnconfirmedReading, Settled } from '../unconfirmed-values.ts';
import { ulid } from 'ulid';
import { sameReading } from '../plausible.ts';

/** What this sync read and nobody believed, as it stands now. */
export const unconfirmedOfSync = async (
  db: Database,
  syncId: string,
): Promise<UnconfirmedValue | undefined> => {
  const row = await unconfirmedRows(db)
    .innerJoin('held_sync as hs', 'hs.held_id', 'h.id')
    .where('hs.sync_id', '=', syncId)
    .executeTakeFirst();
  return row && toUnconfirmed(row);
};

/** Sets a reading aside, in the place of an earlier one that still waits; the syncs that show it. */
export const setAside = async (
  trx: Database,
  now: number,
  { policyId, syncId, reading }: { policyId: string; syncId: string; reading: UnconfirmedReading },
) => {
  const open = await trx
    .selectFrom('held_value')
    .select(['id', 'reading'])
    .where('policy_id', '=', policyId)
    .where('settled', 'is', null)
    .executeTakeFirst();
  const id = open?.id ?? ulid(now);
  if (open === undefined) {
    const row = { id, policy_id: policyId, sync_id: syncId, held_at: now };
    await trx
      .insertInto('held_value')
      .values({ ...row, reading: JSON.stringify(reading) })
      .execute();
  } else {
    const before = JSON.parse(open.reading) as UnconfirmedReading;
    const same = sameReading(before, reading);
    await trx
      .updateTable('held_value')
      .set((of) => ({
        sync_id: syncId,
        reading: JSON.stringify(reading),
        // A button that was shown beside the same amounts still means what its person saw.
        ...(same ? {} : { version: of('version', '+', 1) }),
      }))
      .where('id', '=', id)
      .execute();
  }
  await trx.insertInto('held_sync').values({ sync_id: syncId, held_id: id }).execute();
  return syncsOf(trx, id);
};

/** A reading that fits has come: what waited for a person is of no account any more. */
export const overtakeUnconfirmed = async (trx: Database, now: number, policyId: string) => {
  const row = await trx
    .updateTable('held_value')
    .set({ settled: 'overtaken', settled_at: now })
    .where('policy_id', '=', policyId)
    .where('settled', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row === undefined ? [] : syncsOf(trx, row.id);
};

/**
 * A policy is another contract at its carriers from now on: what was seen and set aside under its number
 * before says nothing of it. The syncs that show what was set aside.
 */
export const forgetReadings = async (
  trx: Database,
  now: number,
  policyId: string,
): Promise<string[]> => {
  await trx.deleteFrom('source_policy').where('policy_id', '=', policyId).execute();
  return overtakeUnconfirmed(trx, now, policyId);
};

export const toUnconfirmed = (row: {
  id: string;
  policy_id: string;
  version: number;
  reading: string;
  held_at: number;
  settled: string | null;
  settled_at: number | null;
  by: string | null;
}): UnconfirmedValue => ({
  id: row.id,
  policyId: row.policy_id,
  version: row.version,
  reading: JSON.parse(row.reading) as UnconfirmedReading,
  heldAt: row.held_at,
  ...(row.settled === null
    ? {}
    : {
        settled: { how: row.settled as Settled, by: row.by, at: row.settled_at ?? 0 },
      }),
});

export const unconfirmedRows = (db: Database) =>
  db
    .selectFrom('held_value as h')
    .leftJoin('person as p', 'p.id', 'h.settled_by')
    .select(['h.id', 'h.policy_id', 'h.version', 'h.reading', 'h.held_at'])
    .select(['h.settled', 'h.settled_at', 'p.name as by']);

export const syncsOf = async (db: Database, heldId: string): Promise<string[]> =>
  (await db.selectFrom('held_sync').select('sync_id').where('held_id', '=', heldId).execute()).map(
    ({ sync_id }) => sync_id,
  );
