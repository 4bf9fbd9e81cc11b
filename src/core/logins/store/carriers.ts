import { sql } from 'kysely';
import type { Store } from '#database/store.ts';

export interface CarrierOfFirm {
  id: string;
  name: string;
  policies: number;
  logins: number;
  linked: number;
  /** Why nothing is asked of it now. */
  paused: string | null;
}

/** The carriers that the firm has policies at, for an operator: it counts every policy. */
export const carriersOfFirm = async ({ db }: Pick<Store, 'db'>): Promise<CarrierOfFirm[]> => {
  const { rows } = await sql<CarrierOfFirm>`
    select c.id, c.name, c.paused_reason as paused,
      (select count(*) from policy p where p.carrier_id = c.id) as policies,
      (select count(*) from login_source l
        where l.carrier_id = c.id and l.removed_at is null) as logins,
      (select count(*) from login_source l join login_link k on k.source_id = l.id
        where l.carrier_id = c.id and l.removed_at is null and k.linked = 1) as linked
    from carrier c order by c.name`.execute(db);
  return rows;
};
