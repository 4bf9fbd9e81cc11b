import { audit } from '#database/audit.ts';
import type { Store } from '#database/store.ts';
import { MINUTE } from '#shared/clock.ts';

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

/** For so long a client that is shown again is the same look: a search shows one at each letter. */
const SITTING_MS = 15 * MINUTE;
/** Lines of a sitting that are looked through; in a longer one a client may be written twice. */
const MOST_LINES = 200;

type Shown = { policies: readonly string[] } | { contacts: readonly string[] };

const idsOf = (shown: Partial<Record<'policies' | 'contacts', readonly string[]>>) =>
  shown.policies ?? shown.contacts ?? [];

/** What of this was written down already in this sitting. */
const seenOfLate = async (
  { db, clock }: Store,
  subject: readonly [type: string, id: string],
  action: string,
): Promise<Set<string>> => {
  const now = clock();
  const lines = await db
    .selectFrom('audit')
    .select(['at', 'action', 'detail'])
    .where('subject_type', '=', subject[0])
    .where('subject_id', '=', subject[1])
    .orderBy('seq', 'desc')
    .limit(MOST_LINES)
    .execute();
  const known = lines.filter(
    (line) => line.action === action && line.at > now - SITTING_MS && line.at <= now,
  );
  return new Set(known.flatMap(({ detail }) => idsOf(JSON.parse(detail ?? '{}') as Shown)));
};

/**
 * What a person was shown of clients, by id: one line, however many, and none where each of them was
 * shown a moment ago.
 */
export const recordSeen = async (
  store: Store,
  personId: string,
  action: `${'policy' | 'contact'}.${string}`,
  shown: Shown,
): Promise<void> => {
  const subject = ['report', personId] as const;
  const known = await seenOfLate(store, subject, action);
  const fresh = idsOf(shown).filter((id) => !known.has(id));
  if (fresh.length === 0) return;
  const detail = 'policies' in shown ? { policies: fresh } : { contacts: fresh };
  await audit(store.db, store.clock(), { personId, action, subject, detail });
};

/** A person was shown something of one policy, whosever book it is in. */
export const recordPolicyView = (
  { db, clock }: Store,
  personId: string,
  action: 'values.viewed' | 'status.viewed',
  policyId: string,
): Promise<void> => audit(db, clock(), { personId, action, policyId });
