import { sql } from 'kysely';
import { audit } from '#database/audit.ts';
import type { Database } from '#database/connection.ts';
import { lockLogins, lockOwners, lockPeople } from '#database/locks.ts';
import type { Store } from '#database/store.ts';
import { endLostConsents } from '#core/logins/store/people-ends.ts';
import { forgetProofs } from '#core/logins/store/access.ts';
import { editsOf } from '#database/edits.ts';
import type { Role } from '#shared/access.ts';
import { searchWords } from '#shared/search-words.ts';

/**
 * An account whose person has one e-mail address, while another of the firm's people, who is on no
 * account, has the account's own.
 */
interface Split {
  slackId: string;
  /** Whom the account stands for until now. */
  old: { id: string; name: string; role: string; edits: string | null; active: boolean };
  /** Whom a file has added under the address. */
  added: { id: string; name: string; role: string };
}

const splitOf = async (
  db: Database,
  { email, slackId }: { email: string; slackId: string },
): Promise<Split | undefined> => {
  const row = await db
    .selectFrom('person as a')
    .innerJoin('person as o', (on) => on.on('o.slack_user_id', '=', slackId))
    .select(['a.id', 'a.name', 'a.role'])
    .select(['o.id as oldId', 'o.name as oldName', 'o.role as oldRole', 'o.edits'])
    .select('o.deactivated_at as endedAt')
    .where('a.email', '=', email)
    .where('a.slack_user_id', 'is', null)
    .where('a.deactivated_at', 'is', null)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { oldId, oldName, oldRole, edits, endedAt, ...added } = row;
  const old = { id: oldId, name: oldName, role: oldRole, edits, active: endedAt === null };
  return { slackId, old, added };
};

const isSameName = (one: string, other: string): boolean => {
  const words = searchWords(other);
  return searchWords(one).some((word) => words.includes(word));
};

/** Rows that say what somebody has; what both have stays with the other one. */
const give = async (
  trx: Database,
  table: 'book' | 'source_share',
  what: 'contact_id' | 'source_id',
  fromId: string,
  toId: string,
): Promise<void> => {
  const [rows, each] = [sql.table(table), sql.ref(what)];
  await sql`insert into ${rows} (${each}, person_id)
    select ${each}, ${toId} from ${rows} where person_id = ${fromId}
    on conflict do nothing`.execute(trx);
  await sql`delete from ${rows} where person_id = ${fromId}`.execute(trx);
};

/** What a file says of people; whom it has just added has done nothing, and is named nowhere else. */
const handOver = async (trx: Database, fromId: string, toId: string): Promise<void> => {
  await lockLogins(trx, () =>
    trx
      .selectFrom('login_source')
      .select('id as source_id')
      .where('holder_id', '=', fromId)
      .union(trx.selectFrom('source_share').select('source_id').where('person_id', '=', fromId))
      .execute(),
  );
  await give(trx, 'book', 'contact_id', fromId, toId);
  await give(trx, 'source_share', 'source_id', fromId, toId);
  await trx
    .updateTable('login_source')
    .set({ holder_id: toId })
    .where('holder_id', '=', fromId)
    .execute();
};

/** The newer role, unless one was chosen here, or a firm could be left without an owner. */
const roleAfter = ({ old, added }: Split): Role =>
  (editsOf<'role'>(old.edits).role !== undefined || old.role === ('owner' satisfies Role)
    ? old.role
    : added.role) as Role;

/** The person stays who they are, under the new address, and gets what was given to it. */
const join = async (trx: Database, now: number, email: string, split: Split): Promise<void> => {
  const { old, added } = split;
  const role = roleAfter(split);
  await handOver(trx, added.id, old.id);
  await trx.deleteFrom('person').where('id', '=', added.id).execute();
  await trx
    .updateTable('person')
    .set({ email, name: added.name, role })
    .where('id', '=', old.id)
    .execute();
  const by = { personId: undefined, subjectId: old.id };
  await audit(trx, now, { ...by, action: 'team.email-changed', detail: { by: 'slack' } });
  if (role === old.role) return;
  const detail = { from: old.role, to: role, by: 'crm' };
  await audit(trx, now, { ...by, action: 'team.role-changed', detail });
  await forgetProofs(trx, old.id);
  await endLostConsents(trx, now, { personId: old.id });
};

/** Whoever has ended keeps the account no longer. */
const rebind = async (trx: Database, now: number, { slackId, old, added }: Split) => {
  const account = { slack_standing: null, slack_checked_at: 0 };
  await trx
    .updateTable('person')
    .set({ slack_user_id: null, ...account })
    .where('id', '=', old.id)
    .execute();
  await trx
    .updateTable('person')
    .set({ slack_user_id: slackId, ...account })
    .where('id', '=', added.id)
    .execute();
  await audit(trx, now, {
    personId: undefined,
    action: 'team.account-changed',
    subjectId: added.id,
    detail: { from: null, to: slackId, by: 'slack' },
  });
};

/** Who of these is somebody of the firm who is on no account yet. */
const unboundAmong = async (db: Database, emails: readonly string[]): Promise<Set<string>> =>
  new Set(
    (
      await db
        .selectFrom('person')
        .select('email')
        .where('email', 'in', ['', ...emails])
        .where('slack_user_id', 'is', null)
        .execute()
    ).map(({ email }) => email ?? ''),
  );

/**
 * Who changes their e-mail address is added anew by the next file, beside the person whom their
 * account stands for: with an empty book, and a command that finds nothing. Slack says that both are
 * one. `log` is told of the accounts of which it cannot be decided here; none of them stops the others.
 */
export const joinByAddress = async (
  { db, clock }: Store,
  accounts: readonly { email: string; slackId: string }[],
  log: (problem: string, error?: unknown) => void,
): Promise<void> => {
  const listed = accounts.map(({ email, slackId }) => ({ email: email.toLowerCase(), slackId }));
  const unbound = await unboundAmong(
    db,
    listed.map(({ email }) => email),
  );
  for (const account of listed.filter(({ email }) => unbound.has(email))) {
    const seen = await splitOf(db, account);
    if (seen === undefined) continue;
    const about = `the Slack account ${account.slackId} stands for one person of the firm, and has the e-mail address of another`;
    if (seen.old.active && !isSameName(seen.old.name, seen.added.name)) {
      log(`${about}. If it is theirs, import the first with active "no"`);
      continue;
    }
    await db
      .transaction()
      .execute(async (trx) => {
        await lockOwners(trx);
        await lockPeople(trx, [seen.old.id, seen.added.id]);
        const split = await splitOf(trx, account);
        if (split === undefined) return;
        if (split.old.active) await join(trx, clock(), account.email, split);
        else await rebind(trx, clock(), split);
      })
      .catch((error: unknown) => log(`${about}; they could not be made one`, error));
  }
};
