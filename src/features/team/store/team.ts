import type { Store } from '#database/store.ts';
import { sql } from 'kysely';
import { audit } from '#database/audit.ts';
import type { Database } from '#database/connection.ts';
import { nextId } from '#database/ids.ts';
import { lockOwners } from '#database/locks.ts';
import { endLostConsents, lockLoginsOfPeople } from '#core/logins/store/people-ends.ts';
import { forgetProofs, giveAccess, type EndedBy } from '#core/logins/store/access.ts';
import { withEdit } from '#database/edits.ts';
import type { Person, Role } from '#shared/access.ts';

/** An account as Slack knows it, looked up by us and not taken from a click. */
export interface SlackAccount {
  slackId: string;
  name: string;
  email: string | undefined;
}

export interface TeamMember extends Person {
  slackId: string | null;
  email: string | null;
}

const ownersOf = async (db: Database): Promise<string[]> =>
  (
    await db
      .selectFrom('person')
      .select('id')
      .where('role', '=', 'owner' satisfies Role)
      .where('deactivated_at', 'is', null)
      .execute()
  ).map(({ id }) => id);

/** How many people may use it and may not, and those who may and are on no Slack account: their number, and some. */
export const peopleOffSlack = async ({ db }: Store, most: number) => {
  const people = () => db.selectFrom('person').where('deactivated_at', 'is', null);
  const inactive = await db
    .selectFrom('person')
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('deactivated_at', 'is not', null)
    .executeTakeFirstOrThrow();
  const counted = await people()
    .select((of) => [
      of.fn.countAll<number>().as('all'),
      of.fn.count<number>('slack_user_id').as('on'),
    ])
    .executeTakeFirstOrThrow();
  const some = await people()
    .select(['name', 'email'])
    .where('slack_user_id', 'is', null)
    .orderBy('name')
    .limit(most)
    .execute();
  return {
    all: counted.all,
    inactive: inactive.count,
    off: { count: counted.all - counted.on, some },
  };
};

/** The account's person: known by it, else by its e-mail address while that one has no account. */
const personOf = (trx: Database, { slackId, email }: SlackAccount) =>
  trx
    .selectFrom('person')
    .select(['id', 'role', 'deactivated_at', 'ended_by', 'edits'])
    .where((is) =>
      is.or([
        is('slack_user_id', '=', slackId),
        ...(email === undefined
          ? []
          : [is.and([is('email', '=', email.toLowerCase()), is('slack_user_id', 'is', null)])]),
      ]),
    )
    .orderBy(sql`slack_user_id is null`)
    .executeTakeFirst();

/** Sets the role here, against what the CRM's older files say, and adds whoever is not known yet. */
const place = async (
  { clock }: Store,
  trx: Database,
  account: SlackAccount,
  known: { id: string; role: string; edits: string | null } | undefined,
  role: Role,
  byId?: string,
) => {
  const id = known?.id ?? nextId(clock);
  const edit = { from: known?.role ?? '', at: clock(), personId: byId ?? id };
  if (known === undefined) {
    const email = account.email?.toLowerCase() ?? null;
    const taken =
      email !== null &&
      (await trx
        .selectFrom('person')
        .select('id')
        .where('email', '=', email)
        .executeTakeFirst()) !== undefined;
    await trx
      .insertInto('person')
      .values({
        id,
        slack_user_id: account.slackId,
        email: taken ? null : email,
        name: account.name,
        role,
        deactivated_at: null,
      })
      .execute();
  }
  await trx
    .updateTable('person')
    .set({
      role,
      slack_user_id: account.slackId,
      edits: await withEdit(trx, known?.edits ?? null, 'role', edit),
    })
    .where('id', '=', id)
    .execute();
  return id;
};

/** Active people, owners first, then by name. */
export const team = async ({ db }: Store): Promise<TeamMember[]> =>
  (
    await db
      .selectFrom('person')
      .select(['id', 'name', 'role', 'slack_user_id as slackId', 'email'])
      .where('deactivated_at', 'is', null)
      .orderBy('name')
      .execute()
  ).map(({ role, ...row }) => ({ ...row, role: role as Role, active: true }));

export const hasOwner = async ({ db }: Store): Promise<boolean> => (await ownersOf(db)).length > 0;

/** Makes this account's person an owner, if the firm still has none; false when it has. */
export const claimOwnership = (store: Store, account: SlackAccount): Promise<boolean> =>
  store.db.transaction().execute(async (trx) => {
    await lockOwners(trx);
    if ((await ownersOf(trx)).length > 0) return false;
    const known = await personOf(trx, account);
    if (known !== undefined && known.deactivated_at !== null) return false;
    const id = await place(store, trx, account, known, 'owner');
    await audit(trx, store.clock(), {
      personId: id,
      action: 'team.first-owner',
      subjectId: id,
    });
    return true;
  });

export type RoleChange = 'changed' | 'unchanged' | 'last-owner' | 'deactivated';

/**
 * The account's person gets this role, and is added when the firm does not know it yet. Whose access
 * Slack has ended, and who is a full member again, gets it back by that.
 */
export const setRole = (
  store: Store,
  account: SlackAccount,
  role: Role,
  byId: string,
): Promise<{ kind: RoleChange; requests: string[] }> =>
  store.db.transaction().execute(async (trx) => {
    await lockOwners(trx);
    const now = store.clock();
    const known = await personOf(trx, account);
    const not = (kind: RoleChange) => ({ kind, requests: [] });
    const ended = known !== undefined && known.deactivated_at !== null;
    if (ended && known.ended_by === ('crm' satisfies EndedBy)) return not('deactivated');
    if (known !== undefined) await lockLoginsOfPeople(trx, [known.id]);
    if (ended) await giveAccess(trx, now, known.id, { byId, by: 'owner' });
    if (known?.role === role) return not(ended ? 'changed' : 'unchanged');
    if (!ended && known?.role === 'owner' && (await ownersOf(trx)).length === 1)
      return not('last-owner');
    const id = await place(store, trx, account, known, role, byId);
    await audit(trx, now, {
      personId: byId,
      action: known === undefined ? 'team.added' : 'team.role-changed',
      subjectId: id,
      detail: { ...(known === undefined ? {} : { from: known.role }), to: role },
    });
    await forgetProofs(trx, id);
    return { kind: 'changed', requests: await endLostConsents(trx, now, { personId: id }) };
  });
