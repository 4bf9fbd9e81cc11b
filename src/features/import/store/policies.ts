import type { PolicyLine } from '../line.ts';
import { keptEdit, settle } from '../conflict.ts';
import type { Fault } from '../problem.ts';
import { normalizeNumber } from '#shared/policy-number.ts';
import { productClassOf } from '#shared/product-class.ts';
import type { SavedLine } from '../saving.ts';
import type { Database } from '#database/connection.ts';
import { lockPolicies } from '#database/locks.ts';
import { isSame, type Writing } from './rows.ts';
import { touchRequestsOf } from '#database/touch.ts';
import { cancelElsewhere } from '#core/policies/store/elsewhere.ts';
import { forgetReadings } from '#core/policies/store/unconfirmed-values.ts';
import type { PolicyField } from '#core/policies/store/edits.ts';
import { editsOf, jsonOf } from '#database/edits.ts';

const FIELDS = ['status', 'number'] as const;

/** The line with what people changed here since, and what was kept from the file. */
const settled = (
  line: PolicyLine,
  row: { status: string; number: string; edits: string | null },
  crmWins: boolean,
): { line: PolicyLine; edits: string | null; kept: Fault[] } => {
  const edits = editsOf<PolicyField>(row.edits);
  const next = { ...line };
  const kept: Fault[] = [];
  for (const field of FIELDS) {
    const edit = edits[field];
    const result = settle(line[field], row[field], edit, { fileAt: line.changed_at, crmWins });
    next[field] = result.value;
    if (result.settled) delete edits[field];
    else if (result.kept && edit !== undefined)
      kept.push(keptEdit(field, line[field], row[field], edit));
  }
  return { line: next, edits: jsonOf(edits), kept };
};

/** Policies of contacts that are known; a change made here is never undone by an older line. */
export const savePolicies =
  (crmWins: boolean) =>
  async (
    trx: Database,
    lines: readonly PolicyLine[],
    { at, nextId }: Writing,
  ): Promise<SavedLine[]> => {
    const known = trx.selectFrom('policy').where(
      'external_id',
      'in',
      lines.map(({ policy_id }) => policy_id),
    );
    await lockPolicies(trx, () => known.select('id').execute());
    const found = await known.selectAll().execute();
    const contacts = await trx
      .selectFrom('contact')
      .select(['id', 'external_id'])
      .where('external_id', 'in', [...new Set(lines.map(({ contact_id }) => contact_id))])
      .execute();
    const contactId = new Map(contacts.map((row) => [row.external_id, row.id]));
    const before = new Map(found.map((row) => [row.external_id, row]));
    const columns = (line: PolicyLine) => ({
      contact_id: contactId.get(line.contact_id) ?? '',
      carrier_id: line.carrier,
      number: line.number,
      number_key: normalizeNumber(line.number),
      product_name: line.product,
      product_type: line.product_type,
      plan_type: line.plan_type,
      product_class: productClassOf(line.product_type, line.plan_type),
      status: line.status,
    });
    const fresh = lines.filter(({ policy_id }) => !before.has(policy_id));
    if (fresh.length > 0)
      await trx
        .insertInto('policy')
        .values(
          fresh.map((line) => ({
            id: nextId(),
            external_id: line.policy_id,
            updated_at: at,
            ...columns(line),
          })),
        )
        .execute();
    const saved: SavedLine[] = [];
    const shown: string[] = [];
    const moved: string[] = [];
    for (const read of lines) {
      const row = before.get(read.policy_id);
      if (row === undefined) {
        saved.push({ saved: 'added' });
        continue;
      }
      const { line, edits, kept } = settled(read, row, crmWins);
      const next = { ...columns(line), edits };
      if (isSame(row, next)) {
        saved.push({ saved: 'unchanged', kept });
        continue;
      }
      // A home source is a login at the policy's carrier.
      const home = row.carrier_id === line.carrier ? {} : { home_source_id: null };
      await trx
        .updateTable('policy')
        .set({ ...next, ...home, updated_at: at })
        .where('id', '=', row.id)
        .execute();
      if (row.carrier_id !== next.carrier_id) moved.push(row.id);
      if (row.number_key !== next.number_key || row.carrier_id !== next.carrier_id)
        shown.push(...(await forgetReadings(trx, at, row.id)));
      saved.push({ saved: 'changed', kept });
    }
    for (const id of moved.toSorted()) shown.push(...(await cancelElsewhere(trx, at, id)));
    await touchRequestsOf(trx, [...new Set(shown)], at);
    return saved;
  };
