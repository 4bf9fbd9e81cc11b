import { sql, type RawBuilder } from 'kysely';
import type { Database } from '#database/connection.ts';

/** All that writes login_consent: who agreed that a login's password is kept, and what goes with it. */

/** 1 where login `l` needs no person when its session has ended: by its carrier, or a remembered device. */
export const signsInByItself = (now: number): RawBuilder<number> => sql<number>`
  exists (select 1 from login_consent g where g.source_id = l.id
    and (g.automatic = 1 or g.trusted_until > ${now}))`;

export const consentOf = (db: Database, sourceId: string) =>
  db.selectFrom('login_consent').selectAll().where('source_id', '=', sourceId).executeTakeFirst();

export interface Consent {
  personId: string;
  at: number;
  /** The password alone signs in. */
  automatic: boolean;
}

export const giveConsent = async (
  trx: Database,
  sourceId: string,
  { personId, at, automatic }: Consent,
): Promise<void> => {
  const given = { person_id: personId, at, automatic: automatic ? 1 : 0 };
  await trx
    .insertInto('login_consent')
    .values({ source_id: sourceId, ...given })
    .onConflict((on) => on.column('source_id').doUpdateSet(given))
    .execute();
};

export const withdrawConsent = async (trx: Database, sourceId: string): Promise<void> => {
  await trx.deleteFrom('login_consent').where('source_id', '=', sourceId).execute();
};

const change = async (
  db: Database,
  sourceId: string,
  to: { automatic?: 0; trusted_until?: number | null; seed_refused?: 0 | 1 },
): Promise<void> => {
  await db.updateTable('login_consent').set(to).where('source_id', '=', sourceId).execute();
};

/** Until when the portal asks the remembered device for no code, epoch ms; null: not at all. */
export const trustDevice = (trx: Database, sourceId: string, until: number | null) =>
  change(trx, sourceId, { trusted_until: until });

/** A person is needed for the next sign-in. */
export const endAutomatic = (trx: Database, sourceId: string) =>
  change(trx, sourceId, { automatic: 0 });

/** A code of the set-up key was refused: none follows until a person enters the key anew. */
export const refuseSeed = (db: Database, sourceId: string) =>
  change(db, sourceId, { automatic: 0, seed_refused: 1 });

/** There is another set-up key, or none. */
export const renewSeed = (trx: Database, sourceId: string) =>
  change(trx, sourceId, { seed_refused: 0 });
