import { day, keptEdit, settle } from '../conflict.ts';
import type { SourceLine } from '../line.ts';
import type { Fault } from '../problem.ts';
import type { SavedLine } from '../saving.ts';
import type { Database } from '#database/connection.ts';
import { listed, namesake, setShares } from '#core/logins/store/login-sources.ts';
import { endFormerHolder, endLostConsents } from '#core/logins/store/people-ends.ts';
import { editsOf, jsonOf } from '#database/edits.ts';
import { audit } from '#database/audit.ts';
import { lockLogins, lockPeople } from '#database/locks.ts';
import { personIds } from './people.ts';
import { isSame, type Writing } from './rows.ts';

type Row = NonNullable<Awaited<ReturnType<typeof namesake>>>;

const sharesOf = (trx: Database, sourceId: string) =>
  trx
    .selectFrom('source_share as s')
    .innerJoin('person as p', 'p.id', 's.person_id')
    .select(['p.id', 'p.name', 'p.email'])
    .where('s.source_id', '=', sourceId)
    .orderBy('p.email')
    .execute();

const nameTaken = ({ name }: SourceLine, { external_id: id }: Row): Fault => ({
  column: 'name',
  value: name,
  ...(id === null
    ? {
        wrong: 'is the name of a login of the same holder and carrier that was added in Slack',
        todo: 'Rename or remove that one in Slack first, or give this one another name.',
      }
    : {
        wrong: `is the name of the login source ${id}, of the same holder and carrier`,
        todo: 'Keep one of the two lines, or give it another name.',
      }),
});

const removedHere = ({ source_id: value }: SourceLine, at: number): Fault => ({
  column: 'source_id',
  value,
  wrong: `was removed in Slack on ${day(at)}, which stands`,
  todo: 'Take its line out of the file, or give it a new source_id to have it once more.',
});

/** What becomes of a login that is known, and what of the line does not go in. */
const settled = async (trx: Database, line: SourceLine, row: Row, crmWins: boolean) => {
  const edits = editsOf<'name' | 'shared_with'>(row.edits);
  const kept: Fault[] = [];
  const how = { fileAt: line.changed_at, crmWins };
  const { name: renamed, shared_with: shared } = edits;
  const name = settle(line.name, row.name, renamed, how);
  if (name.settled) delete edits.name;
  else if (renamed !== undefined) kept.push(keptEdit('name', line.name, row.name, renamed));
  const before = await sharesOf(trx, row.id);
  let users = before.map(({ id }) => id);
  if (line.shared_with !== undefined) {
    const personId = await personIds(trx, line.shared_with);
    const said = line.shared_with.map(personId);
    const shares = settle(listed(said), listed(users), shared, how);
    if (!shares.kept) users = said;
    if (shares.settled) delete edits.shared_with;
    else if (shared !== undefined) {
      const here = before.map((user) => user.email ?? user.name).join(';');
      kept.push(keptEdit('shared_with', line.shared_with.join(';'), here, shared));
    }
  }
  const moved = listed(users) !== listed(before.map(({ id }) => id));
  return { name: name.value, edits: jsonOf(edits), users, moved, kept };
};

const saveKnown = async (
  trx: Database,
  line: SourceLine,
  row: Row,
  { at, crmWins, holderId }: { at: number; crmWins: boolean; holderId: string },
): Promise<SavedLine> => {
  const { id } = row;
  if (row.removed_at !== null)
    return { saved: 'unchanged', kept: [removedHere(line, row.removed_at)] };
  const { name, edits, users, moved, kept } = await settled(trx, line, row, crmWins);
  const passedOn = row.holder_id !== holderId;
  if (passedOn || row.name.toLowerCase() !== name.toLowerCase()) {
    const other = await namesake(trx, { carrierId: row.carrier_id, holderId, name }, id);
    if (other !== undefined) return { saved: 'refused', kept: [nameTaken(line, other)] };
  }
  const next = { external_id: line.source_id, name, holder_id: holderId, edits };
  if (isSame(row, next) && !moved) return { saved: 'unchanged', kept };
  await trx.updateTable('login_source').set(next).where('id', '=', id).execute();
  if (moved) await setShares(trx, id, new Set(users));
  const tell = (action: string, detail: object) =>
    audit(trx, at, {
      personId: undefined,
      action,
      sourceId: id,
      detail: { ...detail, by: 'crm' },
    });
  if (row.external_id === null) await tell('source.matched', { externalId: line.source_id });
  if (row.name !== name) await tell('source.renamed', { from: row.name, to: name });
  if (passedOn) await tell('source.holder-changed', { from: row.holder_id, to: holderId });
  if (moved) await tell('source.shared', { with: users });
  if (passedOn) await endFormerHolder(trx, at, id, row.holder_id);
  else if (moved) await endLostConsents(trx, at, { sourceId: id });
  return { saved: 'changed', kept };
};

/**
 * Login sources with whom they are shared with; a new one begins unlinked. A change made here is never
 * undone by an older line, and what was added here under the same name is the same login: a second one
 * would count its tries of one password apart.
 */
export const saveSources =
  (crmWins: boolean) =>
  async (
    trx: Database,
    lines: readonly SourceLine[],
    { at, nextId }: Writing,
  ): Promise<SavedLine[]> => {
    const ids = lines.map(({ source_id }) => source_id);
    const personId = await personIds(
      trx,
      lines.map(({ holder }) => holder),
    );
    const holders = lines.map(({ holder }) => personId(holder));
    await lockPeople(trx, holders);
    const known = trx.selectFrom('login_source');
    // Before anything of them is read: who shares one, takes it over or signs in waits, or is seen.
    await lockLogins(trx, () =>
      known
        .select('id as source_id')
        .where((is) =>
          is.or([
            is('external_id', 'in', ids),
            is.and([is('external_id', 'is', null), is('holder_id', 'in', holders)]),
          ]),
        )
        .execute(),
    );
    const found = await known.selectAll().where('external_id', 'in', ids).execute();
    const before = new Map(found.map((row) => [row.external_id, row]));
    const saved: SavedLine[] = [];
    for (const line of lines) {
      const holderId = personId(line.holder);
      const login = { carrierId: line.carrier, holderId, name: line.name };
      const row = before.get(line.source_id) ?? (await namesake(trx, login, ''));
      if (row === undefined) {
        const id = nextId();
        await trx
          .insertInto('login_source')
          .values({
            id,
            external_id: line.source_id,
            carrier_id: line.carrier,
            name: line.name,
            holder_id: holderId,
          })
          .execute();
        const shared = await personIds(trx, line.shared_with ?? []);
        await setShares(trx, id, new Set((line.shared_with ?? []).map(shared)));
        saved.push({ saved: 'added' });
      } else if (row.external_id !== null && row.external_id !== line.source_id)
        saved.push({ saved: 'refused', kept: [nameTaken(line, row)] });
      else saved.push(await saveKnown(trx, line, row, { at, crmWins, holderId }));
    }
    return saved;
  };
