import type { Store } from '#database/store.ts';
import { HOUR } from '#shared/clock.ts';

/** A working day: who comes back to it later names the number again. */
const NAMED_MS = 8 * HOUR;

/** Somebody named these policies by their whole number, and may see them for a while. */
export const nameNow = async (
  { db, clock }: Store,
  personId: string,
  policyIds: readonly string[],
) => {
  if (policyIds.length === 0) return;
  const until = clock() + NAMED_MS;
  await db
    .insertInto('named_policy')
    .values(policyIds.map((policy_id) => ({ person_id: personId, policy_id, until })))
    .onConflict((on) => on.columns(['person_id', 'policy_id']).doUpdateSet({ until }))
    .execute();
};

/** Whether this person named the whole number of late, or a case about the policy is open. */
export const isNamed = async (
  { db, clock }: Store,
  personId: string,
  policyId: string,
): Promise<boolean> => {
  const now = clock();
  const named = await db
    .selectFrom('named_policy')
    .select('until')
    .where('person_id', '=', personId)
    .where('policy_id', '=', policyId)
    .where('until', '>', now)
    // A clock that ran ahead once names nothing for longer.
    .where('until', '<=', now + NAMED_MS)
    .executeTakeFirst();
  if (named !== undefined) return true;
  const open = await db
    .selectFrom('support_case')
    .select('id')
    .where('policy_id', '=', policyId)
    .where('closed_at', 'is', null)
    .executeTakeFirst();
  return open !== undefined;
};

/** Forgets those that are over; each is of a number somebody typed, so they are few. */
export const forgetNamed = async ({ db }: Store, before: number) => {
  await db.deleteFrom('named_policy').where('until', '<=', before).execute();
};
