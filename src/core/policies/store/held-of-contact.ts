import { audit } from '#database/audit.ts';
import type { Store } from '#database/store.ts';

/** The contact by its id of the CRM, and all that is held about it; undefined when there is none. */
export const heldOfContact = ({ db, clock }: Store, externalId: string) =>
  db.transaction().execute(async (trx) => {
    const contact = await trx
      .selectFrom('contact')
      .select(['id', 'external_id', 'kind', 'name', 'email', 'birth_year', 'city'])
      .where('external_id', '=', externalId)
      .executeTakeFirst();
    if (contact === undefined) return undefined;
    const { id } = contact;
    const policies = () => trx.selectFrom('policy').select('id').where('contact_id', '=', id);
    const held = {
      contact,
      advisors: await trx
        .selectFrom('book as b')
        .innerJoin('person as p', 'p.id', 'b.person_id')
        .select(['p.name', 'p.email'])
        .where('b.contact_id', '=', id)
        .orderBy('p.name')
        .execute(),
      policies: await trx
        .selectFrom('policy')
        .selectAll()
        .where('contact_id', '=', id)
        .orderBy('id')
        .execute(),
      values: await trx
        .selectFrom('policy_value')
        .select(['policy_id', 'name', 'minor', 'currency', 'as_of', 'observed_at'])
        .where('policy_id', 'in', policies())
        .orderBy('id')
        .execute(),
      unconfirmed: await trx
        .selectFrom('held_value')
        .select(['policy_id', 'reading', 'held_at', 'settled'])
        .where('policy_id', 'in', policies())
        .orderBy('id')
        .execute(),
      syncs: await trx
        .selectFrom('sync')
        .select(['id', 'policy_id', 'status', 'reason', 'detail', 'created_at', 'finished_at'])
        .where('policy_id', 'in', policies())
        .orderBy('id')
        .execute(),
      meetings: await trx
        .selectFrom('meeting')
        .select(['at', 'zone', 'created_at', 'ended_at'])
        .where('contact_id', '=', id)
        .orderBy('at')
        .execute(),
    };
    await audit(trx, clock(), {
      personId: undefined,
      action: 'contact.exported',
      subject: ['contact', id],
      detail: { by: 'operator' },
    });
    return held;
  });
