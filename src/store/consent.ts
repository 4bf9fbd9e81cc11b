import { audit } from './audit.ts';
import type { Database } from './database.ts';

/**
 * Consent to a stored password ends at once with the person who gave it, and with it the links of
 * their logins; the login sources it concerned.
 */
export const endConsent = async (
  trx: Database,
  personId: string,
  at: number,
): Promise<string[]> => {
  const sources = await trx
    .updateTable('login_source')
    .set({
      automatic_sign_in: 0,
      consent_by: null,
      consent_at: null,
      trusted_until: null,
      password_ends: null,
      seed_refused: 0,
      unlinked_told: 1,
      linked: 0,
      link_ends_at: null,
    })
    .where((is) => is.or([is('holder_id', '=', personId), is('consent_by', '=', personId)]))
    .returning('id')
    .execute();
  for (const { id } of sources) {
    await trx.deleteFrom('sealed_secret').where('source_id', '=', id).execute();
    await audit(trx, at, { personId: undefined, action: 'password.forgotten', sourceId: id });
  }
  return sources.map(({ id }) => id);
};
