import type { PersonLine } from '../line.ts';
import type { SavedLine } from '../saving.ts';
import type { Database } from '#database/connection.ts';
import { lockOwners } from '#database/locks.ts';
import { isSame, type Writing } from './rows.ts';
import { keptEdit, settle } from '../conflict.ts';
import type { Fault } from '../problem.ts';
import { endAccess, forgetProofs, giveAccess } from '#core/logins/store/access.ts';
import { endLostConsents, lockLoginsOfPeople } from '#core/logins/store/people-ends.ts';
import { editsOf, jsonOf } from '#database/edits.ts';
import { audit } from '#database/audit.ts';
import type { Role } from '#shared/access.ts';
import { isHere } from '#slack/standing.ts';

/** The row ids of people by e-mail; the lines were checked, so every e-mail is known. */
export const personIds = async (
  trx: Database,
  emails: readonly string[],
): Promise<(email: string) => string> => {
  // The empty one keeps the list from being empty, which Postgres refuses.
  const rows = await trx
    .selectFrom('person')
    .select(['id', 'email'])
    .where('email', 'in', [...new Set(['', ...emails])])
    .execute();
  const ids = new Map(rows.map(({ id, email }) => [email, id]));
  return (email) => ids.get(email) ?? '';
};

export const isSameSet = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((one) => b.has(one));

type Row = Awaited<ReturnType<ReturnType<typeof readPeople>['execute']>>[number];

/** By e-mail; of whom none has that address, by the Slack member: their address has changed. */
const peopleOf = async (
  trx: Database,
  lines: readonly PersonLine[],
): Promise<(line: PersonLine) => Row | undefined> => {
  const emails = lines.map(({ email }) => email);
  const slackIds = lines.flatMap(({ slack_user_id: id }) => id ?? []);
  const rows = await readPeople(trx)
    .where((is) =>
      is.or([
        is('email', 'in', emails),
        ...(slackIds.length === 0 ? [] : [is('slack_user_id', 'in', slackIds)]),
      ]),
    )
    .execute();
  const byEmail = new Map(rows.map((row) => [row.email, row]));
  const bySlackId = new Map(rows.map((row) => [row.slack_user_id, row]));
  return ({ email, slack_user_id: id }) =>
    byEmail.get(email) ?? (id === null ? undefined : bySlackId.get(id));
};

const readPeople = (trx: Database) => trx.selectFrom('person').selectAll();

/** What becomes of somebody's role, and what of the file does not go in. */
const roleOf = (line: PersonLine, row: Row, crmWins: boolean) => {
  const edits = editsOf<'role'>(row.edits);
  const { role: edit } = edits;
  const settled = settle(line.role, row.role, edit, { fileAt: line.changed_at, crmWins });
  if (settled.settled) delete edits.role;
  const kept =
    settled.kept && edit !== undefined ? [keptEdit('role', line.role, row.role, edit)] : [];
  return { role: settled.value, edits: jsonOf(edits), kept };
};

/** Whom Slack has sent away comes back there first; what the file says cannot undo it. */
const KEPT_OUT: Fault = {
  column: 'active',
  value: 'yes',
  wrong: 'is no full member of the Slack workspace any more, which stands',
  todo: 'Make them one in Slack first, then import again, or have an owner choose their role.',
};

/** Whether the person has access after this line, by the file's word and by Slack's. */
const accessOf = (
  { active }: PersonLine,
  { slack_standing: standing }: { slack_standing: string | null },
) => {
  const away = standing !== null && !isHere(standing);
  return { has: active && !away, by: active ? 'slack' : 'crm', keptOut: active && away } as const;
};

/** A firm without an owner could not choose one: nobody else may give that role. */
const LAST_OWNER: Fault = {
  wrong: 'is the last owner, and would be none after this line',
  todo: 'Make somebody else an owner first, then import again.',
};

const isLastOwner = async (trx: Database, row: Row): Promise<boolean> => {
  if (row.role !== ('owner' satisfies Role) || row.deactivated_at !== null) return false;
  const owners = await trx
    .selectFrom('person')
    .select('id')
    .where('role', '=', 'owner' satisfies Role)
    .where('deactivated_at', 'is', null)
    .limit(2)
    .execute();
  return owners.length === 1;
};

const saveOne = async (
  trx: Database,
  line: PersonLine,
  row: Row,
  { at, crmWins }: { at: number; crmWins: boolean },
): Promise<SavedLine> => {
  const { role, edits, kept } = roleOf(line, row, crmWins);
  // A member id that Slack told us is not forgotten because the file has none.
  const slackId = line.slack_user_id ?? row.slack_user_id;
  // Of another account Slack has said nothing yet.
  const moved = slackId !== row.slack_user_id;
  const slack = moved ? { slack_standing: null, slack_checked_at: 0 } : {};
  const access = accessOf(line, { ...row, ...slack });
  const had = row.deactivated_at === null;
  // Slack's word ends an owner all the same: who left there cannot act here.
  const endsByFile = role !== row.role || !line.active;
  if (endsByFile && (await isLastOwner(trx, row))) return { saved: 'refused', kept: [LAST_OWNER] };
  const next = {
    name: line.name,
    email: line.email,
    role,
    edits,
    slack_user_id: slackId,
    ...slack,
    ended_by: access.has ? null : access.by,
  };
  const unchanged = isSame(row, next) && had === access.has;
  const said = access.keptOut ? [...kept, KEPT_OUT] : kept;
  if (unchanged) return { saved: 'unchanged', kept: said };
  await trx.updateTable('person').set(next).where('id', '=', row.id).execute();
  if (role !== row.role) {
    await auditTeam(trx, at, 'team.role-changed', row.id, { from: row.role, to: role });
    await endLostConsents(trx, at, { personId: row.id });
  }
  // The address itself is nothing for the audit, whose rows name nobody.
  if (row.email !== line.email) await auditTeam(trx, at, 'team.email-changed', row.id, {});
  if (role !== row.role || moved) await forgetProofs(trx, row.id);
  if (moved && row.slack_user_id !== null)
    await auditTeam(trx, at, 'team.account-changed', row.id, {
      from: row.slack_user_id,
      to: slackId,
    });
  if (had && !access.has) await endAccess(trx, at, row.id, { by: access.by });
  if (!had && access.has) await giveAccess(trx, at, row.id, { by: 'crm' });
  return { saved: 'changed', kept: said };
};

const auditTeam = (trx: Database, at: number, action: string, subjectId: string, detail: object) =>
  audit(trx, at, { personId: undefined, action, subjectId, detail: { ...detail, by: 'crm' } });

/** People with their roles and access; neither a change made here nor Slack's word is undone by it. */
export const savePeople =
  (crmWins: boolean) =>
  async (
    trx: Database,
    lines: readonly PersonLine[],
    { at, nextId }: Writing,
  ): Promise<SavedLine[]> => {
    await lockOwners(trx);
    const before = await peopleOf(trx, lines);
    const losing = lines.flatMap((line) => {
      const row = before(line);
      return row === undefined || (line.active && line.role === row.role) ? [] : [row.id];
    });
    await lockLoginsOfPeople(trx, losing);
    const saved: SavedLine[] = [];
    // Who becomes an owner comes first, so that a file may hand the role on in any order of lines.
    const order = lines
      .map((line, index) => ({ line, index }))
      .toSorted((a, b) => Number(b.line.role === 'owner') - Number(a.line.role === 'owner'));
    for (const { line, index } of order) {
      const row = before(line);
      if (row !== undefined) {
        saved[index] = await saveOne(trx, line, row, { at, crmWins });
        continue;
      }
      const { email, name, role, slack_user_id, active } = line;
      const id = nextId();
      const access = active ? {} : { deactivated_at: at, ended_by: 'crm' };
      await trx
        .insertInto('person')
        .values({ id, email, name, role, slack_user_id, deactivated_at: null, ...access })
        .execute();
      await auditTeam(trx, at, 'team.added', id, { to: role, active });
      saved[index] = { saved: 'added' };
    }
    return saved;
  };
