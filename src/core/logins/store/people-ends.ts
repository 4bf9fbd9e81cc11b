import { sql } from 'kysely';
import type { Database } from '#database/connection.ts';
import { lockLogins } from '#database/locks.ts';
import { may, type Role } from '#shared/access.ts';
import { consentOf } from './consent.ts';
import { linkOf } from './link.ts';
import { brokenOff, endedOf, endSignIn } from './link-state.ts';
import { endKept, stopLinkPages } from './source-ends.ts';

/** What ends of a login when it is another person's, or its people may do other things with it. */

/**
 * The logins that these people hold, agreed to keep something of, or are signing in to. The audit is
 * locked after all logins, so whoever ends what several people gave locks these before its first line.
 */
export const lockLoginsOfPeople = async (
  trx: Database,
  personIds: readonly string[],
): Promise<void> => {
  if (personIds.length === 0) return;
  await lockLogins(trx, () =>
    trx
      .selectFrom('login_source')
      .select('id as source_id')
      .where('holder_id', 'in', personIds)
      .union(
        trx.selectFrom('login_consent').select('source_id').where('person_id', 'in', personIds),
      )
      .union(
        trx
          .selectFrom('sign_in')
          .select('source_id')
          .where('person_id', 'in', personIds)
          .where('finished_at', 'is', null),
      )
      .execute(),
  );
};

/**
 * For a person who leaves: consent to a stored password ends at once with whoever gave it, and with it
 * the links of their logins and every link page and sign-in that they began; the login sources it
 * concerned. A login that somebody else holds needs its holder now. The caller has locked these logins.
 */
export const endConsent = async (trx: Database, personId: string, now: number) => {
  const sources = await trx
    .selectFrom('login_source as l')
    .innerJoin('login_link as k', 'k.source_id', 'l.id')
    .leftJoin('login_consent as g', 'g.source_id', 'l.id')
    .select(['l.id', 'l.holder_id', 'k.linked'])
    .where((is) => is.or([is('l.holder_id', '=', personId), is('g.person_id', '=', personId)]))
    .where('l.removed_at', 'is', null)
    .execute();
  await stopLinkPages(trx, now, { personId });
  for (const { id, holder_id, linked } of sources)
    await endKept(trx, now, { id, tell: linked === 1 && holder_id !== personId });
  const begun = await endSignInsOf(trx, now, (signIn) => signIn.person_id === personId);
  return [...new Set([...sources.map(({ id }) => id), ...begun])];
};

/**
 * Ends every link and every kept password, as in a database that came back from a copy: what was
 * refused, changed or withdrawn since is not in it, and one more try could lock a login. How many.
 * The caller has the transaction.
 */
export const endAllLinks = async (trx: Database, now: number): Promise<number> => {
  const sources = await trx
    .selectFrom('login_source as l')
    .innerJoin('login_link as k', 'k.source_id', 'l.id')
    .select('l.id')
    .where('l.removed_at', 'is', null)
    .where((is) =>
      is.or([
        is('k.linked', '=', 1),
        is.exists(
          is
            .selectFrom('sealed_secret as s')
            .select('s.owner_id')
            .whereRef('s.source_id', '=', 'l.id'),
        ),
      ]),
    )
    .execute();
  const ids = sources.map(({ id }) => id);
  await endLinks(trx, now, ids);
  return ids.length;
};

/** Ends the links of these logins and all that they keep; their holders are told. The caller has the transaction. */
export const endLinks = async (
  trx: Database,
  now: number,
  sourceIds: readonly string[],
): Promise<void> => {
  await lockLogins(trx, sourceIds);
  for (const id of sourceIds) await endKept(trx, now, { id, tell: true });
};

/** Sign-ins under way that end now, before one of them gives a consent; the logins they were of. */
const endSignInsOf = async (
  trx: Database,
  now: number,
  ends: (signIn: { person_id: string; source_id: string }) => boolean,
): Promise<string[]> => {
  const open = await trx
    .selectFrom('sign_in')
    .selectAll()
    .where('finished_at', 'is', null)
    .execute();
  const ended = open.filter(ends);
  for (const signIn of ended) await endSignIn(trx, now, endedOf(signIn), brokenOff(signIn));
  return ended.map((signIn) => signIn.source_id);
};

/** Whoever agreed to what a login keeps, or is signing in to it, beside what they may do with it. */
const giversOf = (trx: Database) =>
  trx
    .selectFrom((from) =>
      from
        .selectFrom('login_consent')
        .select(['source_id', 'person_id', sql<number>`1`.as('kept')])
        .unionAll(
          from
            .selectFrom('sign_in')
            .select(['source_id', 'person_id', sql<number>`0`.as('kept')])
            .where('finished_at', 'is', null),
        )
        .as('g'),
    )
    .innerJoin('login_source as l', 'l.id', 'g.source_id')
    .innerJoin('login_link as k', 'k.source_id', 'l.id')
    .innerJoin('person as p', 'p.id', 'g.person_id')
    .leftJoin('source_share as s', (on) =>
      on.onRef('s.source_id', '=', 'l.id').onRef('s.person_id', '=', 'p.id'),
    )
    .select(['l.id', 'l.holder_id', 'k.linked', 'g.kept', 'p.id as person_id', 'p.role'])
    .select(['p.deactivated_at', 's.person_id as shared']);

/**
 * After a change of who may use a login: consents of those who may not link it any more end, with
 * their links and their sign-ins under way; the requests to show it to.
 */
export const endLostConsents = async (
  trx: Database,
  now: number,
  of: { sourceId: string } | { personId: string },
): Promise<string[]> => {
  const read = () =>
    giversOf(trx)
      .where((is) =>
        'sourceId' in of ? is('l.id', '=', of.sourceId) : is('p.id', '=', of.personId),
      )
      .execute();
  await lockLogins(trx, async () => (await read()).map(({ id }) => ({ source_id: id })));
  const rows = await read();
  const lost = rows.filter(
    ({ person_id, role, deactivated_at, holder_id, shared }) =>
      !may({ id: person_id, role: role as Role, active: deactivated_at === null }, 'source.link', {
        holds: holder_id === person_id,
        shared: shared !== null,
      }),
  );
  await endSignInsOf(trx, now, (signIn) =>
    lost.some((row) => row.id === signIn.source_id && row.person_id === signIn.person_id),
  );
  const requests: string[] = [];
  for (const { id, kept, linked } of lost)
    if (kept === 1) requests.push(...(await endKept(trx, now, { id, tell: linked === 1 })));
  return requests;
};

/**
 * For a login that has gone to another holder: what `was`, who held it, gave to it ends as if they had
 * left, whatever their role, unless it is shared with them now. What somebody else agreed to keep, and
 * may still link, stays; of a session that keeps nothing it is not known whose it is. The caller has the
 * transaction and has written who holds it and with whom it is shared.
 */
export const endFormerHolder = async (
  trx: Database,
  now: number,
  sourceId: string,
  was: string,
): Promise<string[]> => {
  await lockLogins(trx, [sourceId]);
  const shared = await trx
    .selectFrom('source_share')
    .select('person_id')
    .where('source_id', '=', sourceId)
    .where('person_id', '=', was)
    .executeTakeFirst();
  const requests = shared === undefined ? await endGiven(trx, now, sourceId, was) : [];
  return [...requests, ...(await endLostConsents(trx, now, { sourceId }))];
};

const endGiven = async (
  trx: Database,
  now: number,
  sourceId: string,
  personId: string,
): Promise<string[]> => {
  await stopLinkPages(trx, now, { sourceId, personId });
  await endSignInsOf(trx, now, (of) => of.source_id === sourceId && of.person_id === personId);
  const consent = await consentOf(trx, sourceId);
  if (consent !== undefined && consent.person_id !== personId) return [];
  const { linked } = await linkOf(trx, sourceId);
  return endKept(trx, now, { id: sourceId, tell: linked === 1 });
};
