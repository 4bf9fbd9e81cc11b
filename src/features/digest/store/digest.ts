import type { Store } from '#database/store.ts';
import { sql } from 'kysely';
import type { DigestCounts, LinkNeed, PolicyNeed, CarrierCounts } from '../rules.ts';
import type { SyncDetail } from '#core/policies/sync-detail.ts';
import { takenNumbers } from '#core/requests/store/guides.ts';
import type { Database } from '#database/connection.ts';
import type { Money } from '#shared/money.ts';

export type DigestNeed =
  | (Omit<LinkNeed, 'worth'> & {
      worth?: Money;
      sourceName: string;
      carrierName: string;
      holderName: string;
      holderLeft?: boolean;
    })
  | (Omit<PolicyNeed, 'worth'> &
      DigestPolicy & {
        worth?: Money;
        syncId: string;
        /** What the carrier and the CRM say, where they differ. */
        carrierStatus?: string;
        crmStatus?: string;
        /** A number that is a slip away and no other policy's, and its place among those of the sync. */
        close?: string;
        closeAt?: number;
        asOf?: string;
        /** Values that wait for somebody to say whether they are right. */
        held?: { id: string; version: number };
      });

/** A policy as a digest names it. */
export interface DigestPolicy {
  policyId: string;
  number: string;
  contactName: string;
  carrierName: string;
}

/** What was counted for one day. */
export interface DayCounts {
  day: string;
  at: number;
  carriers: readonly CarrierCounts[];
}

const named = (db: Database, policyIds: readonly string[]) =>
  db
    .selectFrom('policy as p')
    .innerJoin('contact as c', 'c.id', 'p.contact_id')
    .innerJoin('carrier as k', 'k.id', 'p.carrier_id')
    .select([
      'p.id as policyId',
      'p.number',
      'p.status',
      'c.name as contactName',
      'k.name as carrierName',
    ])
    .where('p.id', 'in', policyIds);

const policiesOf = async (
  db: Database,
  needs: readonly PolicyNeed[],
): Promise<Map<string, DigestNeed>> => {
  if (needs.length === 0) return new Map();
  const byId = new Map(needs.map((need) => [need.policyId, need]));
  const rows = await named(db, [...byId.keys()])
    .innerJoin('sync as s', (on) =>
      on.on(
        's.id',
        '=',
        sql<string>`(select e.id from sync e where e.policy_id = p.id
          and e.status in ('success', 'not-found', 'needs-link', 'failed')
          order by e.finished_at desc, e.id desc limit 1)`,
      ),
    )
    .leftJoin('held_value as h', (on) =>
      on.onRef('h.policy_id', '=', 'p.id').on('h.settled', 'is', null),
    )
    .select([
      'p.carrier_id as carrierId',
      's.id as syncId',
      's.detail',
      'h.id as heldId',
      'h.version as heldVersion',
    ])
    .execute();
  const free = new Map<string, { close: string; closeAt: number }>();
  for (const { policyId, carrierId, detail } of rows) {
    const { closeNumbers = [] } = JSON.parse(detail ?? '{}') as SyncDetail;
    const taken = await takenNumbers(db, { id: policyId, carrierId }, closeNumbers);
    const close = closeNumbers.find((number) => !taken.has(number));
    if (close !== undefined) free.set(policyId, { close, closeAt: closeNumbers.indexOf(close) });
  }
  return new Map(
    rows.flatMap((row): [string, DigestNeed][] => {
      const { carrierId: _, detail, status, heldId, heldVersion, ...policy } = row;
      const need = byId.get(policy.policyId);
      if (need === undefined) return [];
      const { carrierStatus, asOf } = JSON.parse(detail ?? '{}') as SyncDetail;
      const { kind, worth } = need;
      return [
        [
          policy.policyId,
          {
            ...policy,
            kind,
            crmStatus: status,
            ...(worth === undefined ? {} : { worth }),
            ...(carrierStatus === undefined ? {} : { carrierStatus }),
            ...free.get(policy.policyId),
            ...(asOf === undefined ? {} : { asOf }),
            ...(heldId === null || heldVersion === null
              ? {}
              : { held: { id: heldId, version: heldVersion } }),
          },
        ],
      ];
    }),
  );
};

const linksOf = async (
  db: Database,
  needs: readonly LinkNeed[],
): Promise<Map<string, DigestNeed>> => {
  if (needs.length === 0) return new Map();
  const byId = new Map(needs.map((need) => [need.sourceId, need]));
  const rows = await db
    .selectFrom('login_source as l')
    .innerJoin('carrier as k', 'k.id', 'l.carrier_id')
    .innerJoin('person as h', 'h.id', 'l.holder_id')
    .select([
      'l.id as sourceId',
      'l.name as sourceName',
      'k.name as carrierName',
      'h.name as holderName',
      'h.deactivated_at as holderLeftAt',
    ])
    .where('l.id', 'in', [...byId.keys()])
    .execute();
  return new Map(
    rows.flatMap(({ holderLeftAt, ...row }): [string, DigestNeed][] => {
      const source = { ...row, ...(holderLeftAt === null ? {} : { holderLeft: true }) };
      const need = byId.get(source.sourceId);
      if (need === undefined) return [];
      const { kind, policies, worth } = need;
      return [
        [source.sourceId, { ...source, kind, policies, ...(worth === undefined ? {} : { worth }) }],
      ];
    }),
  );
};

/** The newest counts of a day before this one. */
export const countsBefore = async ({ db }: Store, day: string): Promise<DayCounts | undefined> => {
  const rows = await db
    .selectFrom('digest_count')
    .select(['day', 'carrier_id', 'at', 'counts'])
    .where('day', '=', (of) =>
      of
        .selectFrom('digest_count as earlier')
        .select(({ fn }) => fn.max('earlier.day').as('day'))
        .where('earlier.day', '<', day),
    )
    .execute();
  const [first] = rows;
  return (
    first && {
      day: first.day,
      at: first.at,
      carriers: rows.map(({ carrier_id, counts }) => ({
        carrierId: carrier_id,
        counts: JSON.parse(counts) as DigestCounts,
      })),
    }
  );
};

/** Kept once a day: later ones change nothing. */
export const keepCounts = async ({ db }: Store, { day, at, carriers }: DayCounts) => {
  if (carriers.length === 0) return;
  await db
    .insertInto('digest_count')
    .values(
      carriers.map(({ carrierId, counts }) => ({
        day,
        carrier_id: carrierId,
        at,
        counts: JSON.stringify(counts),
      })),
    )
    .onConflict((on) => on.columns(['day', 'carrier_id']).doNothing())
    .execute();
};

/** Names and what the latest attempt said, of these needs; what is gone meanwhile is left out. */
export const digestNeeds = async (
  { db }: Store,
  needs: readonly (PolicyNeed | LinkNeed)[],
): Promise<DigestNeed[]> => {
  const links = await linksOf(
    db,
    needs.filter((need) => need.kind === 'link'),
  );
  const policies = await policiesOf(
    db,
    needs.filter((need) => need.kind !== 'link'),
  );
  return needs.flatMap((need) => {
    const found = need.kind === 'link' ? links.get(need.sourceId) : policies.get(need.policyId);
    return found === undefined ? [] : [found];
  });
};

export const digestPolicies = async (
  { db }: Store,
  policyIds: readonly string[],
): Promise<DigestPolicy[]> =>
  policyIds.length === 0
    ? []
    : (await named(db, policyIds).execute()).map(({ status: _status, ...policy }) => policy);
