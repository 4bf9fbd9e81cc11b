import { ulid } from 'ulid';
import type { PolicyLine, StatusLine } from '#domain/import-line.ts';
import { normalizeNumber } from '#domain/policy-number.ts';
import { productClassOf } from '#domain/product-class.ts';
import type { Saved } from '#sync/import-store.ts';
import type { Database } from './database.ts';

/** Rows are compared before they are written, so that a repeated import writes nothing. */
export const isSame = <T extends object>(row: T, next: Partial<T>): boolean =>
  Object.entries(next).every(([column, value]) => row[column as keyof T] === value);

export const saveStatuses = async (
  trx: Database,
  lines: readonly StatusLine[],
): Promise<Saved[]> => {
  const names = lines.map(({ status }) => status);
  const found = await trx
    .selectFrom('product_status')
    .selectAll()
    .where('name', 'in', names)
    .execute();
  const before = new Map(found.map((row) => [row.name, row]));
  const saved: Saved[] = [];
  for (const { status, indicator } of lines) {
    const row = before.get(status);
    if (row === undefined) {
      await trx.insertInto('product_status').values({ name: status, indicator }).execute();
      saved.push('added');
    } else if (row.indicator === indicator) {
      saved.push('unchanged');
    } else {
      await trx
        .updateTable('product_status')
        .set({ indicator })
        .where('name', '=', status)
        .execute();
      saved.push('changed');
    }
  }
  return saved;
};

export const savePolicies = async (
  trx: Database,
  lines: readonly PolicyLine[],
  at: number,
): Promise<Saved[]> => {
  const ids = lines.map(({ policy_id }) => policy_id);
  const found = await trx
    .selectFrom('policy')
    .selectAll()
    .where('external_id', 'in', ids)
    .execute();
  const contacts = await trx
    .selectFrom('contact')
    .select(['id', 'external_id'])
    .where(
      'external_id',
      'in',
      lines.map(({ contact_id }) => contact_id),
    )
    .execute();
  const contactId = new Map(contacts.map((row) => [row.external_id, row.id]));
  const before = new Map(found.map((row) => [row.external_id, row]));
  const saved: Saved[] = [];
  for (const line of lines) {
    const row = before.get(line.policy_id);
    const next = {
      contact_id: contactId.get(line.contact_id) ?? '',
      carrier_id: line.carrier,
      number: line.number,
      number_key: normalizeNumber(line.number),
      product_name: line.product,
      product_type: line.product_type,
      plan_type: line.plan_type,
      product_class: productClassOf(line.product_type, line.plan_type),
      status: line.status,
    };
    if (row === undefined) {
      await trx
        .insertInto('policy')
        .values({ id: ulid(at), external_id: line.policy_id, updated_at: at, ...next })
        .execute();
      saved.push('added');
    } else if (isSame(row, next)) {
      saved.push('unchanged');
    } else {
      await trx
        .updateTable('policy')
        .set({ ...next, updated_at: at })
        .where('id', '=', row.id)
        .execute();
      // A home source is a login at the policy's carrier.
      if (row.carrier_id !== line.carrier) {
        await trx
          .updateTable('policy')
          .set({ home_source_id: null })
          .where('id', '=', row.id)
          .execute();
      }
      saved.push('changed');
    }
  }
  return saved;
};
