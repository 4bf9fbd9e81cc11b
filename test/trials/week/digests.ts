import { sql } from 'kysely';
import type { Digest } from '#features/digest/digest.ts';
import type { WeekFirm } from './firm.ts';

export interface DigestTold {
  day: string;
  told: Totals;
  /** Counted from the syncs themselves in the moment in which it was made. */
  counted: Totals;
}

/** What a sync calls changed is a change or a policy's first values in a digest. */
type Totals = Pick<Digest['counts'], 'syncable' | 'success' | 'changed' | 'drift' | 'notFound'>;

/** New digests, with what a plain count over all syncs gives; the clock has not moved since. */
export const checkDigests = async ({ db }: WeekFirm, known: DigestTold[]): Promise<void> => {
  const notifications = await db
    .selectFrom('notification')
    .select('about')
    .where('kind', '=', 'digest')
    .orderBy('id')
    .execute();
  for (const { about } of notifications.slice(known.length)) {
    const { day, since, counts } = JSON.parse(about) as Digest;
    const { rows } = await sql<Totals>`
      with newest as (
        select *, row_number() over (partition by policy_id order by finished_at desc, id desc) n
        from sync where status in ('success', 'not-found', 'needs-link', 'failed'))
      select count(*) as syncable,
        sum(coalesce(s.status = 'success' and s.finished_at >= ${since}, 0)) as success,
        sum(coalesce(s.status = 'success' and s.finished_at >= ${since}
          and s.reason = 'changed', 0)) as changed,
        sum(coalesce(s.reason = 'status-drift', 0)) as drift,
        sum(coalesce(s.status = 'not-found', 0)) as "notFound"
      from policy p join product_status st on st.name = p.status
      left join newest s on s.policy_id = p.id and s.n = 1
      where st.indicator in ('pending', 'open')`.execute(db);
    const [counted] = rows;
    if (counted === undefined) throw new Error('A count gave no row.');
    const { syncable, success, first, drift, notFound } = counts;
    const changed = counts.changed + first;
    known.push({ day, told: { syncable, success, changed, drift, notFound }, counted });
  }
};

export const isRight = ({ told, counted }: DigestTold): boolean =>
  Object.entries(told).every(([name, count]) => counted[name as keyof Totals] === count);
