import type { Database } from '#database/connection.ts';
import { chunksOf, type Erased } from './erasure/plan.ts';
import { evidenceOf } from './erasure/evidence.ts';
import { breathe } from '#shared/clock.ts';

interface Line {
  seq: number;
  at: number;
  action: string;
  subject_type: string;
  subject_id: string;
  detail: string | null;
  by: string | null;
}

const linesOf = (db: Database, type: string) =>
  db
    .selectFrom('audit as a')
    .leftJoin('person as p', 'p.id', 'a.person_id')
    .select(['a.seq', 'a.at', 'a.action', 'a.subject_type', 'a.subject_id', 'a.detail'])
    .select('p.name as by')
    .where('a.subject_type', '=', type);

/** Lines that one step looks through. */
const STEP = 500;

/** Who was shown them among others, in a report, a search or a digest: with their ids alone. */
const shownOf = async (db: Database, { id, policyIds }: Erased): Promise<Line[]> => {
  const own = new Set([id, ...policyIds]);
  const found: Line[] = [];
  for (const person of await db.selectFrom('person').select('id').execute())
    for (let after = 0; ; await breathe()) {
      const lines = await linesOf(db, 'report')
        .where('a.subject_id', '=', person.id)
        .where('a.seq', '>', after)
        .orderBy('a.seq')
        .limit(STEP)
        .execute();
      for (const line of lines) {
        const shown = JSON.parse(line.detail ?? '{}') as Record<string, unknown>;
        const theirs = Object.entries(shown).flatMap(([what, ids]) => {
          const some = Array.isArray(ids) ? ids.filter((one) => own.has(one as string)) : [];
          return some.length > 0 ? [[what, some] as const] : [];
        });
        if (theirs.length > 0)
          found.push({ ...line, detail: JSON.stringify(Object.fromEntries(theirs)) });
      }
      const last = lines.at(-1);
      if (last === undefined || lines.length < STEP) break;
      after = last.seq;
    }
  return found;
};

/** What the audit has of a contact and their policies: who saw or changed what, and when. */
export const auditedOf = async (db: Database, erased: Erased): Promise<Line[]> => {
  const found = await shownOf(db, erased);
  const { id, policyIds } = erased;
  const subjects = [['contact', [id]] as const, ...chunksOf(policyIds).map(asPolicies)];
  for (const [type, ids] of subjects)
    found.push(...(await linesOf(db, type).where('a.subject_id', 'in', ids).execute()));
  return found.toSorted((one, other) => one.seq - other.seq);
};

const asPolicies = (ids: string[]) => ['policy', ids] as const;

/** At which logins their policies were seen, who named them by number, and the words that they wait for. */
export const seenOf = async (trx: Database, contactId: string) => {
  const policies = () => trx.selectFrom('policy').select('id').where('contact_id', '=', contactId);
  return {
    logins: await trx
      .selectFrom('source_policy as s')
      .innerJoin('login_source as l', 'l.id', 's.source_id')
      .select(['s.policy_id', 'l.name as login', 's.last_success_at', 's.last_absent_at'])
      .where('s.policy_id', 'in', policies())
      .orderBy('s.policy_id')
      .execute(),
    namedBy: await trx
      .selectFrom('named_policy as n')
      .innerJoin('person as p', 'p.id', 'n.person_id')
      .select(['n.policy_id', 'p.name as by', 'n.until'])
      .where('n.policy_id', 'in', policies())
      .orderBy('n.policy_id')
      .execute(),
    wordsWaitedFor: await trx
      .selectFrom('status_wait')
      .select(['policy_id', 'carrier_id', 'key'])
      .where('policy_id', 'in', policies())
      .orderBy('policy_id')
      .execute(),
    calendarChoices: await trx
      .selectFrom('calendar_choice as k')
      .innerJoin('person as p', 'p.id', 'k.person_id')
      .select(['p.name as by', 'k.at'])
      .where('k.contact_id', '=', contactId)
      .orderBy('k.at')
      .execute(),
  };
};

/** Names of masked pictures and traces, of pauses of their carriers as well. */
export const picturesOf = async (trx: Database, { policyIds }: Erased) => {
  const files: string[] = [];
  for (const policyId of policyIds) files.push(...(await evidenceOf(trx, policyId)).files);
  return [...new Set(files)].toSorted();
};
