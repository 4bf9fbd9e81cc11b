import { noticesOf } from './erasure/notifications.ts';
import { auditedOf, picturesOf, seenOf } from './held-around.ts';
import { casesOf, chunksOf, planErasure, requestsOf, type Erased } from './erasure/plan.ts';
import { audit } from '#database/audit.ts';
import type { Database } from '#database/connection.ts';
import { holds } from '#database/dialect.ts';
import { sql } from 'kysely';
import type { Store } from '#database/store.ts';

/** Requests for their policies, and who asked for them. */
const requests = async (trx: Database, erased: Erased) => {
  const found = [];
  for (const some of chunksOf(await requestsOf(trx, erased)))
    found.push(
      ...(await trx
        .selectFrom('request as r')
        .innerJoin('person as p', 'p.id', 'r.person_id')
        .select(['r.id', 'r.kind', 'r.created_at', 'r.ended_at', 'p.name as asked_by'])
        .where('r.id', 'in', some)
        .orderBy('r.id')
        .execute()),
    );
  return found;
};

/** Support cases of their policies, with all that people wrote in them. */
const cases = async (trx: Database, { policyIds }: Erased) => {
  const found = [];
  for (const some of chunksOf(await casesOf(trx, policyIds))) {
    const rows = await trx
      .selectFrom('support_case')
      .select(['id', 'number', 'policy_id', 'note', 'opened_at', 'closed_at'])
      .where('id', 'in', some)
      .orderBy('id')
      .execute();
    const replies = await trx
      .selectFrom('support_reply as s')
      .innerJoin('person as p', 'p.id', 's.person_id')
      .select(['s.case_id', 's.at', 's.text', 'p.name as by'])
      .where('s.case_id', 'in', some)
      .orderBy('s.id')
      .execute();
    for (const { id, ...row } of rows)
      found.push({
        ...row,
        replies: replies.flatMap(({ case_id, ...reply }) => (case_id === id ? [reply] : [])),
      });
  }
  return found;
};

/**
 * The contact by its id of the CRM, and all that is held about it; undefined when there is none. It reads
 * long, and outside any transaction: nobody waits for it to write.
 */
export const heldOfContact = async ({ db, clock }: Store, externalId: string) => {
  const contact = await db
    .selectFrom('contact')
    .select(['id', 'external_id', 'kind', 'name', 'email', 'birth_year', 'city'])
    .where('external_id', '=', externalId)
    .executeTakeFirst();
  if (contact === undefined) return undefined;
  const { id } = contact;
  const erased = await planErasure({ db, clock }, externalId);
  if (erased === undefined) return undefined;
  const policies = () => db.selectFrom('policy').select('id').where('contact_id', '=', id);
  const held = {
    contact,
    advisors: await db
      .selectFrom('book as b')
      .innerJoin('person as p', 'p.id', 'b.person_id')
      .select(['p.name', 'p.email'])
      .where('b.contact_id', '=', id)
      .orderBy('p.name')
      .execute(),
    policies: await db
      .selectFrom('policy')
      .selectAll()
      .where('contact_id', '=', id)
      .orderBy('id')
      .execute(),
    values: await db
      .selectFrom('policy_value')
      .select(['policy_id', 'name', 'minor', 'currency', 'as_of', 'observed_at'])
      .where('policy_id', 'in', policies())
      .orderBy('id')
      .execute(),
    unconfirmed: await db
      .selectFrom('held_value')
      .select(['policy_id', 'reading', 'held_at', 'settled'])
      .where('policy_id', 'in', policies())
      .orderBy('id')
      .execute(),
    syncs: await db
      .selectFrom('sync')
      .select(['id', 'policy_id', 'status', 'reason', 'detail', 'created_at', 'finished_at'])
      .where('policy_id', 'in', policies())
      .orderBy('id')
      .execute(),
    meetings: await db
      .selectFrom('meeting')
      .select(['at', 'zone', 'created_at', 'ended_at'])
      .where('contact_id', '=', id)
      .orderBy('at')
      .execute(),
    requests: await requests(db, erased),
    cases: await cases(db, erased),
    othersCases: erased.namedInCases,
    notices: await noticesOf(db, erased),
    calendar: await db
      .selectFrom('calendar_event as e')
      .innerJoin('person as p', 'p.id', 'e.person_id')
      .select(['e.at', 'e.title', 'p.name as of'])
      .where(holds(sql.ref('e.contacts'), JSON.stringify(id)))
      .orderBy('e.at')
      .execute(),
    webhooks: await db
      .selectFrom('webhook_event')
      .select(['type', 'policy_id', 'created_at', 'delivered_at', 'body'])
      .where('policy_id', 'in', policies())
      .orderBy('id')
      .execute(),
    ...(await seenOf(db, id)),
    pictures: await picturesOf(db, erased),
    audit: await auditedOf(db, erased),
    messages: erased.messages,
    sharedMessages: erased.sharedMessages,
  };
  await audit(db, clock(), {
    personId: undefined,
    action: 'contact.exported',
    subject: ['contact', id],
    detail: { by: 'operator' },
  });
  return held;
};
