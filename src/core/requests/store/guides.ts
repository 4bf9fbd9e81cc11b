import { namedStatus } from '../guidance.ts';
import { normalizeNumber } from '#shared/policy-number.ts';
import type { SyncDetail } from '#core/policies/sync-detail.ts';
import type { PolicyBrief } from '#core/policies/policies.ts';
import type { Edit, GuideView } from '../view.ts';
import { isCrmTold } from '#core/policies/store/edits.ts';
import type { Database } from '#database/connection.ts';

/** Numbers that another policy of the same carrier has. */
export const takenNumbers = async (
  db: Database,
  policy: Pick<PolicyBrief, 'id' | 'carrierId'>,
  numbers: readonly string[],
): Promise<Set<string>> => {
  const keys = numbers.map(normalizeNumber);
  if (keys.length === 0) return new Set();
  const rows = await db
    .selectFrom('policy')
    .select('number_key')
    .where('carrier_id', '=', policy.carrierId)
    .where('id', '<>', policy.id)
    .where('number_key', 'in', keys)
    .execute();
  const taken = new Set(rows.map((row) => row.number_key));
  return new Set(numbers.filter((number) => taken.has(normalizeNumber(number))));
};

/** The last change of this kind since then, from the audit, which holds old and new. */
const lastEdit = async (
  db: Database,
  policyId: string,
  action: 'policy.status-updated' | 'policy.number-corrected',
  since: number,
): Promise<Edit | undefined> => {
  const row = await db
    .selectFrom('audit as a')
    .leftJoin('person as p', 'p.id', 'a.person_id')
    .select(['a.at', 'a.detail', 'p.name'])
    .where('a.subject_type', '=', 'policy')
    .where('a.subject_id', '=', policyId)
    .where('a.action', '=', action)
    .where('a.at', '>=', since)
    .orderBy('a.id', 'desc')
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { from, to } = JSON.parse(row.detail ?? '{}') as { from?: string; to?: string };
  return {
    from: from ?? '',
    to: to ?? '',
    by: row.name ?? '',
    at: row.at,
    crmTold: await isCrmTold(db),
  };
};

/** The channel of the newest card of this policy that was asked for since then. */
const newestCardIn = async (
  db: Database,
  policyId: string,
  since: number,
): Promise<string | undefined> =>
  (
    await db
      .selectFrom('request as r')
      .innerJoin('request_sync as rs', 'rs.request_id', 'r.id')
      .innerJoin('sync as s', 's.id', 'rs.sync_id')
      .select('r.channel')
      .where('s.policy_id', '=', policyId)
      .where('r.created_at', '>=', since)
      .orderBy('r.id', 'desc')
      .limit(1)
      .executeTakeFirst()
  )?.channel;

/** `usable`: the other logins of the carrier that the person who asked may use. */
export const guideView = async (
  db: Database,
  policy: PolicyBrief,
  { detail, endedAt }: { detail: SyncDetail; endedAt: number },
  usable: readonly { id: string; name: string; linked: boolean }[],
): Promise<GuideView> => {
  const { closeNumbers = [], otherSources = [], carrierStatus } = detail;
  const taken = await takenNumbers(db, policy, closeNumbers);
  const statuses =
    carrierStatus === undefined ? [] : await db.selectFrom('product_status').selectAll().execute();
  const named = carrierStatus === undefined ? undefined : namedStatus(carrierStatus, statuses);
  const statusEdit = await lastEdit(db, policy.id, 'policy.status-updated', endedAt);
  // A correction resolves what was not found, and says nothing of what was.
  const numberEdit =
    detail.crmNumber === undefined
      ? undefined
      : await lastEdit(db, policy.id, 'policy.number-corrected', endedAt);
  const correctedCardIn = numberEdit && (await newestCardIn(db, policy.id, numberEdit.at));
  const possible = new Set(otherSources.map(({ id }) => id));
  return {
    closeNumbers: closeNumbers.map((number) => ({ number, taken: taken.has(number) })),
    ...(named === undefined ? {} : { namedStatus: named }),
    ...(statusEdit === undefined ? {} : { statusEdit }),
    ...(numberEdit === undefined ? {} : { numberEdit }),
    ...(correctedCardIn === undefined ? {} : { correctedCardIn }),
    otherLogins: usable
      .filter(({ id }) => possible.has(id))
      .map(({ id, name, linked }) => ({ id, name, linked })),
  };
};
