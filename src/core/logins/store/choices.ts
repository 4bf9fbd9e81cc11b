import type { Database } from '#database/connection.ts';
import type { Store } from '#database/store.ts';
import type { PolicyBrief } from '#core/policies/policies.ts';

/** A login source of a carrier, and what decides whether a person may use it. */
export interface SourceAtCarrier {
  id: string;
  name: string;
  linked: boolean;
  holderId: string;
  holderName: string;
  holderLeft?: boolean;
  linkEndsAt: number | null;
  sharedWithPerson: boolean;
}

/** A login source as the picker shows it. */
export interface SourceChoice extends Omit<SourceAtCarrier, 'sharedWithPerson'> {
  home: boolean;
  /** Of this policy through this source, epoch ms. */
  lastSuccessAt: number | null;
}

const atCarrier = (db: Database, carrierId: string, personId: string) =>
  db
    .selectFrom('login_source as l')
    .innerJoin('login_link as k', 'k.source_id', 'l.id')
    .innerJoin('person as h', 'h.id', 'l.holder_id')
    .leftJoin('source_share as sh', (on) =>
      on.onRef('sh.source_id', '=', 'l.id').on('sh.person_id', '=', personId),
    )
    .select([
      'l.id',
      'l.name',
      'k.linked',
      'l.holder_id as holderId',
      'h.name as holderName',
      'h.deactivated_at as holderLeftAt',
      'k.ends_at as linkEndsAt',
      'sh.person_id as sharedWith',
    ])
    .where('l.carrier_id', '=', carrierId)
    .where('l.removed_at', 'is', null);

const asSource = <
  R extends { linked: number; sharedWith: string | null; holderLeftAt: number | null },
>({
  linked,
  sharedWith,
  holderLeftAt,
  ...row
}: R) => ({
  ...row,
  linked: linked === 1,
  holderLeft: holderLeftAt !== null,
  sharedWithPerson: sharedWith !== null,
});

/** Sources of a carrier that are not removed, whatever policy is meant. */
export const sourcesAt = async (
  { db }: Store,
  carrierId: string,
  personId: string,
): Promise<SourceAtCarrier[]> => (await atCarrier(db, carrierId, personId).execute()).map(asSource);

/** Sources of the policy's carrier that are not removed, with who may use them. */
export const sourcesFor = async (
  { db }: Store,
  policy: PolicyBrief,
  personId: string,
): Promise<(SourceChoice & { sharedWithPerson: boolean })[]> => {
  const rows = await atCarrier(db, policy.carrierId, personId)
    .leftJoin('source_policy as sp', (on) =>
      on.onRef('sp.source_id', '=', 'l.id').on('sp.policy_id', '=', policy.id),
    )
    .select('sp.last_success_at as lastSuccessAt')
    .execute();
  return rows.map((row) => ({ ...asSource(row), home: row.id === policy.homeSourceId }));
};
