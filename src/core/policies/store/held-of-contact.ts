import { casesNaming } from './erasure/cases-naming.ts';
import { auditedOf, picturesOf, seenOf } from './held-around.ts';
import { casesOf, chunksOf, planErasure, requestsOf, type Erased } from './erasure/plan.ts';
import { onlyMentions } from '#core/policies/erasure.ts';
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

/** What notices, digests and reminders tell of them, without what they tell of others. */
const notices = async (trx: Database, { byNumber, mentions }: Erased) => {
  const found = [];
  for (let after = ''; ;) {
    const rows = await trx
      .selectFrom('notification')
      .select(['id', 'kind', 'created_at', 'about'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(500)
      .execute();
    for (const { kind, created_at, about } of rows) {
      const of = kind === 'notice' ? mentions : byNumber;
      const theirs = onlyMentions(JSON.parse(about), of);
      if (theirs !== undefined) found.push({ kind, created_at, about: theirs });
    }
    const last = rows.at(-1);
    if (last === undefined) return found;
    after = last.id;
  }
};

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
    const erased = await planErasure({ db: trx, clock }, externalId);
    if (erased === undefined) return undefined;
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
      requests: await requests(trx, erased),
      cases: await cases(trx, erased),
      othersCases: await casesNaming(trx, erased),
      notices: await notices(trx, erased),
      calendar: await trx
        .selectFrom('calendar_event as e')
        .innerJoin('person as p', 'p.id', 'e.person_id')
        .select(['e.at', 'e.title', 'p.name as of'])
        .where(holds(sql.ref('e.contacts'), JSON.stringify(id)))
        .orderBy('e.at')
        .execute(),
      webhooks: await trx
        .selectFrom('webhook_event')
        .select(['type', 'policy_id', 'created_at', 'delivered_at', 'body'])
        .where('policy_id', 'in', policies())
        .orderBy('id')
        .execute(),
      ...(await seenOf(trx, id)),
      pictures: await picturesOf(trx, erased),
      audit: await auditedOf(trx, erased),
      messages: erased.messages,
    };
    await audit(trx, clock(), {
      personId: undefined,
      action: 'contact.exported',
      subject: ['contact', id],
      detail: { by: 'operator' },
    });
    return held;
  });
