import type { Mentions } from '#core/policies/erasure.ts';
import type { Database } from '#database/connection.ts';

/** A case of somebody else's policy in which people wrote of this contact. */
export interface CaseNaming {
  number: number;
  texts: { by: string; at: number; text: string }[];
}

/** Cases that one step looks through. */
const STEP = 500;

/** Texts of people are theirs: they are told of, and left as they are. */
export const casesNaming = async (
  db: Database,
  { policyIds, mentions }: { policyIds: readonly string[]; mentions: Mentions },
): Promise<CaseNaming[]> => {
  const own = new Set(policyIds);
  const found: CaseNaming[] = [];
  for (let after = ''; ;) {
    const cases = await db
      .selectFrom('support_case as c')
      .innerJoin('person as p', 'p.id', 'c.asked_by')
      .select(['c.id', 'c.number', 'c.policy_id', 'c.note as text', 'c.opened_at as at'])
      .select('p.name as by')
      .where('c.id', '>', after)
      .orderBy('c.id')
      .limit(STEP)
      .execute();
    const last = cases.at(-1);
    if (last === undefined) return found;
    const replies = await db
      .selectFrom('support_reply as r')
      .innerJoin('person as p', 'p.id', 'r.person_id')
      .select(['r.case_id', 'r.text', 'r.at', 'p.name as by'])
      .where('r.case_id', '>', after)
      .where('r.case_id', '<=', last.id)
      .orderBy('r.id')
      .execute();
    const byCase = Map.groupBy(replies, ({ case_id }) => case_id);
    for (const { id, number, policy_id, ...note } of cases) {
      if (own.has(policy_id)) continue;
      const texts = [note, ...(byCase.get(id) ?? [])].flatMap(({ text, at, by }) =>
        text !== null && mentions(text) ? [{ by, at, text }] : [],
      );
      if (texts.length > 0) found.push({ number, texts });
    }
    after = last.id;
  }
};
