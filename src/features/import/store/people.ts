import type { PersonLine } from '../line.ts';
import type { SavedLine } from '../saving.ts';
import type { Database } from '#database/connection.ts';
import { isSame, type Writing } from './rows.ts';
import { endConsent } from '#core/logins/store/source-ends.ts';

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

export const savePeople = async (
  trx: Database,
  lines: readonly PersonLine[],
  { at, nextId }: Writing,
): Promise<SavedLine[]> => {
  const emails = lines.map(({ email }) => email);
  const found = await trx.selectFrom('person').selectAll().where('email', 'in', emails).execute();
  const before = new Map(found.map((row) => [row.email, row]));
  const saved: SavedLine[] = [];
  for (const { email, name, role, slack_user_id, active } of lines) {
    const row = before.get(email);
    const next = {
      name,
      role,
      // A member id that Slack told us is not forgotten because the file has none.
      slack_user_id: slack_user_id ?? row?.slack_user_id ?? null,
      deactivated_at: active ? null : (row?.deactivated_at ?? at),
    };
    if (row === undefined) {
      await trx
        .insertInto('person')
        .values({ id: nextId(), email, ...next })
        .execute();
      saved.push({ saved: 'added' });
    } else if (isSame(row, next)) {
      saved.push({ saved: 'unchanged' });
    } else {
      await trx.updateTable('person').set(next).where('id', '=', row.id).execute();
      if (!active && row.deactivated_at === null) await endConsent(trx, row.id, at);
      saved.push({ saved: 'changed' });
    }
  }
  return saved;
};
