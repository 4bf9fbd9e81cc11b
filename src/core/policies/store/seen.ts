import { audit } from '#database/audit.ts';
import type { Store } from '#database/store.ts';

/** Which of these contacts are not in the person's own book. */
export const outsideBook = async (
  { db }: Store,
  personId: string,
  contactIds: readonly string[],
): Promise<Set<string>> => {
  if (contactIds.length === 0) return new Set();
  const own = await db
    .selectFrom('book')
    .select('contact_id')
    .where('person_id', '=', personId)
    .where('contact_id', 'in', contactIds)
    .execute();
  const mine = new Set(own.map(({ contact_id }) => contact_id));
  return new Set(contactIds.filter((id) => !mine.has(id)));
};

/** What a person was shown of clients, by id: one line, however many. */
export const recordSeen = (
  { db, clock }: Store,
  personId: string,
  action: `${'policy' | 'contact'}.${string}`,
  detail: { policies: readonly string[] } | { contacts: readonly string[] },
): Promise<void> => audit(db, clock(), { personId, action, subject: ['report', personId], detail });

/** A person was shown something of one policy, whosever book it is in. */
export const recordPolicyView = (
  { db, clock }: Store,
  personId: string,
  action: 'values.viewed' | 'status.viewed',
  policyId: string,
): Promise<void> => audit(db, clock(), { personId, action, policyId });
