import type { SourceLine } from '../line.ts';
import type { SavedLine } from '../saving.ts';
import type { Database } from '#database/connection.ts';
import { endFormerHolder, endLostConsents } from '#core/logins/store/people-ends.ts';
import { lockLogins } from '#database/locks.ts';
import { isSameSet, personIds } from './people.ts';
import { isSame, type Writing } from './rows.ts';

/** Login sources with whom they are shared with; a new one begins unlinked. */
export const saveSources = async (
  trx: Database,
  lines: readonly SourceLine[],
  { at, nextId }: Writing,
): Promise<SavedLine[]> => {
  const ids = lines.map(({ source_id }) => source_id);
  const known = trx.selectFrom('login_source').where('external_id', 'in', ids);
  // Before anything of them is read: who shares one, takes it over or signs in waits, or is seen.
  await lockLogins(trx, () => known.select('id as source_id').execute());
  const found = await known.selectAll().execute();
  const before = new Map(found.map((row) => [row.external_id, row]));
  const personId = await personIds(
    trx,
    lines.flatMap(({ holder, shared_with }) => [holder, ...shared_with]),
  );
  const shares = await trx
    .selectFrom('source_share')
    .innerJoin('login_source', 'login_source.id', 'source_share.source_id')
    .select(['source_share.source_id', 'source_share.person_id'])
    .where('login_source.external_id', 'in', ids)
    .execute();
  const sharesOf = Map.groupBy(shares, ({ source_id }) => source_id);
  const saved: SavedLine[] = [];
  for (const line of lines) {
    const row = before.get(line.source_id);
    const id = row?.id ?? nextId();
    const next = { name: line.name, holder_id: personId(line.holder) };
    const changed = row !== undefined && !isSame(row, next);
    if (row === undefined) {
      await trx
        .insertInto('login_source')
        .values({ id, external_id: line.source_id, carrier_id: line.carrier, ...next })
        .execute();
    } else if (changed) {
      await trx.updateTable('login_source').set(next).where('id', '=', id).execute();
    }
    const users = new Set(line.shared_with.map(personId));
    const moved = !isSameSet(new Set(sharesOf.get(id)?.map((share) => share.person_id)), users);
    if (moved) {
      await trx.deleteFrom('source_share').where('source_id', '=', id).execute();
      for (const person_id of users) {
        await trx.insertInto('source_share').values({ source_id: id, person_id }).execute();
      }
    }
    if (row !== undefined && row.holder_id !== next.holder_id)
      await endFormerHolder(trx, at, id, row.holder_id);
    else if (row !== undefined && moved) await endLostConsents(trx, at, { sourceId: id });
    if (row === undefined) saved.push({ saved: 'added' });
    else saved.push({ saved: changed || moved ? 'changed' : 'unchanged' });
  }
  return saved;
};
